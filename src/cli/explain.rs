//! `portcullis explain`: the page of a rule, or the index of all.

use std::fmt::Write as _;
use std::io::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::globals::Format;
use super::{Globals, exit, select};
use crate::rules::{self, Rule};

/// Explain a rule, or list them all
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis explain
  portcullis explain service-selects-nothing
  portcullis explain -o json")]
pub struct Args {
    /// The rule whose page to print; without it, the index
    rule: Option<String>,
}

/// Prints the page or the index.
pub fn run(args: &Args, globals: &Globals) -> anyhow::Result<ExitCode> {
    let chosen = args.rule.as_deref().map(select::rule).transpose()?;
    let text = match (chosen, globals.format()) {
        (Some(rule), Format::Human) if globals.colour() => styled(rule.page),
        (Some(rule), Format::Human) => rule.page.to_owned(),
        (None, Format::Human) => index(rules::all(), globals.colour()),
        (Some(rule), Format::Json) => json(&[Entry {
            page: Some(rule.page),
            ..Entry::of(rule)
        }])?,
        (None, Format::Json) => json(&rules::all().iter().map(Entry::of).collect::<Vec<_>>())?,
    };
    let mut out = globals.stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(exit::CLEAN.into())
}

#[derive(Serialize)]
struct Entry {
    rule: &'static str,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'static str>,
}

impl Entry {
    fn of(rule: &Rule) -> Self {
        Self {
            rule: rule.id,
            summary: summary(rule.page),
            page: None,
        }
    }
}

fn json(entries: &[Entry]) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(entries)? + "\n")
}

/// The first sentence of a page, on one line.
fn summary(page: &str) -> String {
    let words: Vec<&str> = page
        .lines()
        .skip_while(|line| line.trim().is_empty() || line.starts_with('#'))
        .take_while(|line| !line.trim().is_empty())
        .flat_map(str::split_whitespace)
        .collect();
    let length = (1..words.len())
        .find(|at| ends(&words, *at))
        .unwrap_or(words.len());
    let sentence = words.get(..length).unwrap_or(&words);
    let sentence = sentence.join(" ");
    sentence.strip_suffix('.').unwrap_or(&sentence).to_owned()
}

/// Whether a sentence ends before the word at a position.
fn ends(words: &[&str], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|last| words.get(last));
    let next = words
        .get(at)
        .and_then(|word| word.chars().find(|c| c.is_alphanumeric()));
    before.is_some_and(|word| {
        word.ends_with(['.', '!', '?']) && !word.ends_with("e.g.") && !word.ends_with("i.e.")
    }) && next.is_none_or(|c| !c.is_lowercase())
}

/// A line a rule: its name and the first sentence of its page.
fn index(rules: &[Rule], colour: bool) -> String {
    let bold = style(colour, Style::new().bold());
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in rules {
        let summary = summary(rule.page);
        let _ = writeln!(out, "{bold}{:width$}{bold:#}  {summary}", rule.id);
    }
    out
}

/// A page with its headings and examples set off.
fn styled(page: &str) -> String {
    let heading = Style::new().bold();
    let code = AnsiColor::Cyan.on_default();
    let fence = Style::new().dimmed();
    let mut inside = false;
    let mut out = String::new();
    for line in page.lines() {
        let fences = line.trim_start().starts_with("```");
        let style = match line {
            _ if fences => fence,
            _ if inside => code,
            _ if line.starts_with('#') => heading,
            _ => Style::new(),
        };
        inside ^= fences;
        let _ = writeln!(out, "{style}{line}{style:#}");
    }
    out
}

fn style(colour: bool, style: Style) -> Style {
    if colour { style } else { Style::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Check;

    const PAGE: &str = "\
# service-selects-nothing

A Service whose selector matches
no pod, e.g. after a rename. Traffic to it fails.

```yaml bad
# a comment
kind: Service
```
";

    #[test]
    fn the_summary_is_the_first_sentence_without_its_period() {
        assert_eq!(summary("# x\n\nOne two\nthree. Four.\n"), "One two three");
        assert_eq!(summary("One\n\nTwo.\n"), "One");
        assert_eq!(summary("# only a heading\n"), "");
        assert_eq!(summary(""), "");
        assert_eq!(
            summary(PAGE),
            "A Service whose selector matches no pod, e.g. after a rename"
        );
    }

    #[test]
    fn the_index_is_a_line_a_rule() {
        let rule = |id| Rule {
            id,
            page: PAGE,
            check: Check::Manifest,
            gathers: "",
        };
        let index = index(&[rule("a"), rule("long-name")], false);
        let lines: Vec<&str> = index.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.find("A Service") == Some(11)));
    }

    #[test]
    fn colours_change_no_character_of_a_page() {
        let styled = styled(PAGE);
        assert!(styled.contains("\u{1b}["));
        assert_eq!(anstream::adapter::strip_str(&styled).to_string(), PAGE);
    }

    #[test]
    fn a_comment_in_an_example_is_no_heading() {
        let comment = styled(PAGE);
        let comment = comment.lines().find(|l| l.contains("a comment")).unwrap();
        let heading = format!("{}", Style::new().bold());
        assert!(!comment.contains(&heading));
    }
}
