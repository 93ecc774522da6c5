//! Workloads by their labels: templates and live pods, counted once.

use std::collections::{BTreeMap, BTreeSet};

use super::View;
use crate::cluster::hash::id;
use crate::cluster::ids::Ids;
use crate::cluster::per_pod::{differs_by_pod, fits};
use crate::cluster::pods::Shape;
use crate::cluster::{Completeness, Known, Store};
use crate::finding::ObjectRef;
use crate::labels::{Labels, Selector};
use crate::object::{ContainerPort, Key, Kind, Object, Of, Workload};

/// Owners of owners are followed this far: a chain is three long in practice.
const LONGEST_CHAIN: usize = 8;

/// The Workloads that a selector matches.
#[derive(Clone, Debug)]
pub struct Matches<'a> {
    /// What was found, by kind and name, each Workload once.
    pub found: Vec<Of<'a, Workload>>,
    /// Whether that is all there is.
    pub complete: Completeness,
}

impl Matches<'_> {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl<'a> View<'a> {
    /// The Workloads of a namespace whose pods `selector` matches, by template or by live pods.
    /// Requirements on labels that controllers give to each pod are left out: no template shows
    /// them.
    pub fn workloads(self, namespace: &str, selector: &Selector) -> Matches<'a> {
        let found = if selector.requirements.iter().any(|r| differs_by_pod(&r.key)) {
            let mut found = self.matching(namespace, &selector.without(differs_by_pod));
            found.retain(|workload| {
                workload
                    .body
                    .templates()
                    .any(|template| fits(selector, &template.labels))
            });
            found
        } else {
            self.matching(namespace, selector)
        };
        Matches {
            found,
            complete: self.workloads_known(namespace),
        }
    }

    /// The Workloads that `selector` matches in other namespaces, by namespace, kind and name.
    pub fn workloads_elsewhere(
        self,
        namespace: &str,
        selector: &Selector,
    ) -> Vec<Of<'a, Workload>> {
        let others = self.namespaces_with_workloads().into_iter();
        others
            .filter(|other| *other != namespace)
            .flat_map(|other| self.matching(other, selector))
            .collect()
    }

    /// Every Workload of a namespace that no other one owns, by kind and name.
    pub fn workloads_of(self, namespace: &str) -> Vec<Of<'a, Workload>> {
        self.matching(namespace, &Selector::default())
    }

    /// Everything in a namespace that has a pod template, in no telling order, whether or not it
    /// [speaks](Self::speaks) for itself: cheap, for searches that few pass.
    pub fn templates_of(self, namespace: &str) -> impl Iterator<Item = Of<'a, Workload>> {
        let all = self.store.templates.of_namespace(namespace);
        let objects = all
            .into_iter()
            .flat_map(Ids::iter)
            .filter_map(move |id| self.object(id));
        objects.filter_map(|object| object.typed())
    }

    /// Whether anything in a namespace has a pod template.
    pub fn has_templates(self, namespace: &str) -> bool {
        self.store.templates.of_namespace(namespace).is_some()
    }

    /// Whether a Workload speaks for itself: see [`Self::is_root`].
    pub fn speaks(self, workload: Of<'_, Workload>) -> bool {
        let object = self.store.get(&workload.meta.key());
        object.is_some_and(|object| self.is_root(object))
    }

    /// The namespaces that have Workloads or live pods, by name.
    pub fn namespaces_with_workloads(self) -> Vec<&'a str> {
        let Store {
            templates, pods, ..
        } = self.store;
        let namespaces: BTreeSet<&'a str> = templates
            .namespaces()
            .chain(pods.labels.namespaces())
            .map(|ns| &**ns)
            .collect();
        namespaces.into_iter().collect()
    }

    /// How much is known of the Workloads of a namespace: of every kind that makes pods, and of
    /// the kinds that might. Where only files tell, a namespace without any Workload is unknown.
    pub fn workloads_known(self, namespace: &str) -> Completeness {
        let kinds = [
            Kind::Pod,
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::DaemonSet,
            Kind::ReplicaSet,
            Kind::ReplicationController,
            Kind::Job,
            Kind::CronJob,
            Kind::Custom,
        ];
        let known = kinds
            .into_iter()
            .map(|kind| self.known(kind, namespace))
            .min();
        match known {
            Some(Known::Files) if self.store.templates.of_namespace(namespace).is_none() => {
                Known::Unknown
            }
            known => known.unwrap_or(Known::Unknown),
        }
    }

    /// The ports that live pods of a Workload have and its template lacks: injected sidecars'.
    pub fn injected_ports(self, workload: Of<'_, Workload>) -> Vec<ContainerPort> {
        self.store
            .injected_ports(id(&workload.meta.key()), workload.body)
    }

    /// The labels of a Workload's pods, each set once: its templates', those of what it owns, and
    /// those of live pods.
    pub fn labels_of(self, key: &Key) -> Vec<&'a Labels> {
        self.store.labels_of(key)
    }

    /// Whether a Workload speaks for itself: no other Workload in view owns it, and it is not
    /// a leftover of a rollout or a pod that is over.
    pub fn is_root(self, object: &Object) -> bool {
        self.root_of(object)
            .is_some_and(|root| std::ptr::eq(root, object))
            && !object.is_over()
    }

    fn matching(self, namespace: &str, selector: &Selector) -> Vec<Of<'a, Workload>> {
        let mut roots: BTreeMap<(Kind, &'a ObjectRef), Of<'a, Workload>> = BTreeMap::new();
        let objects = self
            .matching_templates(namespace, selector)
            .chain(self.matching_pods(namespace, selector));
        for workload in objects.filter_map(Object::typed) {
            roots
                .entry((workload.meta.kind, &workload.meta.reference))
                .or_insert(workload);
        }
        roots.into_values().collect()
    }

    /// Roots with a template that matches.
    fn matching_templates(
        self,
        namespace: &str,
        selector: &Selector,
    ) -> impl Iterator<Item = &'a Object> {
        let candidates = self.store.templates.candidates(namespace, selector);
        let objects = candidates
            .into_iter()
            .flat_map(Ids::iter)
            .filter_map(move |id| self.object(id));
        objects.map(|object| &**object).filter(move |object| {
            let workload = object.typed::<Workload>();
            workload.is_some_and(|w| {
                w.body
                    .templates()
                    .any(|template| selector.matches(&template.labels))
            }) && self.is_root(object)
        })
    }

    /// Roots of live pods that match.
    fn matching_pods(
        self,
        namespace: &str,
        selector: &Selector,
    ) -> impl Iterator<Item = &'a Object> {
        let candidates = self.store.pods.labels.candidates(namespace, selector);
        let shapes = candidates.into_iter().flat_map(Ids::iter);
        shapes
            .filter_map(move |shape| self.store.pods.shape(shape))
            .filter(move |shape| selector.matches(shape.labels()))
            .filter_map(move |shape| self.root_of_pods(shape))
    }

    /// The Workload that a live pod counts for, which something owns, by the pod's name.
    pub fn workload_of_pod(self, namespace: &str, name: &str) -> Option<Of<'a, Workload>> {
        let pod = id(&Key::new(Kind::Pod, namespace, name));
        let shape = self.store.pods.shape_of(pod)?;
        self.root_of_pods(shape)?.typed()
    }

    /// Whom live pods count for: the topmost owner in view, or a stand-in for an owner that is
    /// not. `None` for pods of an earlier template, which are on their way out.
    fn root_of_pods(self, shape: &'a Shape) -> Option<&'a Object> {
        if self.store.is_withdrawn(shape.owner) {
            return None;
        }
        let Some(owner) = self.object(shape.owner) else {
            return Some(&*shape.object);
        };
        let Some(template) = owner.typed::<Workload>() else {
            return Some(&*shape.object);
        };
        let root = self.root_of(owner)?;
        let current = |labels: &Labels| labels.without(differs_by_pod);
        let by_template = |labels: &Labels| {
            current(labels)
                .iter()
                .all(|(key, value)| shape.labels().get(key) == Some(value))
        };
        let of_root = root.typed::<Workload>()?;
        let made_now = template
            .body
            .templates()
            .any(|template| by_template(&template.labels));
        let still_wanted = std::ptr::eq(root, std::ptr::from_ref(&**owner))
            || root.meta.kind == Kind::Custom
            || current(&of_root.template.labels) == current(&template.template.labels);
        (made_now && still_wanted).then_some(root)
    }

    /// The topmost Workload in view above an object, which may be itself; `None` where a Change
    /// withdraws one above it.
    fn root_of(self, object: &Object) -> Option<&'a Object> {
        let mut current: &'a Object = self.store.get(&object.meta.key())?;
        for _ in 0..LONGEST_CHAIN {
            let Some(owner) = current.meta.owner_key() else {
                return Some(current);
            };
            let identity = id(&owner);
            if self.store.is_withdrawn(identity) {
                return None;
            }
            match self.object(identity) {
                Some(above) if above.typed::<Workload>().is_some() => current = above,
                _ => return Some(current),
            }
        }
        Some(current)
    }
}
