//! When a creation is denied, and what is said then.

use std::fmt::Write as _;

use super::answer::{Cause, Verdict};
use super::telling;
use crate::config::Admission;
use crate::finding::{ObjectRef, Report, Severity, printable};
use crate::labels::{Labels, Selector};

/// A status is no place for more than this many findings of each sort.
const MOST: usize = 50;

/// Whether a namespace is one of those in which something is denied. `labels` are the
/// namespace's, or in `Err` those that are sure although it is not in view: then a requirement
/// holds only where the label that decides it is one of them.
pub(super) fn in_scope(selector: Option<&Selector>, labels: Result<&Labels, &Labels>) -> bool {
    let Some(selector) = selector else {
        return true;
    };
    match labels {
        Ok(labels) => selector.matches(labels),
        Err(sure) => selector
            .requirements
            .iter()
            .all(|wanted| sure.get(&wanted.key).is_some() && wanted.holds(sure)),
    }
}

/// The reports that deny the creation of `object`: warnings and errors of named rules about the
/// object itself, never about a neighbour.
pub(super) fn denying<'r>(
    reports: &'r [Report],
    admission: &Admission,
    object: &ObjectRef,
) -> Vec<&'r Report> {
    reports
        .iter()
        .filter(|report| {
            report.finding.severity >= Severity::Warning
                && report.caused_by.is_none()
                && report.object.as_ref() == Some(object)
                && admission.denies(report.rule)
        })
        .collect()
}

/// The denial: everything in the message, since of several webhooks' denials only the first is
/// shown and warnings may be dropped; the causes say the same to machines.
pub(super) fn denial(denying: &[&Report], also: &[&Report]) -> Verdict {
    let mut message = String::new();
    for report in denying.iter().take(MOST) {
        paragraph(&mut message, report);
    }
    more(&mut message, denying.len());
    let rest: Vec<&Report> = also
        .iter()
        .filter(|report| {
            !denying
                .iter()
                .any(|denying| std::ptr::eq(*denying, **report))
        })
        .copied()
        .collect();
    if !rest.is_empty() {
        message.push_str("also found:\n");
        for report in rest.iter().take(MOST) {
            paragraph(&mut message, report);
        }
        more(&mut message, rest.len());
    }
    message.truncate(message.trim_end().len());
    Verdict::Denied {
        message,
        causes: denying.iter().take(MOST).map(|r| cause(r)).collect(),
    }
}

fn paragraph(message: &mut String, report: &Report) {
    let said = telling::sentence(report);
    // Writing to a String cannot fail.
    let _ = writeln!(message, "{} [{}]", printable(&said), report.rule);
    if !report.finding.help.is_empty() {
        let _ = writeln!(message, "  help: {}", printable(&report.finding.help));
    }
}

fn more(message: &mut String, all: usize) {
    if let Some(rest) = all.checked_sub(MOST).filter(|rest| *rest > 0) {
        let _ = writeln!(message, "and {rest} more");
    }
}

fn cause(report: &Report) -> Cause {
    Cause {
        reason: report.rule,
        message: printable(&report.finding.message).into_owned(),
        field: printable(&report.finding.field.to_string()).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_selector_every_namespace_is_in_scope() {
        assert!(in_scope(None, Err(&Labels::default())));
    }

    #[test]
    fn of_a_namespace_that_is_not_in_view_only_its_sure_labels_decide() {
        let name = "kubernetes.io/metadata.name";
        let sure: Labels = [(name, "shop")].into_iter().collect();
        let selector = |text: &str| text.parse::<Selector>().unwrap();
        let by_name = selector("kubernetes.io/metadata.name=shop");
        assert!(in_scope(Some(&by_name), Err(&sure)));
        let unknown = selector("env!=dev");
        assert!(!in_scope(Some(&unknown), Err(&sure)));
        assert!(in_scope(Some(&unknown), Ok(&sure)));
    }
}
