//! Read-only questions over a Store.

use super::{Answer, Completeness, Knowledge, Store};
use crate::labels::{Labels, Selector};
use crate::object::{Kind, Of, Service, Typed, Workload};
use crate::policy::Policy;

/// Read-only questions over a [`Store`], with what is known of the cluster beside its objects.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    store: &'a Store,
    knowledge: &'a Knowledge,
}

/// The Workloads that a selector matches.
#[derive(Clone, Debug)]
pub struct Matches<'a> {
    /// What was found, by namespace, kind and name.
    pub found: Vec<Of<'a, Workload>>,
    /// Whether that is all there is.
    pub complete: Completeness,
}

impl<'a> View<'a> {
    /// A View of `store`.
    pub fn new(store: &'a Store, knowledge: &'a Knowledge) -> Self {
        Self { store, knowledge }
    }

    /// What is known of the cluster beside its objects.
    pub fn knowledge(self) -> &'a Knowledge {
        self.knowledge
    }

    /// The object of a kind by name; an empty namespace for cluster-scoped kinds.
    pub fn get<T: Typed>(self, kind: Kind, namespace: &str, name: &str) -> Answer<Of<'a, T>> {
        todo!()
    }

    /// Every object of a kind in a namespace, by name.
    pub fn all<T: Typed>(self, kind: Kind, namespace: &str) -> Vec<Of<'a, T>> {
        todo!()
    }

    /// How much of a kind is known in a namespace.
    pub fn known(self, kind: Kind, namespace: &str) -> Completeness {
        todo!()
    }

    /// The Workloads of a namespace whose pods `selector` matches.
    pub fn workloads(self, namespace: &str, selector: &Selector) -> Matches<'a> {
        todo!()
    }

    /// The namespaces in which some of the Workloads match, with them.
    pub fn workloads_elsewhere(
        self,
        namespace: &str,
        selector: &Selector,
    ) -> Vec<Of<'a, Workload>> {
        todo!()
    }

    /// The Services whose selector matches pods with these labels, by name.
    pub fn services_of(self, namespace: &str, labels: &Labels) -> Vec<Of<'a, Service>> {
        todo!()
    }

    /// The policies of any dialect whose subject holds pods with these labels, by namespace and
    /// name.
    pub fn policies_of(self, namespace: &str, labels: &Labels) -> Vec<Of<'a, Policy>> {
        todo!()
    }

    /// The labels of a namespace, the automatic `kubernetes.io/metadata.name` among them. Where
    /// the namespace itself is not in view its other labels are unknown: `Err` has those that are
    /// sure.
    pub fn namespace_labels(self, namespace: &str) -> Result<Labels, Labels> {
        todo!()
    }

    /// The objects that ask for one by name, by kind, namespace and name.
    pub fn asking_for<T: Typed>(self, kind: Kind, namespace: &str, name: &str) -> Vec<Of<'a, T>> {
        todo!()
    }
}
