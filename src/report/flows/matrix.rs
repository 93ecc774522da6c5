//! The matrix of flows: rows ask, columns are asked, both in groups that behave alike.

use std::io;

use anstyle::Style;

use super::colour;
use super::table::Look;
use crate::finding::printable;
use crate::flows::{ALLOWED, Code, DENIED, DEPENDS, Picture, UNASKED};

/// How wide the name of a group may get.
const WIDTH: usize = 40;

/// The widest matrix whose columns have names.
const WIDEST: usize = 100;

/// What stands for each verdict, and for ports that differ.
const LEGEND: [(char, &str); 4] = [
    ('.', "allowed"),
    ('X', "denied"),
    ('?', "depends"),
    ('%', "differs by port"),
];

/// A group with its number and its name.
struct Group {
    place: usize,
    number: String,
    name: String,
}

/// Writes the matrix and its legend.
pub fn write(out: &mut impl io::Write, picture: &Picture, look: Look) -> io::Result<()> {
    let width = if look.whole { usize::MAX } else { WIDTH };
    let digits = picture.groups().to_string().len();
    let groups: Vec<Group> = (0..picture.groups())
        .map(|place| {
            let crowd = if picture.asks(place) {
                picture.sources()
            } else {
                picture.destinations()
            };
            Group {
                place,
                number: format!("{:>digits$}", place + 1),
                name: printable(&crowd.line(&picture.members(place), width)).into_owned(),
            }
        })
        .collect();
    let rows: Vec<&Group> = groups.iter().filter(|it| picture.asks(it.place)).collect();
    let columns: Vec<&Group> = groups
        .iter()
        .filter(|it| picture.is_asked(it.place))
        .collect();
    let bold = styled(look, Style::new().bold());
    let heads = Heads::of(&rows, &columns);
    for line in heads.lines() {
        writeln!(out, "{bold}{}{bold:#}", line.trim_end())?;
    }
    for row in &rows {
        let cells = columns.iter().zip(&heads.widths).map(|(column, width)| {
            let (sign, verdict) = sign(picture, row.place, column.place);
            let style = styled(look, verdict.map_or_else(Style::new, colour));
            format!("  {style}{sign}{style:#}{:1$}", "", width - 1)
        });
        let line = format!(
            "{:1$}{2}",
            heads.row(row),
            heads.side,
            cells.collect::<String>()
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    legend(out, &heads, &columns, picture)
}

fn styled(look: Look, style: Style) -> Style {
    if look.colour { style } else { Style::new() }
}

/// The sign of a pair of groups, and the verdict that it stands for.
fn sign(picture: &Picture, from: usize, to: usize) -> (char, Option<Code>) {
    let [signs @ .., (differs, _)] = LEGEND;
    match picture.cell(from, to).as_slice() {
        [] | [(UNASKED, _)] => (' ', None),
        [(code, _)] => {
            let verdicts = [ALLOWED, DENIED, DEPENDS].into_iter().zip(signs);
            let mut found = verdicts.filter(|(verdict, _)| verdict == code);
            let sign = found.next().map_or(' ', |(_, (sign, _))| sign);
            (sign, Some(*code))
        }
        _ => (differs, Some(DEPENDS)),
    }
}

/// What stands over the columns and before the rows.
struct Heads {
    /// Whether columns go by number.
    numbered: bool,
    /// How wide what stands before the rows is.
    side: usize,
    /// How wide each column is.
    widths: Vec<usize>,
    names: Vec<String>,
}

impl Heads {
    fn of(rows: &[&Group], columns: &[&Group]) -> Self {
        let length = |text: &str| text.chars().count();
        let names = columns.iter().map(|it| length(&it.name) + 2);
        let names: usize = names.sum();
        let side = |numbered: bool| {
            let all = rows.iter().map(|row| length(&Self::label(row, numbered)));
            all.max().unwrap_or(0)
        };
        let numbered = side(false) + names > WIDEST;
        let names: Vec<String> = columns
            .iter()
            .map(|it| if numbered { &it.number } else { &it.name }.clone())
            .collect();
        Self {
            numbered,
            side: side(numbered),
            widths: names.iter().map(|it| length(it)).collect(),
            names,
        }
    }

    fn label(row: &Group, numbered: bool) -> String {
        if numbered {
            format!("{} {}", row.number, row.name)
        } else {
            row.name.clone()
        }
    }

    fn row(&self, row: &Group) -> String {
        Self::label(row, self.numbered)
    }

    fn lines(&self) -> Vec<String> {
        let names = self.names.iter().map(|name| format!("  {name}"));
        vec![format!(
            "{:1$}{2}",
            "",
            self.side,
            names.collect::<String>()
        )]
    }
}

/// What the signs mean, and the columns that are no rows.
fn legend(
    out: &mut impl io::Write,
    heads: &Heads,
    columns: &[&Group],
    picture: &Picture,
) -> io::Result<()> {
    writeln!(out)?;
    if heads.numbered {
        for column in columns.iter().filter(|it| !picture.asks(it.place)) {
            writeln!(out, "{}", Heads::label(column, true))?;
        }
    }
    let signs = LEGEND.map(|(sign, meaning)| format!("{sign} {meaning}"));
    writeln!(out, "rows ask, columns are asked: {}", signs.join("  "))
}
