//! Both directions between selectors and labels: which of many labelled things a selector may
//! match, and which of many selectors may match some labels. Candidates only: callers verify.

use std::sync::Arc;

use super::hash::{Id, pair};
use super::ids::{Ids, Postings};
use super::per_pod::differs_by_pod;
use crate::labels::{Labels, Selector};

/// Labelled things, looked up by selector.
#[derive(Clone, Debug, Default)]
pub(super) struct ByLabels {
    pairs: Postings<u64>,
    namespaces: Postings<Arc<str>>,
}

impl ByLabels {
    /// Adds a thing with its labels.
    pub(super) fn insert(&mut self, namespace: &Arc<str>, labels: &Labels, id: Id) {
        self.namespaces.insert(namespace.clone(), id);
        for (key, value) in labels.iter() {
            self.pairs.insert(pair(Some(namespace), key, value), id);
        }
    }

    /// Takes a thing away again.
    pub(super) fn remove(&mut self, namespace: &Arc<str>, labels: &Labels, id: Id) {
        self.namespaces.remove(namespace, id);
        for (key, value) in labels.iter() {
            self.pairs.remove(&pair(Some(namespace), key, value), id);
        }
    }

    /// What `selector` may match in a namespace: the shortest list that must hold every match.
    pub(super) fn candidates(&self, namespace: &str, selector: &Selector) -> Option<&Ids> {
        let mut best = self.namespaces.get(namespace)?;
        for (key, value) in selector.pairs() {
            let posting = self.pairs.get(&pair(Some(namespace), key, value))?;
            if posting.len() < best.len() {
                best = posting;
            }
        }
        Some(best)
    }

    /// Everything in a namespace.
    pub(super) fn of_namespace(&self, namespace: &str) -> Option<&Ids> {
        self.namespaces.get(namespace)
    }

    /// Every namespace that holds something, in no telling order.
    pub(super) fn namespaces(&self) -> impl Iterator<Item = &Arc<str>> {
        self.namespaces.keys()
    }
}

/// Selectors, looked up by labels.
#[derive(Clone, Debug, Default)]
pub(super) struct BySelector {
    pairs: Postings<u64>,
    /// Those that no single pair stands for, by namespace; the empty one is every namespace.
    unkeyed: Postings<Option<Arc<str>>>,
}

impl BySelector {
    /// Adds something that selects pods; `namespace: None` is every namespace.
    pub(super) fn insert(&mut self, namespace: Option<&Arc<str>>, selector: &Selector, id: Id) {
        match telling_pair(selector) {
            Some((key, value)) => {
                self.pairs
                    .insert(pair(namespace.map(AsRef::as_ref), key, value), id);
            }
            None => self.unkeyed.insert(namespace.cloned(), id),
        }
    }

    /// Takes it away again.
    pub(super) fn remove(&mut self, namespace: Option<&Arc<str>>, selector: &Selector, id: Id) {
        match telling_pair(selector) {
            Some((key, value)) => {
                self.pairs
                    .remove(&pair(namespace.map(AsRef::as_ref), key, value), id);
            }
            None => self.unkeyed.remove(&namespace.cloned(), id),
        }
    }

    /// What may select pods with these labels in a namespace, whatever others it looks into.
    pub(super) fn candidates(&self, namespace: &Arc<str>, labels: &Labels) -> Vec<Id> {
        let here = self.in_scope(Some(namespace), labels);
        here.chain(self.everywhere(labels)).collect()
    }

    /// What may select pods with these labels in a namespace that it was told by name.
    pub(super) fn candidates_told(&self, namespace: &Arc<str>, labels: &Labels) -> Vec<Id> {
        self.in_scope(Some(namespace), labels).collect()
    }

    /// What may select pods with these labels wherever they are.
    pub(super) fn everywhere(&self, labels: &Labels) -> impl Iterator<Item = Id> {
        self.in_scope(None, labels)
    }

    fn in_scope(&self, scope: Option<&Arc<str>>, labels: &Labels) -> impl Iterator<Item = Id> {
        let keyed = labels.iter().flat_map(move |(key, value)| {
            let key = pair(scope.map(AsRef::as_ref), key, value);
            self.pairs.members(&key)
        });
        keyed.chain(self.unkeyed.members(&scope.cloned()))
    }
}

/// The pair that stands for a selector: the longest value is the likeliest to be rare. A pair
/// that no template shows cannot.
fn telling_pair(selector: &Selector) -> Option<(&str, &str)> {
    let shown = selector.pairs().filter(|(key, _)| !differs_by_pod(key));
    shown.max_by_key(|(key, value)| (value.len(), *key))
}
