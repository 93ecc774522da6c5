//! Which namespace an omitted one may be.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::given::{Given, is_omitted};
use crate::cluster::Store;
use crate::object::{AccountRef, Body, Kind, Object};

/// Which namespaces the omitted one may be.
pub(super) enum Worlds {
    /// One: a certain one, or one of its own.
    One(Option<Arc<str>>),
    /// Any of these, or one of its own: a finding must hold for each.
    Each(BTreeSet<Arc<str>>),
}

/// The namespaces that a set may mean, and where it says nothing the cluster that it is laid over.
pub(super) fn worlds(given: &Given, cluster: Option<&Store>) -> Worlds {
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
    match (candidates.len(), cluster) {
        (0, Some(cluster)) => Worlds::Each(cluster.namespaces()),
        (0 | 1, _) => Worlds::One(candidates.pop_first()),
        _ => Worlds::Each(candidates),
    }
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
