//! What a writer needs that learns of a cluster kind by kind: pods listed anew beside those that
//! are known, and how much is known apart from what.

use super::pods::Pods;
use super::store::Store;

impl Store {
    /// The same Store without the pods that something owns, to put newly listed ones in.
    #[must_use]
    pub fn without_owned_pods(&self) -> Self {
        let mut store = self.clone();
        store.pods = Pods::default();
        store
    }

    /// Takes the pods that something owns from another Store, in place of those that are here.
    pub fn adopt_owned_pods(&mut self, from: &Self) {
        self.pods = from.pods.clone();
    }

    /// The same Store, of which as much is known as of another.
    #[must_use]
    pub fn known_as(&self, other: &Self) -> Self {
        let mut store = self.clone();
        store.coverage = other.coverage.clone();
        store
    }
}

#[cfg(test)]
impl Store {
    /// Whether the same objects are in both, pods that something owns included.
    pub(crate) fn holds_the_same(&self, other: &Self) -> bool {
        self.has_the_same_objects(other) && self.pods.has_the_same(&other.pods)
    }
}
