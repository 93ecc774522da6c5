//! Time: at admission the set is never complete, so what is merely absent is told more softly,
//! and what a Change takes away more plainly (RULES, "Time").

use std::sync::Arc;

use super::difference::New;
use crate::cluster::{Change, Store};
use crate::finding::{Basis, Finding, Report, Severity};
use crate::object::{Ask, Body, Key, Object, asks};

/// The rules about what selects pods, which Helm creates after Services and policies.
const SELECTING: [&str; 2] = ["service-selects-nothing", "policy-selects-nothing"];

/// The rules about what leads to Services, which come one by one: what arrives first may almost
/// have the name of what comes next.
const LEADING: [&str; 1] = ["route-backend-not-found"];

/// What is found about changed objects as it is told at admission.
pub(super) fn at_admission(own_findings: Vec<New>, changes: &[Change]) -> Vec<Report> {
    own_findings
        .into_iter()
        .filter_map(|new| {
            let change = changes
                .iter()
                .find(|change| is_about(change, &new.report))?;
            own(new, change)
        })
        .collect()
}

/// What is found about an object of a set that is complete once it is applied: as it is, but what
/// an update takes away is told more plainly.
pub(super) fn of_a_set(new: New, is_update: bool) -> Report {
    let New { mut report, before } = new;
    if report.finding.basis == Basis::Absent && is_update && before.is_none() {
        harden(&mut report.finding);
    }
    report
}

/// What Changes newly break about the neighbours of what they change.
pub(super) fn elsewhere(others: Vec<(Key, New)>, changes: &[Change], after: &Store) -> Vec<Report> {
    let deleted: Vec<Arc<Object>> = changes
        .iter()
        .filter(|change| change.after.is_none())
        .filter_map(|change| change.before.clone())
        .collect();
    let only_deletes = deleted.len() == changes.len();
    let takes_away = changes.iter().any(|change| change.before.is_some());
    others
        .into_iter()
        .filter_map(|(key, new)| neighbour(&key, new, takes_away, only_deletes, &deleted, after))
        .collect()
}

fn is_about(change: &Change, report: &Report) -> bool {
    change
        .after
        .as_ref()
        .is_some_and(|object| report.object.as_ref() == Some(&object.meta.reference))
}

/// What is told of the changed object itself: warnings and errors each time, notices when new.
fn own(new: New, change: &Change) -> Option<Report> {
    let New { mut report, before } = new;
    let created = change.before.is_none();
    if report.finding.basis == Basis::Absent {
        if created && is_managed_by_helm(change) && SELECTING.contains(&report.rule) {
            return None;
        }
        match (created, before) {
            (true, _) => soften(&mut report.finding),
            (false, None) => harden(&mut report.finding),
            (false, Some(_)) => {}
        }
    }
    (report.finding.severity > Severity::Notice || before.is_none()).then_some(report)
}

/// What is told of a neighbour: what is newly broken there, and no mere absence.
fn neighbour(
    key: &Key,
    new: New,
    takes_away: bool,
    only_deletes: bool,
    deleted: &[Arc<Object>],
    after: &Store,
) -> Option<Report> {
    let New { mut report, before } = new;
    if report.finding.basis == Basis::Absent {
        if only_deletes && !is_pointed_at(key, deleted, after) {
            return None;
        }
        let newly_gone = takes_away && before.is_none();
        if newly_gone {
            harden(&mut report.finding);
        }
        // What merely arrived concerns those beside it, not whoever runs another namespace.
        let beside = report.caused_by.as_ref().is_some_and(|cause| {
            cause
                .namespace
                .as_deref()
                .is_none_or(|namespace| namespace == &*key.namespace)
        });
        let arrives = beside && !LEADING.contains(&report.rule);
        if report.finding.severity == Severity::Notice || !(newly_gone || arrives) {
            return None;
        }
    }
    Some(report)
}

fn soften(finding: &mut Finding) {
    finding.severity = finding.severity.min(Severity::Notice);
}

fn harden(finding: &mut Finding) {
    finding.severity = finding.severity.max(Severity::Warning);
}

/// Helm creates Services and policies before what they select: the background re-check sees to those.
fn is_managed_by_helm(change: &Change) -> bool {
    let labels = change.after.as_ref().map(|object| &object.meta.labels);
    labels.is_some_and(|labels| labels.get("app.kubernetes.io/managed-by") == Some("Helm"))
}

/// Whether something beside what is deleted still points at a neighbour, so that its loss is no
/// plain teardown.
fn is_pointed_at(key: &Key, deleted: &[Arc<Object>], after: &Store) -> bool {
    let points_back = |object: &Object| {
        asks(object).iter().any(|ask| match ask {
            Ask::Named(named) => deleted.iter().any(|gone| is_named(&gone.meta.key(), named)),
            _ => false,
        })
    };
    after.get(key).is_some_and(|object| points_back(object))
        || after
            .asking_for(key)
            .iter()
            .any(|asking| matches!(asking.body, Body::Route(_)))
}

/// Whether a key is the one that is asked for, or one of those where the name is left empty.
fn is_named(key: &Key, asked: &Key) -> bool {
    let is_any =
        asked.name.is_empty() && (key.kind, &key.namespace) == (asked.kind, &asked.namespace);
    is_any || key == asked
}
