//! What looks for pods that no Workload's own template gives: Services, and policies with their
//! peers. A Workload that arrives may have been meant for one, and no index finds a near miss.

use std::sync::Arc;

use super::by_labels::BySelector;
use super::hash::Id;
use super::ids::{Ids, Postings};
use super::per_pod::{differs_by_pod, fits};
use super::store::Store;
use crate::labels::{Labels, Selector};
use crate::object::{Object, Sought, Workload, sought};

/// Objects that look for pods that may not be there.
#[derive(Clone, Debug, Default)]
pub(super) struct Idle {
    /// By the namespace in which they look.
    namespaces: Postings<Arc<str>>,
    /// By what they look for, in whatever namespace.
    selectors: BySelector,
}

impl Idle {
    /// Forgets an object that is gone.
    pub(super) fn forget(&mut self, object: &Object, identity: Id) {
        for (namespace, selector) in in_one_namespace(&sought(object)) {
            self.namespaces.remove(&Arc::from(namespace), identity);
            self.selectors.remove(None, selector, identity);
        }
    }
}

/// What is looked for in one namespace, whole namespaces left out.
fn in_one_namespace<'s>(
    all: &'s [Sought<'s>],
) -> impl Iterator<Item = (&'s str, &'s Selector)> + 's {
    all.iter()
        .filter(|sought| !sought.selector.is_empty() && !sought.selector.looks_beside())
        .filter_map(|sought| Some((sought.namespace?, sought.selector)))
}

impl Store {
    /// The objects that look for pods in a namespace and may not find them all: those that match
    /// no template of a Workload that nothing owns, by kind and name.
    pub fn idle_in(&self, namespace: &str) -> Vec<&Arc<Object>> {
        self.objects_of(self.idle.namespaces.members(namespace))
    }

    /// Those that look, in whatever namespace, for pods with these labels, by kind, namespace and
    /// name.
    pub(super) fn idle_for(&self, labels: &Labels) -> Vec<&Arc<Object>> {
        let candidates = self.idle.selectors.everywhere(labels);
        let mut objects = self.objects_of(candidates);
        objects.dedup_by(|a, b| Arc::ptr_eq(a, b));
        objects.retain(|object| {
            let all = sought(object);
            in_one_namespace(&all).any(|(_, selector)| fits(selector, labels))
        });
        objects
    }

    /// Looks again at what looks for pods with these labels, after such a template came or went.
    pub(super) fn recheck_seekers(&mut self, namespace: &Arc<str>, labels: &Labels) {
        let of_subjects = self.selectors.candidates_told(namespace, labels);
        let of_peers = self.peers.candidates_told(namespace, labels);
        for identity in of_subjects.into_iter().chain(of_peers) {
            self.recheck_seeker(identity);
        }
    }

    /// Looks again whether an object looks for pods that are not there.
    pub(super) fn recheck_seeker(&mut self, identity: Id) {
        let Some(object) = self.object(identity).cloned() else {
            return;
        };
        let all = sought(&object);
        let unmet: Vec<_> = in_one_namespace(&all)
            .filter(|(namespace, selector)| !self.has_template(namespace, selector))
            .collect();
        self.idle.forget(&object, identity);
        for (namespace, selector) in unmet {
            self.idle.namespaces.insert(namespace.into(), identity);
            self.idle.selectors.insert(None, selector, identity);
        }
    }

    /// Whether a Workload that nothing owns has a template that matches. What something owns is
    /// left out, as whether it counts depends on its owner: an object too many costs a look.
    fn has_template(&self, namespace: &str, selector: &Selector) -> bool {
        let shown = selector.without(differs_by_pod);
        let templates = self.templates.candidates(namespace, &shown);
        let mut objects = templates
            .into_iter()
            .flat_map(Ids::iter)
            .filter_map(|id| self.object(id));
        objects.any(|object| {
            let workload = object.typed::<Workload>();
            object.meta.owner.is_none()
                && !object.is_over()
                && workload.is_some_and(|w| {
                    w.body
                        .templates()
                        .any(|template| fits(selector, &template.labels))
                })
        })
    }
}
