//! A set of manifests as it is given, and with what omits its namespace moved into one.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Judged;
use crate::finding::{Exemption, ObjectRef};
use crate::manifest::{Gap, Place, Set};
use crate::object::{Kind, Object, row_of};

/// A set of manifests, as given.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    /// Objects whose identity is given once.
    pub(super) objects: Vec<Arc<Object>>,
    /// Objects whose identity is given more than once: overlays, variants.
    pub(super) variants: Vec<Arc<Object>>,
    /// What is missing or hidden. An omitted namespace is the empty one.
    pub(super) gaps: Vec<Gap>,
}

impl Given {
    /// The objects of a set, and their places in the same order.
    pub(super) fn of(set: &Set) -> (Self, Vec<Place>) {
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
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.iter().chain(&self.variants)
    }

    /// The same set without what omits its namespace or is given more than once.
    pub(super) fn stated(&self) -> Self {
        let stated = self.objects.iter().filter(|object| !is_omitted(object));
        Self {
            objects: stated.cloned().collect(),
            ..Self::default()
        }
    }

    /// The same set with everything that omits its namespace moved into one.
    pub(super) fn moved(&self, namespace: &Arc<str>) -> Self {
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

    /// Takes the assumed namespace out of what was found again: the reader gave none.
    pub(super) fn unmoved(&self, mut judged: Judged, namespace: &Arc<str>) -> Judged {
        let omitted: BTreeSet<(Kind, Arc<str>)> = self
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
        for (_, report) in &mut judged {
            let finding = &mut report.finding;
            let related = finding
                .related
                .iter_mut()
                .map(|related| &mut related.object);
            let mend = finding.mend.iter_mut().map(|mend| &mut mend.object);
            let by = finding
                .exempted
                .iter_mut()
                .filter_map(|exempted| match &mut exempted.by {
                    Exemption::Annotation(object) => Some(object),
                    Exemption::Comment { .. } => None,
                });
            let about = report.object.iter_mut().chain(&mut report.caused_by);
            about.chain(related).chain(mend).chain(by).for_each(restore);
        }
        judged
    }
}

/// Whether an object of a kind that lives in namespaces names none.
pub(super) fn is_omitted(object: &Object) -> bool {
    let namespaced = row_of(object.meta.kind).is_none_or(|row| row.namespaced);
    namespaced && object.meta.reference.namespace.is_none()
}

/// The same object, in `namespace` where it names none.
pub(super) fn moved(object: &Arc<Object>, namespace: &Arc<str>) -> Arc<Object> {
    if !is_omitted(object) {
        return object.clone();
    }
    let mut object = Object::clone(object);
    object.meta.reference.namespace = Some(namespace.clone());
    Arc::new(object)
}
