//! Live pods that something owns: a row each, and a shape for what rules can tell apart.

use std::sync::Arc;

use imbl::OrdMap;

use super::by_labels::ByLabels;
use super::hash::{Id, id};
use super::ids::{Ids, Map, Postings};
use super::per_pod::differs_by_pod;
use crate::labels::Labels;
use crate::object::{Body, Kind, Meta, Object, Owner, Template, Workload};

/// What rules can tell apart of live pods: their owner, labels and content.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// A stand-in for the owner, should it not be in view: its reference, the pods' content.
    pub(super) object: Arc<Object>,
    /// The direct owner.
    pub(super) owner: Id,
    /// How many pods have it.
    pub(super) pods: u32,
}

/// Live pods that something owns.
#[derive(Clone, Debug, Default)]
pub(super) struct Pods {
    /// The shape of each pod.
    rows: OrdMap<Id, Id>,
    shapes: Map<Id, Shape>,
    /// Shapes by label.
    pub(super) labels: ByLabels,
    /// Shapes by their direct owner's identity.
    owners: Postings<Id>,
}

impl Shape {
    /// The labels without those that differ by pod.
    pub(super) fn labels(&self) -> &Arc<Labels> {
        &self.object.meta.labels
    }

    /// The namespace of its pods.
    fn namespace(&self) -> Arc<str> {
        self.object
            .meta
            .reference
            .namespace
            .clone()
            .unwrap_or_else(|| "".into())
    }

    /// The content of its pods.
    pub(super) fn workload(&self) -> Option<&Workload> {
        match &self.object.body {
            Body::Workload(workload) => Some(workload),
            _ => None,
        }
    }
}

impl Pods {
    /// How many pods there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many pods there are in a namespace.
    pub(super) fn len_in(&self, namespace: &str) -> usize {
        let shapes = self.labels.of_namespace(namespace).into_iter();
        let shapes = shapes.flat_map(Ids::iter).filter_map(|it| self.shape(it));
        shapes.map(|shape| shape.pods as usize).sum()
    }

    #[cfg(test)]
    pub(super) fn has_the_same(&self, other: &Self) -> bool {
        self.rows == other.rows
    }

    /// The shape of an identity.
    pub(super) fn shape(&self, shape: Id) -> Option<&Shape> {
        self.shapes.get(&shape)
    }

    /// The shape of a pod.
    pub(super) fn shape_of(&self, pod: Id) -> Option<&Shape> {
        self.shapes.get(self.rows.get(&pod)?)
    }

    /// The shapes of the pods that an object owns directly.
    pub(super) fn of_owner(&self, owner: Id) -> impl Iterator<Item = &Shape> {
        self.owners
            .members(&owner)
            .filter_map(|shape| self.shapes.get(&shape))
    }

    /// Adds a pod that is not there yet, sharing content and labels with the
    /// templates above it.
    /// Pods that are over are evidence of nothing and leave no shape.
    pub(super) fn put<'t>(
        &mut self,
        pod: Id,
        object: &Object,
        owner: &Owner,
        above: impl Iterator<Item = &'t Template> + Clone,
    ) {
        if object.is_over() || object.meta.deleting {
            return;
        }
        let Body::Workload(workload) = &object.body else {
            return;
        };
        let labels = object.meta.labels.without(differs_by_pod);
        let own = &workload.template;
        let identity = id(&(
            object.meta.namespace(),
            owner,
            &labels,
            &own.annotations,
            &own.spec,
        ));
        if let Some(shape) = self.shapes.get_mut(&identity) {
            shape.pods += 1;
        } else {
            let spec = above
                .clone()
                .map(|above| &above.spec)
                .find(|spec| **spec == own.spec);
            let shared = above
                .map(|above| &above.labels)
                .find(|above| ***above == labels);
            let mut workload = Workload::clone(workload);
            workload.template.labels = shared.map_or_else(|| Arc::new(labels), Clone::clone);
            workload.template.spec = spec.unwrap_or(&own.spec).clone();
            self.add_shape(identity, &object.meta, owner, workload);
        }
        self.rows.insert(pod, identity);
    }

    /// Takes a pod away; says whether it was there.
    pub(super) fn remove(&mut self, pod: Id) -> bool {
        let Some(shape_id) = self.rows.remove(&pod) else {
            return false;
        };
        let Some(shape) = self.shapes.get_mut(&shape_id) else {
            return true;
        };
        shape.pods -= 1;
        if shape.pods == 0
            && let Some(shape) = self.shapes.remove(&shape_id)
        {
            self.labels
                .remove(&shape.namespace(), shape.labels(), shape_id);
            self.owners.remove(&shape.owner, shape_id);
        }
        true
    }

    fn add_shape(&mut self, shape: Id, pod: &Meta, owner: &Owner, workload: Workload) {
        let labels = workload.template.labels.clone();
        let owner_id = pod.owner_key().map_or(shape, |key| id(&key));
        let mut meta = pod.clone();
        meta.kind = Kind::find(&owner.api_version, &owner.kind);
        meta.reference.api_version = owner.api_version.clone();
        meta.reference.kind = owner.kind.clone();
        meta.reference.name = owner.name.clone();
        meta.labels = labels;
        meta.owner = None;
        let object = Object {
            meta,
            body: Body::Workload(Arc::new(workload)),
            pod: None,
        };
        let added = Shape {
            object: Arc::new(object),
            owner: owner_id,
            pods: 1,
        };
        self.labels
            .insert(&added.namespace(), added.labels(), shape);
        self.owners.insert(owner_id, shape);
        self.shapes.insert(shape, added);
    }
}
