//! A Report together with the places in files that it speaks of, and the order of both.

use std::cmp::Ordering;

use crate::finding::Report;
use crate::manifest::Location;

/// A [`Report`] and where in the inputs its places stand.
#[derive(Clone, Debug)]
pub struct Placed {
    /// What was found.
    pub report: Report,
    /// Where the finding's field stands; `None` where it came from no file.
    pub location: Option<Location>,
    /// Where each related place stands, in the order of the finding's `related`.
    pub related: Vec<Option<Location>>,
}

/// Where reports come from, which decides what stands beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Manifests: a finding has its line in a file.
    Check,
    /// A cluster: there are no files.
    Audit,
}

impl Placed {
    /// A report about what stands in no file.
    pub fn nowhere(report: Report) -> Self {
        Self {
            location: None,
            related: vec![None; report.finding.related.len()],
            report,
        }
    }

    /// Whether it stands where its cause does, being about an object of the cluster.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.report.caused_by.is_some() && self.report.caused_by != self.report.object
    }
}

/// Puts reports in the order of every format: file, line, rule, and then whatever keeps the order
/// the same for the same set. What has no location comes first.
pub fn order(reports: &mut [Placed]) {
    reports.sort_by(compare);
}

fn line(placed: &Placed) -> Option<(&str, usize)> {
    let at = placed.location.as_ref()?;
    Some((&at.file, at.line))
}

fn column(placed: &Placed) -> Option<(usize, usize)> {
    let at = placed.location.as_ref()?;
    Some((at.column, at.span.start))
}

fn compare(a: &Placed, b: &Placed) -> Ordering {
    line(a)
        .cmp(&line(b))
        .then_with(|| a.report.rule.cmp(b.report.rule))
        .then_with(|| column(a).cmp(&column(b)))
        .then_with(|| a.report.object.cmp(&b.report.object))
        .then_with(|| a.report.finding.field.cmp(&b.report.finding.field))
        .then_with(|| a.report.finding.message.cmp(&b.report.finding.message))
        .then_with(|| a.report.finding.culprit.cmp(&b.report.finding.culprit))
        .then_with(|| a.report.caused_by.cmp(&b.report.caused_by))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn reports_go_by_file_line_and_rule_however_they_came() {
        let mut reports = sample::reports();
        reports.reverse();
        order(&mut reports);
        let mut again = sample::reports();
        again.rotate_left(1);
        order(&mut again);
        let keys = |reports: &[Placed]| -> Vec<String> {
            reports
                .iter()
                .map(|p| {
                    let at = p.location.as_ref().map(|at| (at.file.clone(), at.line));
                    format!("{at:?} {}", p.report.rule)
                })
                .collect()
        };
        assert_eq!(keys(&reports), keys(&again));
        assert!(keys(&reports).is_sorted());
    }
}
