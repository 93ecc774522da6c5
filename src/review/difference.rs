//! What Changes alter: every finding after them that was not there before, or was milder.

use std::collections::BTreeMap;
use std::time::Instant;

use super::judge::judge;
use super::neighbours::{Neighbour, neighbours};
use crate::cluster::{Change, View};
use crate::config::Config;
use crate::finding::{FieldPath, ObjectRef, Report, Severity};
use crate::object::Key;

/// What makes two findings the same, whatever their words.
type Identity = (&'static str, Option<ObjectRef>, FieldPath, String);

/// What Changes alter about the neighbours of the changed objects.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// Findings that are new or worse.
    pub(super) found: Vec<(Key, New)>,
    /// Neighbours that were not looked at in time.
    pub(super) unchecked: Vec<ObjectRef>,
}

/// A finding, and how bad it was before.
#[derive(Debug)]
pub(super) struct New {
    /// The finding after the Changes.
    pub(super) report: Report,
    /// How bad the same was before them; `None` where it was not.
    pub(super) before: Option<Severity>,
}

impl New {
    /// Whether it was not there before, or milder.
    pub(super) fn is_worse(&self) -> bool {
        self.before
            .is_none_or(|before| before < self.report.finding.severity)
    }
}

/// The same finding before and after has the same identity.
pub(super) fn identity(report: &Report) -> Identity {
    let Report {
        rule,
        object,
        finding,
        ..
    } = report;
    (
        rule,
        object.clone(),
        finding.field.clone(),
        finding.culprit.clone(),
    )
}

/// What is found about the changed objects themselves, held against what was found before.
pub(super) fn own(
    changes: &[Change],
    before: View<'_>,
    after: View<'_>,
    config: &Config,
) -> Vec<New> {
    let objects = changes.iter().filter_map(|change| change.after.as_ref());
    objects
        .flat_map(|object| {
            let key = object.meta.key();
            let reports = in_store(&key, after, config);
            compare(&key, reports, before, config)
        })
        .collect()
}

/// What is newly found, or worse, about the neighbours of what changes, only until `until`.
pub(super) fn others(
    changes: &[Change],
    before: View<'_>,
    after: View<'_>,
    config: &Config,
    until: Option<Instant>,
) -> Others {
    let mut others = Others::default();
    for Neighbour { key, cause } in neighbours(changes, before, after) {
        if until.is_some_and(|until| Instant::now() >= until) {
            others.unchecked.extend(
                after
                    .object_of(&key)
                    .map(|object| object.meta.reference.clone()),
            );
            continue;
        }
        let reports = in_store(&key, after, config);
        let worse = compare(&key, reports, before, config)
            .into_iter()
            .filter(New::is_worse);
        others.found.extend(worse.map(|mut new| {
            new.report.caused_by = Some(cause.clone());
            (key.clone(), new)
        }));
    }
    others
}

/// What the rules say of the object of a key in a View.
fn in_store(key: &Key, view: View<'_>, config: &Config) -> Vec<Report> {
    view.object_of(key)
        .map(|object| judge(object, view, config))
        .unwrap_or_default()
}

/// Holds findings against those of the same object before; looks only where there are any.
pub(super) fn compare(
    key: &Key,
    reports: Vec<Report>,
    before: View<'_>,
    config: &Config,
) -> Vec<New> {
    if reports.is_empty() {
        return Vec::new();
    }
    let mut old: BTreeMap<Identity, Severity> = BTreeMap::new();
    for report in in_store(key, before, config) {
        let severity = old
            .entry(identity(&report))
            .or_insert(report.finding.severity);
        *severity = report.finding.severity.max(*severity);
    }
    let with_before = |report: Report| New {
        before: old.get(&identity(&report)).copied(),
        report,
    };
    reports.into_iter().map(with_before).collect()
}
