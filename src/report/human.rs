//! Reports for people, as clippy writes them: what, where, the line itself, and how to mend it.

use std::borrow::Cow;
use std::io;

use annotate_snippets::{AnnotationKind, Group, Level};

use crate::finding::{Finding, ObjectRef, Related, Report, Severity, printable};
use crate::manifest::Location;

use super::Placed;
use super::page::{Page, renderer, true_columns};

/// How to write reports for people.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to use colours.
    pub colour: bool,
    /// The mildest severity to show.
    pub show: Severity,
}

impl Style {
    /// The same where every severity is shown.
    #[must_use]
    pub fn all(self) -> Self {
        Self {
            show: Severity::Notice,
            ..self
        }
    }
}

/// Writes the reports that are at least as severe as `style.show`, in the order they have, with a
/// blank line after each. `text` gives the text of a file by the name in its Location.
pub fn write<'t>(
    out: &mut impl io::Write,
    reports: &[Placed],
    text: impl Fn(&str) -> Option<&'t str>,
    style: Style,
) -> Result<(), io::Error> {
    let renderer = renderer(style.colour);
    let shown = |placed: &&Placed| placed.report.finding.severity >= style.show;
    for placed in reports.iter().filter(shown) {
        let pages = pages(placed, &text);
        let text = renderer.render(&[group(placed, &pages)]);
        writeln!(out, "{}\n", true_columns(text, &pages))?;
    }
    Ok(())
}

/// The places of a report that stand in files: its own first.
fn pages<'a, 't>(placed: &'a Placed, text: &impl Fn(&str) -> Option<&'t str>) -> Vec<Page<'a>> {
    let page =
        |location: &'a Location, kind, label| Page::of(location, text(&location.file), kind, label);
    let own = placed.location.iter();
    let related = placed.report.finding.related.iter().zip(&placed.related);
    own.map(|at| page(at, AnnotationKind::Primary, None))
        .chain(related.filter_map(|(related, at)| {
            at.as_ref()
                .map(|at| page(at, AnnotationKind::Context, Some(label(related))))
        }))
        .collect()
}

fn group<'a>(placed: &'a Placed, pages: &'a [Page<'a>]) -> Group<'a> {
    let Report { rule, finding, .. } = &placed.report;
    let level = match finding.exempted {
        Some(_) => Level::NOTE.with_name("ignored"),
        None => level(finding.severity),
    };
    let title = level.primary_title(title(&placed.report)).id(*rule);
    let pages = pages.iter();
    let mut group = pages.fold(Group::with_title(title), |group, page| page.below(group));
    for note in notes(placed) {
        group = group.element(Level::NOTE.message(note));
    }
    if !finding.help.is_empty() {
        group = group.element(Level::HELP.message(printable(&finding.help)));
    }
    group
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Notice => Level::NOTE.with_name("notice"),
    }
}

/// `Service shop/web: selects no pod`.
fn title(report: &Report) -> String {
    let message = &report.finding.message;
    let title = match &report.object {
        Some(object) => format!("{object}: {message}"),
        None => message.clone(),
    };
    printable(&title).into_owned()
}

/// `nearest workload: Deployment shop/web`.
fn label(related: &Related) -> String {
    let Related { object, note, .. } = related;
    let label = if note.is_empty() {
        object.to_string()
    } else {
        format!("{note}: {object}")
    };
    printable(&label).into_owned()
}

/// What has no place in a file but is to be said.
fn notes(placed: &Placed) -> Vec<Cow<'_, str>> {
    let Report {
        finding, caused_by, ..
    } = &placed.report;
    let unplaced = |(at, related): (usize, &Related)| {
        let nowhere = placed.related.get(at).is_none_or(Option::is_none);
        nowhere.then(|| format!("{}, {}", label(related), related.field))
    };
    let shown = placed.location.is_some() && !placed.is_elsewhere();
    let field = field_note(shown, finding);
    let cause = caused_by
        .as_ref()
        .map(|by: &ObjectRef| format!("caused by {by}"));
    let related = finding.related.iter().enumerate().filter_map(unplaced);
    field
        .into_iter()
        .chain(related)
        .chain(cause)
        .chain(finding.exempted.iter().map(ToString::to_string))
        .map(|note| Cow::Owned(printable(&note).into_owned()))
        .collect()
}

/// Which field it is, where no line shows it.
fn field_note(shown: bool, finding: &Finding) -> Option<String> {
    let field = finding.field.to_string();
    (!shown && !field.is_empty()).then(|| format!("at {field}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{order, sample};

    fn written(reports: &[Placed], style: Style) -> String {
        let mut out = Vec::new();
        write(&mut out, reports, sample::text, style).unwrap();
        String::from_utf8(out).unwrap()
    }

    const PLAIN: Style = Style {
        colour: false,
        show: Severity::Notice,
    };

    #[test]
    fn reports_read_like_those_of_a_compiler() {
        let mut reports = sample::reports();
        order(&mut reports);
        insta::assert_snapshot!(written(&reports, PLAIN));
    }

    #[test]
    fn only_what_is_severe_enough_is_shown() {
        let style = Style {
            show: Severity::Warning,
            ..PLAIN
        };
        let all = written(&sample::reports(), PLAIN);
        let some = written(&sample::reports(), style);
        assert!(all.contains("notice[") && !some.contains("notice["));
        assert!(some.contains("warning["));
    }

    #[test]
    fn a_column_on_a_line_that_was_cut_is_that_of_the_file() {
        let line = format!("{}here{}", "x".repeat(9_000), "y".repeat(9_000));
        let mut placed = sample::reports().remove(1);
        let location = placed.location.as_mut().unwrap();
        (location.line, location.column, location.span) = (1, 9_001, 9_000..9_004);
        let mut out = Vec::new();
        write(&mut out, &[placed], |_| Some(line.as_str()), PLAIN).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("--> broken.yaml:1:9001\n"), "{out}");
        assert!(out.lines().all(|line| line.chars().count() < 140));
    }

    #[test]
    fn only_our_own_escapes_reach_a_terminal() {
        let reports = [sample::hostile()];
        let plain = written(&reports, PLAIN);
        assert!(
            plain.chars().all(|c| c == '\n' || !c.is_control()),
            "{plain:?}"
        );
        let coloured = written(
            &reports,
            Style {
                colour: true,
                ..PLAIN
            },
        );
        assert!(coloured.contains("\u{1b}["));
        let stripped = anstream::adapter::strip_str(&coloured).to_string();
        assert_eq!(stripped, plain);
    }
}
