//! A set of manifests as one View, by itself or laid over a cluster.

mod apart;
mod given;
mod namespaces;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::difference::{self, identity};
use super::gather::gather;
use super::judge::judge;
use super::{is_policy, split, time};
use crate::cluster::{Knowledge, Known, Store, View};
use crate::config::Config;
use crate::finding::{ObjectRef, Report};
use crate::manifest::{Place, Set};
use crate::object::Object;
use given::Given;
use namespaces::{Worlds, worlds};
use world::World;

/// A report, and which object of the set it is about or comes from, variants counted after the
/// others.
type Judged = Vec<(usize, Report)>;

/// What the rules are asked with.
#[derive(Clone, Copy)]
struct Asked<'a> {
    knowledge: &'a Knowledge,
    config: &'a Config,
}

/// Reviews a set of manifests: each report with the place of the object it is about.
pub fn review_set(set: &Set, knowledge: &Knowledge, config: &Config) -> Vec<(Report, Place)> {
    reviewed(set, None, *knowledge, config)
}

/// Reviews a set of manifests as it would be once applied to a cluster: everything about its own
/// objects, severities as in a complete set, and what it would newly break elsewhere in the
/// cluster, with the place of the object that brings it about.
pub fn review_over(
    set: &Set,
    cluster: &Store,
    knowledge: &Knowledge,
    config: &Config,
) -> Vec<(Report, Place)> {
    reviewed(set, Some(cluster), *knowledge, config)
}

/// The Store of a set of manifests, as given, and the namespace that it has what omits its own in:
/// the only one that it can be, or else one apart, which has no name.
pub fn store_of(set: &Set) -> (Store, Option<Arc<str>>) {
    applied(set, None)
}

/// The same of a set of manifests applied to a cluster.
pub fn store_over(set: &Set, cluster: &Store) -> (Store, Option<Arc<str>>) {
    applied(set, Some(cluster))
}

/// The Store of a set by itself or applied to a cluster, and the namespace of what omits it.
pub(super) fn applied(set: &Set, cluster: Option<&Store>) -> (Store, Option<Arc<str>>) {
    let (given, _) = Given::of(set);
    let world = World::of(&given, cluster);
    match worlds(&given, cluster) {
        Worlds::One(Some(namespace)) => {
            let store = world.moved(&given, &namespace).after;
            (store, Some(namespace))
        }
        Worlds::One(None) | Worlds::Each(_) => (world.after, None),
    }
}

/// The Store of a set that stands for a whole cluster: what is not in it is not there.
pub fn cluster_of(set: &Set) -> Store {
    let (given, _) = Given::of(set);
    let mut store = World::of(&given, None).after;
    store.cover(None, None, Known::All);
    store
}

/// Reviews a set by itself or laid over a cluster.
pub(super) fn reviewed(
    set: &Set,
    cluster: Option<&Store>,
    knowledge: Knowledge,
    config: &Config,
) -> Vec<(Report, Place)> {
    let (given, places) = Given::of(set);
    let knowledge = &knowledge;
    let judged = judge_given(&given, cluster, Asked { knowledge, config });
    let mut reports: Vec<(Report, Place)> = judged
        .into_iter()
        .filter_map(|(at, report)| Some((report, *places.get(at)?)))
        .collect();
    if cluster.is_none() {
        apart::soften(set, &mut reports);
    }
    reports
}

fn judge_given(given: &Given, cluster: Option<&Store>, asked: Asked<'_>) -> Judged {
    let world = World::of(given, cluster);
    match worlds(given, cluster) {
        Worlds::One(None) => {
            let mut judged = own(given, &world, asked);
            judged.extend(elsewhere(given, &world, asked));
            judged
        }
        Worlds::One(Some(namespace)) => {
            let world = world.moved(given, &namespace);
            let moved = given.moved(&namespace);
            let mut judged = own(&moved, &world, asked);
            judged.extend(elsewhere(&moved, &world, asked));
            given.unmoved(judged, &namespace)
        }
        Worlds::Each(namespaces) => {
            let mut judged = own(given, &world, asked);
            for namespace in namespaces {
                if judged.is_empty() {
                    break;
                }
                let world = world.moved(given, &namespace);
                let moved = given.moved(&namespace);
                judged.retain(|(at, report)| {
                    let object = moved.all().nth(*at);
                    object.is_some_and(|object| holds(object, report, &world, asked))
                });
            }
            if cluster.is_some() {
                // What may be anywhere is not to blame for anything.
                let world = World::of(&given.stated(), cluster);
                judged.extend(elsewhere(given, &world, asked));
            }
            judged
        }
    }
}

/// Judges every object of the set in the world that it makes.
fn own(given: &Given, world: &World<'_>, asked: Asked<'_>) -> Judged {
    let once = given.objects.par_iter().enumerate().map(|(at, object)| {
        let reports = own_reports(object, &world.after, world, asked);
        reports
            .into_iter()
            .map(|report| (at, report))
            .collect::<Vec<_>>()
    });
    let mut reports: Judged = once.flatten_iter().collect();
    for (at, object) in given.variants.iter().enumerate() {
        let found = own_reports(object, &world.with(object), world, asked);
        reports.extend(
            found
                .into_iter()
                .map(|report| (given.objects.len() + at, report)),
        );
    }
    reports
}

/// What is found about one object of the set, told as what applying it brings about.
fn own_reports(object: &Object, after: &Store, world: &World<'_>, asked: Asked<'_>) -> Vec<Report> {
    let reports = judge_stored(object, after, asked);
    let Some(before) = world.before.filter(|_| !reports.is_empty()) else {
        return reports;
    };
    let key = object.meta.key();
    let is_update = before.get(&key).is_some();
    let before = View::new(before, asked.knowledge);
    difference::compare(&key, reports, before, asked.config)
        .into_iter()
        .map(|new| time::of_a_set(new, is_update))
        .collect()
}

/// What applying the set newly breaks about objects of the cluster that it does not hold, with
/// the object of the set that is the cause.
fn elsewhere(given: &Given, world: &World<'_>, asked: Asked<'_>) -> Judged {
    let Some(before) = world.before else {
        return Vec::new();
    };
    let Asked { knowledge, config } = asked;
    let (was, is) = (
        View::new(before, knowledge),
        View::new(&world.after, knowledge),
    );
    let broken = difference::others(&world.changes, was, is, config, None);
    let reports = time::elsewhere(broken.found, &world.changes, &world.after);
    let (ignored, reports) = split(reports);
    let reports = gather(reports, |cause| is_policy(&world.changes, cause));
    let all = given.all().enumerate();
    let at: BTreeMap<&ObjectRef, usize> = all.map(|(at, it)| (&it.meta.reference, at)).collect();
    reports
        .into_iter()
        .chain(ignored)
        .filter_map(|report| Some((*at.get(report.caused_by.as_ref()?)?, report)))
        .collect()
}

/// Judges the object that a Store holds under the key of `object`.
fn judge_stored(object: &Object, store: &Store, asked: Asked<'_>) -> Vec<Report> {
    let view = View::new(store, asked.knowledge);
    view.object_of(&object.meta.key())
        .map(|object| judge(object, view, asked.config))
        .unwrap_or_default()
}

/// Whether a finding holds in another world too, where its object stands as `object`.
fn holds(object: &Arc<Object>, report: &Report, world: &World<'_>, asked: Asked<'_>) -> bool {
    let same = |other: &Report| {
        let (a, b) = (identity(report), identity(other));
        (a.0, &a.2, &a.3) == (b.0, &b.2, &b.3)
    };
    let reports = if world.after.get(&object.meta.key()).is_some() {
        judge_stored(object, &world.after, asked)
    } else {
        judge_stored(object, &world.with(object), asked)
    };
    reports.iter().any(same)
}
