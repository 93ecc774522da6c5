//! Judgement: what is wrong with a set of objects, and what a Change breaks.

mod difference;
mod gather;
mod judge;
mod neighbours;
mod set;
mod time;

use std::time::Instant;

pub use set::{cluster_of, review_set, store_of};

use difference::New;

use crate::cluster::{Change, Knowledge, Store, View};
use crate::config::Config;
use crate::finding::{ObjectRef, Report};
use crate::object::Body;

/// What a review found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The findings, most severe first, then by object and rule.
    pub reports: Vec<Report>,
    /// Objects that could not be reviewed in time.
    pub unchecked: Vec<ObjectRef>,
}

/// Reviews what `changes`, applied together, would make of `before`: everything about the changed
/// objects themselves, and what is newly broken or worse about their neighbours. Severities are as
/// at admission. What is not decided by `until` is listed, not guessed.
pub fn review(
    changes: &[Change],
    before: &Store,
    knowledge: &Knowledge,
    config: &Config,
    until: Option<Instant>,
) -> Outcome {
    let before = as_it_was(changes, before);
    let after = before.after(changes);
    let (was, is) = (View::new(&before, knowledge), View::new(&after, knowledge));
    let mut difference = difference::difference(changes, was, is, config, until);
    let unchecked = std::mem::take(&mut difference.unchecked);
    let reports = time::at_admission(difference, changes, &after);
    let mut reports = gather::gather(reports, |cause| is_policy(changes, cause));
    sort(&mut reports);
    Outcome { reports, unchecked }
}

/// What `changes` newly break or make worse anywhere, before anything is softened for its time,
/// left out or gathered: every finding after them less every finding before.
pub fn broken_by(
    changes: &[Change],
    before: &Store,
    knowledge: &Knowledge,
    config: &Config,
) -> Vec<Report> {
    let after = before.after(changes);
    let (was, is) = (View::new(before, knowledge), View::new(&after, knowledge));
    let difference = difference::difference(changes, was, is, config, None);
    let others = difference.others.into_iter().map(|(_, new)| new);
    let mut reports: Vec<Report> = difference
        .own
        .into_iter()
        .chain(others)
        .filter(New::is_worse)
        .map(|new| new.report)
        .collect();
    sort(&mut reports);
    reports
}

/// Reviews every object of a complete set, as `check` and `audit` do.
pub fn audit(store: &Store, knowledge: &Knowledge, config: &Config) -> Outcome {
    let mut reports = difference::everything(store, View::new(store, knowledge), config);
    sort(&mut reports);
    Outcome {
        reports,
        unchecked: Vec::new(),
    }
}

/// The Store that the changes start from: what the request says was there, which may be ahead of
/// the watch or behind it.
fn as_it_was(changes: &[Change], store: &Store) -> Store {
    let mut before = store.clone();
    for change in changes {
        match (&change.before, &change.after) {
            (Some(object), _) => before.put(object.clone()),
            (None, Some(object)) => before.remove(&object.meta.key()),
            (None, None) => {}
        }
    }
    before
}

fn is_policy(changes: &[Change], cause: &ObjectRef) -> bool {
    let objects = changes
        .iter()
        .filter_map(|change| change.after.as_ref().or(change.before.as_ref()));
    objects
        .filter(|object| object.meta.reference == *cause)
        .any(|object| matches!(object.body, Body::Policy(_)))
}

/// Most severe first, then by object, rule and place.
fn sort(reports: &mut [Report]) {
    reports.sort_by(|a, b| {
        let place = |r: &Report| {
            (
                r.object.clone(),
                r.rule,
                r.finding.field.clone(),
                r.finding.message.clone(),
            )
        };
        b.finding
            .severity
            .cmp(&a.finding.severity)
            .then_with(|| place(a).cmp(&place(b)))
    });
}
