//! Policies over every pod of a namespace: what they cut depends on all that others admit to pods
//! there, or from them.

use std::collections::BTreeSet;

use super::neighbours::{Found, add};
use crate::cluster::View;
use crate::labels::Labels;
use crate::object::{Kind, Of};
use crate::policy::{Namespaces, Peer, Policy};

/// The kinds of policies that belong to a namespace.
pub(super) const NAMESPACED_POLICIES: [Kind; 3] = [
    Kind::NetworkPolicy,
    Kind::CiliumNetworkPolicy,
    Kind::CalicoNetworkPolicy,
];

/// Those of a namespace.
pub(super) fn wide_in(namespace: &str, view: View<'_>, found: &mut Found) {
    for kind in NAMESPACED_POLICIES {
        let mut wide = view.policies(kind, namespace);
        wide.retain(|policy| {
            let subject = &policy.subject;
            subject.namespaces == Namespaces::Own && subject.pods.is_empty()
        });
        add(wide, found);
    }
}

/// Those of the namespace of pods with these labels, and of the namespaces that the policies over
/// them tell by name.
pub(super) fn wide_about(namespace: &str, labels: &Labels, view: View<'_>, found: &mut Found) {
    let over = view.policies_of(namespace, labels);
    let told = over.iter().flat_map(places);
    let places: BTreeSet<&str> = told.chain([namespace]).collect();
    for place in places {
        wide_in(place, view, found);
    }
}

/// The namespaces in which a policy tells pods by their labels, where it names them.
fn places<'a>(policy: &Of<'a, Policy>) -> Vec<&'a str> {
    let own = policy.meta.namespace();
    let rules = policy.body.ingress.iter().chain(&policy.body.egress);
    let peers = rules.flat_map(|rule| rule.peers.every());
    let told = peers.filter_map(|peer| match peer {
        Peer::Pods { set, .. } if set.chooses_by_labels() => set.named_namespaces(own),
        _ => None,
    });
    told.flatten().collect()
}
