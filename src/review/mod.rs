//! Judgement: what is wrong with a set of objects, and what a Change breaks.

mod callers;
mod check;
mod difference;
mod exempt;
mod gather;
mod judge;
mod namespace_wide;
mod neighbours;
mod routes;
mod set;
mod time;

use std::time::Instant;

use rayon::prelude::*;

pub use check::check;
pub use set::{cluster_of, review_over, review_set, store_of, store_over};

use difference::New;
use judge::judge;

use crate::cluster::{Change, Knowledge, Store, View};
use crate::config::Config;
use crate::finding::{ObjectRef, Report};
use crate::object::{Body, Kind, Meta};

/// What a review found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The findings, most severe first, then by object and rule.
    pub reports: Vec<Report>,
    /// The findings that somebody asked not to be told, in the same order.
    pub ignored: Vec<Report>,
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
    let own = difference::own(changes, was, is, config);
    let others = difference::others(changes, was, is, config, until);
    let mut reports = time::at_admission(own, changes);
    reports.extend(time::elsewhere(others.found, changes, &after));
    let (ignored, reports) = split(reports);
    let reports = gather::gather(reports, |cause| is_policy(changes, cause));
    Outcome::of(reports, ignored, others.unchecked)
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
    let others = difference::others(changes, was, is, config, None).found;
    let mut reports: Vec<Report> = difference::own(changes, was, is, config)
        .into_iter()
        .chain(others.into_iter().map(|(_, new)| new))
        .filter(New::is_worse)
        .map(|new| new.report)
        .collect();
    sort(&mut reports);
    reports
}

/// Reviews every object of a cluster.
pub fn audit(store: &Store, knowledge: &Knowledge, config: &Config) -> Outcome {
    audit_in(None, store, knowledge, config)
}

/// Reviews every object of a cluster, or of one namespace in it.
pub fn audit_in(
    namespace: Option<&str>,
    store: &Store,
    knowledge: &Knowledge,
    config: &Config,
) -> Outcome {
    let view = View::new(store, knowledge);
    let objects = store
        .objects()
        .filter(|object| namespace.is_none_or(|namespace| is_within(&object.meta, namespace)));
    let objects: Vec<_> = objects.collect();
    let reports = objects
        .par_iter()
        .flat_map_iter(|object| judge(object, view, config));
    let mut reports: Vec<Report> = reports.collect();
    let used = exempt::used(&reports);
    let vain = objects.iter();
    reports.extend(vain.flat_map(|object| exempt::unused(object, "", &used, view, config)));
    let (ignored, reports) = split(reports);
    Outcome::of(reports, ignored, Vec::new())
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

/// Whether an object is in a namespace, or is the namespace.
fn is_within(meta: &Meta, namespace: &str) -> bool {
    meta.namespace() == namespace || (meta.kind == Kind::Namespace && meta.name() == namespace)
}

impl Outcome {
    fn of(mut reports: Vec<Report>, mut ignored: Vec<Report>, unchecked: Vec<ObjectRef>) -> Self {
        sort(&mut reports);
        sort(&mut ignored);
        Self {
            reports,
            ignored,
            unchecked,
        }
    }
}

/// What somebody asked not to be told, and the rest.
fn split(reports: Vec<Report>) -> (Vec<Report>, Vec<Report>) {
    reports
        .into_iter()
        .partition(|report| report.finding.exempted.is_some())
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
