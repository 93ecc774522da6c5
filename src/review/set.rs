//! A set of manifests as one View: what an omitted namespace may be, and identities given twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::difference::identity;
use super::judge::judge;
use crate::cluster::{Knowledge, Known, Store, View};
use crate::config::Config;
use crate::finding::{ObjectRef, Report};
use crate::manifest::{Gap, Missing, Place, Set};
use crate::object::{AccountRef, Body, Kind, Object, row_of};

/// A set of manifests, as given.
#[derive(Clone, Debug, Default)]
struct Given {
    /// Objects whose identity is given once.
    objects: Vec<Arc<Object>>,
    /// Objects whose identity is given more than once: overlays, variants.
    variants: Vec<Arc<Object>>,
    /// What is missing or hidden. An omitted namespace is the empty one.
    gaps: Vec<Gap>,
}

/// A report, and which object of the set it is about, variants counted after the others.
type Judged = Vec<(usize, Report)>;

impl Given {
    /// The objects of a set, and their places in the same order.
    fn of(set: &Set) -> (Self, Vec<Place>) {
        let variant: BTreeSet<Place> = set
            .duplicates()
            .flatten()
            .map(|(_, place)| *place)
            .collect();
        let (variants, once): (Vec<_>, Vec<_>) = set
            .objects()
            .partition(|(_, place)| variant.contains(place));
        let places = once
            .iter()
            .chain(&variants)
            .map(|(_, place)| *place)
            .collect();
        let objects =
            |of: Vec<(&Arc<Object>, Place)>| of.into_iter().map(|(o, _)| o.clone()).collect();
        let given = Self {
            objects: objects(once),
            variants: objects(variants),
            gaps: set.gaps().to_vec(),
        };
        (given, places)
    }

    /// Every object, variants last.
    fn all(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.iter().chain(&self.variants)
    }

    /// The same set with everything that omits its namespace moved into one.
    fn moved(&self, namespace: &Arc<str>) -> Self {
        let there = |objects: &[Arc<Object>]| {
            objects
                .iter()
                .map(|object| moved(object, namespace))
                .collect()
        };
        Self {
            objects: there(&self.objects),
            variants: there(&self.variants),
            gaps: self.gaps.clone(),
        }
    }
}

/// Reviews a set of manifests: each report with the place of the object it is about.
pub fn review_set(set: &Set, knowledge: &Knowledge, config: &Config) -> Vec<(Report, Place)> {
    let (given, places) = Given::of(set);
    let judged = judge_given(&given, *knowledge, config);
    judged
        .into_iter()
        .filter_map(|(at, report)| Some((report, *places.get(at)?)))
        .collect()
}

/// The Store of a set of manifests, as given, and the namespace that it has what omits its own in:
/// the only one that it can be, or else one apart, which has no name.
pub fn store_of(set: &Set) -> (Store, Option<Arc<str>>) {
    let (given, _) = Given::of(set);
    let base = base_store(&given);
    match worlds(&given) {
        Worlds::One(Some(namespace)) => {
            let store = moved_store(&base, &given, &namespace);
            (store, Some(namespace))
        }
        Worlds::One(None) | Worlds::Each(_) => (base, None),
    }
}

/// The Store of a set that stands for a whole cluster: what is not in it is not there.
pub fn cluster_of(set: &Set) -> Store {
    let (given, _) = Given::of(set);
    let mut store = base_store(&given);
    store.cover(None, None, Known::All);
    store
}

fn judge_given(given: &Given, knowledge: Knowledge, config: &Config) -> Judged {
    let base = base_store(given);
    match worlds(given) {
        Worlds::One(None) => judged(given, &base, knowledge, config),
        Worlds::One(Some(namespace)) => {
            let moved = given.moved(&namespace);
            let world = moved_store(&base, given, &namespace);
            in_world(judged(&moved, &world, knowledge, config), given, &namespace)
        }
        Worlds::Each(namespaces) => {
            let mut reports = judged(given, &base, knowledge, config);
            for namespace in namespaces {
                if reports.is_empty() {
                    break;
                }
                let world = moved_store(&base, given, &namespace);
                let moved = given.moved(&namespace);
                reports.retain(|(at, report)| {
                    let object = moved.all().nth(*at);
                    object.is_some_and(|object| holds(object, report, &world, knowledge, config))
                });
            }
            reports
        }
    }
}

/// Which namespaces the omitted one may be.
enum Worlds {
    /// One: a certain one, or one of its own.
    One(Option<Arc<str>>),
    /// Any of these, or one of its own: a finding must hold for each.
    Each(BTreeSet<Arc<str>>),
}

fn worlds(given: &Given) -> Worlds {
    if !given.all().any(|object| is_omitted(object)) {
        return Worlds::One(None);
    }
    let meant: BTreeSet<Arc<str>> = given
        .all()
        .flat_map(|object| bound_namespaces(object, given))
        .collect();
    let stated: BTreeSet<Arc<str>> = given
        .all()
        .filter_map(|object| object.meta.reference.namespace.clone())
        .collect();
    let mut candidates = if meant.len() == 1 { meant } else { stated };
    match candidates.len() {
        0 | 1 => Worlds::One(candidates.pop_first()),
        _ => Worlds::Each(candidates),
    }
}

/// Whether an object of a kind that lives in namespaces names none.
fn is_omitted(object: &Object) -> bool {
    let namespaced = row_of(object.meta.kind).is_none_or(|row| row.namespaced);
    namespaced && object.meta.reference.namespace.is_none()
}

/// The namespaces in which a binding expects accounts that the set gives without a namespace.
fn bound_namespaces(object: &Object, given: &Given) -> Vec<Arc<str>> {
    let Body::Binding(binding) = &object.body else {
        return Vec::new();
    };
    let is_given = |name: &str| {
        given.objects.iter().any(|object| {
            object.meta.kind == Kind::ServiceAccount
                && is_omitted(object)
                && object.meta.name() == name
        })
    };
    let subjects = binding.subjects.iter().filter_map(|subject| match subject {
        AccountRef::One {
            namespace: Some(namespace),
            name,
        } if is_given(name) => Some(namespace),
        _ => None,
    });
    subjects.map(|namespace| Arc::from(&**namespace)).collect()
}

/// The Store of a set as given, the omitted namespace being one of its own.
fn base_store(given: &Given) -> Store {
    let mut store = Store::default();
    store.cover(None, None, Known::Files);
    for gap in &given.gaps {
        leave_gap(&mut store, gap, gap.namespace.as_deref());
    }
    for object in &given.objects {
        store.put(object.clone());
    }
    for object in &given.variants {
        hide(&mut store, object, object.meta.namespace());
    }
    store
}

/// Says that what a gap may hide may be in a namespace, or in any.
fn leave_gap(store: &mut Store, gap: &Gap, namespace: Option<&str>) {
    let kind = match gap.missing {
        Missing::Anything => None,
        Missing::Pods => Some(Kind::Custom),
        Missing::Kind(kind) => Some(kind),
    };
    store.gap(kind, namespace);
}

/// Says that an identity given twice may be either.
fn hide(store: &mut Store, object: &Object, namespace: &str) {
    let kind = object.meta.kind;
    store.gap(
        Some(if kind.makes_pods() {
            Kind::Custom
        } else {
            kind
        }),
        Some(namespace),
    );
}

/// The same Store with everything that omits its namespace moved into one.
fn moved_store(base: &Store, given: &Given, namespace: &Arc<str>) -> Store {
    let mut store = base.clone();
    for object in given.objects.iter().filter(|object| is_omitted(object)) {
        store.remove(&object.meta.key());
        store.put(moved(object, namespace));
    }
    for gap in given
        .gaps
        .iter()
        .filter(|gap| gap.namespace.as_deref() == Some(""))
    {
        leave_gap(&mut store, gap, Some(namespace));
    }
    for object in given.variants.iter().filter(|object| is_omitted(object)) {
        hide(&mut store, object, namespace);
    }
    store
}

fn moved(object: &Arc<Object>, namespace: &Arc<str>) -> Arc<Object> {
    if !is_omitted(object) {
        return object.clone();
    }
    let mut object = Object::clone(object);
    object.meta.reference.namespace = Some(namespace.clone());
    Arc::new(object)
}

/// Judges every object of the set in a Store that holds the unduplicated ones.
fn judged(given: &Given, store: &Store, knowledge: Knowledge, config: &Config) -> Judged {
    let once = given.objects.par_iter().enumerate().map(|(at, object)| {
        let reports = judge_stored(object, store, knowledge, config);
        reports
            .into_iter()
            .map(|report| (at, report))
            .collect::<Vec<_>>()
    });
    let mut reports: Judged = once.flatten_iter().collect();
    for (at, object) in given.variants.iter().enumerate() {
        let mut with = store.clone();
        with.put(object.clone());
        let found = judge_stored(object, &with, knowledge, config);
        reports.extend(
            found
                .into_iter()
                .map(|report| (given.objects.len() + at, report)),
        );
    }
    reports
}

/// Judges the object that a Store holds under the key of `object`.
fn judge_stored(
    object: &Object,
    store: &Store,
    knowledge: Knowledge,
    config: &Config,
) -> Vec<Report> {
    let view = View::new(store, &knowledge);
    view.object_of(&object.meta.key())
        .map(|object| judge(object, view, config))
        .unwrap_or_default()
}

/// Takes the assumed namespace out of references again: the reader gave none.
fn in_world(mut reports: Judged, given: &Given, namespace: &Arc<str>) -> Judged {
    let omitted: BTreeSet<(Kind, Arc<str>)> = given
        .all()
        .filter(|object| is_omitted(object))
        .map(|object| (object.meta.kind, object.meta.reference.name.clone()))
        .collect();
    let restore = |reference: &mut ObjectRef| {
        let kind = Kind::find(&reference.api_version, &reference.kind);
        if reference.namespace.as_ref() == Some(namespace)
            && omitted.contains(&(kind, reference.name.clone()))
        {
            reference.namespace = None;
        }
    };
    for (_, report) in &mut reports {
        report.object.iter_mut().for_each(restore);
        report
            .finding
            .related
            .iter_mut()
            .for_each(|related| restore(&mut related.object));
        report
            .finding
            .mend
            .iter_mut()
            .for_each(|mend| restore(&mut mend.object));
    }
    reports
}

/// Whether a finding holds in another world too, where its object stands as `object`.
fn holds(
    object: &Arc<Object>,
    report: &Report,
    world: &Store,
    knowledge: Knowledge,
    config: &Config,
) -> bool {
    let mut store = world.clone();
    if store.get(&object.meta.key()).is_none() {
        store.put(object.clone());
    }
    let same = |other: &Report| {
        let (a, b) = (identity(report), identity(other));
        (a.0, &a.2, &a.3) == (b.0, &b.2, &b.3)
    };
    judge_stored(object, &store, knowledge, config)
        .iter()
        .any(same)
}
