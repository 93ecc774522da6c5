//! Findings as the warnings that kubectl prints, within what the API server lets through.

use crate::finding::{Report, printable};

/// What the warnings of all webhooks of a request may have together, in characters.
const TOTAL: usize = 4096;

/// What one warning is cut at when the total is exceeded, by us or by another webhook.
const ONE: usize = 256;

/// The help is added where the line stays within this.
const WITH_HELP: usize = 200;

/// Kept free for the line that counts what did not fit.
const REST: usize = 64;

/// One printable line, cut where the API server might cut it.
pub(super) fn single(text: &str) -> String {
    fit(&printable(text), "")
}

/// The warnings of the reports: most severe first, each once, within the API server's limits;
/// `last` always has its place, after what fits.
pub(super) fn lines(reports: &[&Report], last: Option<String>) -> Vec<String> {
    let mut sorted = reports.to_vec();
    sorted.sort_by_key(|report| std::cmp::Reverse(report.finding.severity));
    let mut all: Vec<String> = Vec::new();
    for report in sorted {
        let line = line(report);
        if !all.contains(&line) {
            all.push(line);
        }
    }
    let room = TOTAL - REST - last.as_deref().map_or(0, width);
    let fitting = fitting(&all, room);
    let rest = all.len() - fitting;
    all.truncate(fitting);
    if rest > 0 {
        all.push(format!("and {rest} more; kubectl portcullis audit"));
    }
    all.extend(last);
    all
}

fn fitting(lines: &[String], room: usize) -> usize {
    let mut used = 0;
    lines
        .iter()
        .take_while(|line| {
            used += width(line);
            used <= room
        })
        .count()
}

/// `Service shop/web: selects no pod … (help) [service-selects-nothing]`.
pub(super) fn line(report: &Report) -> String {
    let said = sentence(report);
    let rule = format!(" [{}]", report.rule);
    let help = &report.finding.help;
    if !help.is_empty() {
        let whole = format!("{said} ({help})");
        if width(&whole) + width(&rule) <= WITH_HELP {
            return fit(&printable(&whole), &rule);
        }
    }
    fit(&printable(&said), &rule)
}

/// The object and what is wrong with it.
pub(super) fn sentence(report: &Report) -> String {
    match &report.object {
        Some(object) => format!("{object}: {}", report.finding.message),
        None => report.finding.message.clone(),
    }
}

/// `text` and `end`, the text cut so that both fit in one warning.
fn fit(text: &str, end: &str) -> String {
    let room = ONE.saturating_sub(width(end));
    if width(text) <= room {
        return format!("{text}{end}");
    }
    let cut: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…{end}", cut.trim_end())
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{FieldPath, Finding, ObjectRef, Severity};

    fn report(name: &str, severity: Severity, message: &str, help: &str) -> Report {
        Report {
            rule: "service-selects-nothing",
            object: Some(ObjectRef {
                api_version: "v1".into(),
                kind: "Service".into(),
                namespace: Some("shop".into()),
                name: name.into(),
            }),
            finding: Finding::new(severity, FieldPath::of("spec.selector"), message).help(help),
            caused_by: None,
        }
    }

    fn told(reports: &[Report]) -> Vec<String> {
        lines(&reports.iter().collect::<Vec<_>>(), None)
    }

    #[test]
    fn a_line_names_object_message_help_and_rule() {
        let report = report("web", Severity::Warning, "selects no pod", "fix the label");
        assert_eq!(
            line(&report),
            "Service shop/web: selects no pod (fix the label) [service-selects-nothing]"
        );
    }

    #[test]
    fn help_that_would_make_the_line_long_is_left_out() {
        let report = report("web", Severity::Warning, "selects no pod", &"h".repeat(150));
        assert_eq!(
            line(&report),
            "Service shop/web: selects no pod [service-selects-nothing]"
        );
    }

    #[test]
    fn the_most_severe_is_told_first_and_nothing_twice() {
        let notice = report("a", Severity::Notice, "is odd", "");
        let error = report("b", Severity::Error, "cannot work", "");
        let lines = told(&[notice.clone(), error, notice]);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].contains("shop/b"), "{lines:?}");
    }

    #[test]
    fn what_does_not_fit_is_counted_and_the_total_is_kept() {
        let many: Vec<Report> = (0..500)
            .map(|n| report(&format!("web-{n}"), Severity::Warning, &"ü".repeat(90), ""))
            .collect();
        let lines = told(&many);
        assert!(lines.iter().map(|line| width(line)).sum::<usize>() <= TOTAL);
        let rest = 500 - (lines.len() - 1);
        assert_eq!(
            lines.last().unwrap(),
            &format!("and {rest} more; kubectl portcullis audit")
        );
        assert!(lines.len() > 25, "{}", lines.len());
    }

    #[test]
    fn a_long_message_is_cut_and_keeps_its_rule() {
        let line = line(&report("web", Severity::Error, &"x".repeat(5_000), ""));
        assert_eq!(width(&line), ONE);
        assert!(line.ends_with("… [service-selects-nothing]"), "{line}");
    }

    #[test]
    fn nothing_that_the_api_server_would_drop_or_that_deceives_is_told() {
        let line = line(&report(
            "a\u{202e}b",
            Severity::Error,
            "one\ntwo\t\u{200b}",
            "",
        ));
        assert_eq!(
            line,
            "Service shop/a\u{fffd}b: one two \u{fffd} [service-selects-nothing]"
        );
    }
}
