//! The Store that a set of manifests makes, by itself or laid over a cluster.

use std::sync::Arc;

use super::given::{Given, is_omitted, moved};
use crate::cluster::{Change, Known, Store};
use crate::labels::Labels;
use crate::manifest::{Gap, Missing};
use crate::object::{Kind, Object, TABLE};

/// What there is with the set applied, and what was there before.
#[derive(Clone, Debug)]
pub(super) struct World<'c> {
    /// The cluster that the set is laid over, if any.
    pub(super) before: Option<&'c Store>,
    /// Everything, the unduplicated objects of the set among it.
    pub(super) after: Store,
    /// What applying the set changes, an object each; nothing where it is laid over nothing.
    pub(super) changes: Vec<Change>,
}

impl<'c> World<'c> {
    /// A set as given, the omitted namespace being one of its own.
    pub(super) fn of(given: &Given, cluster: Option<&'c Store>) -> Self {
        let mut world = match cluster {
            None => Self::of_files(given),
            Some(cluster) => Self::over(given, cluster),
        };
        for gap in &given.gaps {
            leave_gap(&mut world.after, gap, gap.namespace.as_deref());
        }
        for object in &given.variants {
            world.hide(object);
        }
        world
    }

    fn of_files(given: &Given) -> Self {
        let mut after = Store::default();
        after.cover(None, None, Known::Files);
        for object in &given.objects {
            after.put(object.clone());
        }
        Self {
            before: None,
            after,
            changes: Vec::new(),
        }
    }

    fn over(given: &Given, cluster: &'c Store) -> Self {
        let changes: Vec<Change> = given
            .objects
            .iter()
            .map(|object| applied(object, cluster))
            .collect();
        let mut after = cluster.after(&changes);
        if given.all().any(|object| is_omitted(object)) {
            // No cluster has this namespace, so what it lacks may be anywhere.
            for row in TABLE.iter().filter(|row| row.namespaced) {
                after.cover(Some(row.kind), Some(""), Known::Files);
            }
            after.cover(Some(Kind::Custom), Some(""), Known::Files);
        }
        Self {
            before: Some(cluster),
            after,
            changes,
        }
    }

    /// The same with everything that omits its namespace moved into one.
    pub(super) fn moved(&self, given: &Given, namespace: &Arc<str>) -> Self {
        let mut world = self.clone();
        let omitted = || given.objects.iter().filter(|object| is_omitted(object));
        for object in omitted() {
            world.after.remove(&object.meta.key());
        }
        match self.before {
            None => omitted().for_each(|object| world.after.put(moved(object, namespace))),
            Some(cluster) => {
                let changes: Vec<Change> = omitted()
                    .map(|object| applied(&moved(object, namespace), cluster))
                    .collect();
                world.after = world.after.after(&changes);
                let stays = |change: &Change| !change.after.as_deref().is_some_and(is_omitted);
                world.changes.retain(stays);
                world.changes.extend(changes);
            }
        }
        for gap in &given.gaps {
            if gap.namespace.as_deref() == Some("") {
                leave_gap(&mut world.after, gap, Some(namespace));
            }
        }
        for object in given.variants.iter().filter(|object| is_omitted(object)) {
            world.hide(&moved(object, namespace));
        }
        world
    }

    /// Says that an identity given twice may be either, and not what the cluster has under it.
    fn hide(&mut self, object: &Object) {
        let kind = object.meta.kind;
        let hidden = if kind.makes_pods() {
            Kind::Custom
        } else {
            kind
        };
        self.after.remove(&object.meta.key());
        self.after.gap(Some(hidden), Some(object.meta.namespace()));
    }

    /// What there is where one of several variants is what will be applied.
    pub(super) fn with(&self, variant: &Arc<Object>) -> Store {
        match self.before {
            None => {
                let mut store = self.after.clone();
                store.put(variant.clone());
                store
            }
            Some(cluster) => self.after.after(&[applied(variant, cluster)]),
        }
    }
}

/// What applying an object to a cluster changes. Applying takes away no label and no owner that
/// somebody else gave: a Namespace's manifest rarely has all of its labels.
fn applied(object: &Arc<Object>, cluster: &Store) -> Change {
    let before = cluster.get(&object.meta.key()).cloned();
    let mut after = object.clone();
    if let Some(before) = &before {
        let (was, is) = (&before.meta, &object.meta);
        let kept = was
            .labels
            .iter()
            .filter(|(key, _)| is.labels.get(key).is_none());
        let labels: Labels = is.labels.iter().chain(kept).collect();
        if labels != *is.labels || (is.owner.is_none() && was.owner.is_some()) {
            let meta = &mut Arc::make_mut(&mut after).meta;
            meta.labels = Arc::new(labels);
            meta.owner = is.owner.clone().or_else(|| was.owner.clone());
        }
    }
    Change {
        before,
        after: Some(after),
        orphans: false,
    }
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
