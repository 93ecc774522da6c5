//! The table of flows: a line for each group that behaves alike.

use std::io;

use anstyle::Style;

use super::{colour, ports};
use crate::finding::printable;
use crate::flows::{Code, Picture, Row, apart, word};

/// How wide the names of one side may get.
const WIDTH: usize = 40;

/// How to write a table.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Whether to use colours.
    pub colour: bool,
    /// Whether everyone is named, however many they are.
    pub whole: bool,
}

/// The columns of a line, and the verdict that gives the last one its colour.
struct Cells {
    columns: [String; 4],
    verdict: Code,
}

/// Writes every row, aligned, under a line that says what the columns are.
pub fn write(out: &mut impl io::Write, picture: &Picture, look: Look) -> io::Result<()> {
    let cells = |row: &Row| cells(picture, row, word(row.code).to_owned(), row.code, look);
    lines(
        out,
        &picture.rows().iter().map(cells).collect::<Vec<_>>(),
        look,
    )
}

/// The same of what changes: the verdict before, and after.
pub fn write_changes(out: &mut impl io::Write, picture: &Picture, look: Look) -> io::Result<()> {
    let cells = |row: &Row| {
        let (before, after) = apart(row.code);
        let told = format!("{} -> {}", word(before), word(after));
        cells(picture, row, told, after, look)
    };
    lines(
        out,
        &picture.rows().iter().map(cells).collect::<Vec<_>>(),
        look,
    )
}

fn cells(picture: &Picture, row: &Row, told: String, verdict: Code, look: Look) -> Cells {
    let width = if look.whole { usize::MAX } else { WIDTH };
    let to = match &row.to {
        Some(to) => picture.destinations().line(to, width),
        None => "everyone else".to_owned(),
    };
    let from = picture.sources().line(&row.from, width);
    let plain = |text: &str| printable(text).into_owned();
    Cells {
        columns: [plain(&from), plain(&to), ports(&row.ports), told],
        verdict,
    }
}

fn lines(out: &mut impl io::Write, rows: &[Cells], look: Look) -> io::Result<()> {
    let head = ["FROM", "TO", "PORTS", "VERDICT"];
    let length = |text: &str| text.chars().count();
    let mut widths = head.map(length);
    for row in rows {
        for (width, text) in widths.iter_mut().zip(&row.columns) {
            *width = length(text).max(*width);
        }
    }
    let style = |style: Style| if look.colour { style } else { Style::new() };
    let line = |columns: &[String; 4], first: Style, last: Style| {
        let [from, to, ports, told] = columns;
        let [a, b, c, _] = widths;
        let all = format!("{from:a$}  {to:b$}  {ports:c$}");
        format!("{first}{all}{first:#}  {last}{told}{last:#}")
    };
    let bold = style(Style::new().bold());
    writeln!(out, "{}", line(&head.map(str::to_owned), bold, bold))?;
    for row in rows {
        let verdict = style(colour(row.verdict));
        writeln!(out, "{}", line(&row.columns, Style::new(), verdict))?;
    }
    Ok(())
}
