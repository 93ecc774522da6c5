//! From a set of manifests to reports that stand at a line.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::select::Settings;
use crate::cluster::Store;
use crate::finding::{FieldPath, ObjectRef, Report};
use crate::manifest::{Place, Set};
use crate::report::{Placed, order};
use crate::review;

/// What was found, and the texts that the places are in.
#[derive(Debug)]
pub(super) struct Judged<'s> {
    /// The reports, in the order to tell them.
    pub(super) reports: Vec<Placed>,
    /// Those that somebody asked not to be told, in the same order.
    pub(super) ignored: Vec<Placed>,
    /// The text of each file that a location names.
    pub(super) texts: BTreeMap<String, &'s str>,
}

/// Everything wrong with a set: with its manifests, and with what they say, by themselves or laid
/// over a cluster.
pub(super) fn judge<'s>(set: &'s Set, cluster: Option<&Store>, settings: &Settings) -> Judged<'s> {
    let Settings {
        config, knowledge, ..
    } = settings;
    let mut judged = placed(set, review::check(set, cluster, knowledge, config));
    order(&mut judged.reports);
    let all = std::mem::take(&mut judged.reports);
    (judged.ignored, judged.reports) = all
        .into_iter()
        .partition(|placed| placed.report.finding.exempted.is_some());
    judged
}

/// Finds the lines of all reports at once: each document is parsed once, however much is wrong
/// with it.
fn placed(set: &Set, reports: Vec<(Report, Place)>) -> Judged<'_> {
    let by_reference = by_reference(set, &reports);
    let whole = FieldPath::default();
    let mut wanted: Vec<(Place, &FieldPath)> = Vec::new();
    for (report, place) in &reports {
        // What is wrong elsewhere in the cluster stands where its cause does.
        let elsewhere = report.caused_by.is_some() && report.caused_by != report.object;
        let field = if elsewhere {
            &whole
        } else {
            &report.finding.field
        };
        wanted.push((*place, field));
        for related in &report.finding.related {
            let place = by_reference.get(&related.object);
            wanted.extend(place.map(|place| (*place, &related.field)));
        }
    }
    let found = set.locate_all(&wanted);
    let texts = wanted.iter().zip(&found);
    let texts = texts
        .map(|((place, _), at)| (at.file.clone(), set.text(*place)))
        .collect();
    let mut found = found.into_iter();
    let mut next = || found.next().filter(|at| !at.file.is_empty());
    let reports = reports.into_iter().map(|(report, _)| {
        let location = next();
        let related = report.finding.related.iter().map(|related| {
            let known = by_reference.contains_key(&related.object);
            known.then(&mut next).flatten()
        });
        let related = related.collect();
        Placed {
            report,
            location,
            related,
        }
    });
    Judged {
        reports: reports.collect(),
        ignored: Vec::new(),
        texts,
    }
}

/// The places of the objects that reports refer to; of variants the first.
fn by_reference<'s>(set: &'s Set, reports: &[(Report, Place)]) -> BTreeMap<&'s ObjectRef, Place> {
    let related = reports
        .iter()
        .flat_map(|(report, _)| &report.finding.related);
    let asked: BTreeSet<&ObjectRef> = related.map(|related| &related.object).collect();
    let mut found = BTreeMap::new();
    for (object, place) in set.objects() {
        let reference = &object.meta.reference;
        if asked.contains(reference) {
            found.entry(reference).or_insert(place);
        }
    }
    found
}
