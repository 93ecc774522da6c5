//! `policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy`.

use super::tiered::Dialect;
pub use super::tiered::Spec;
use crate::finding::FieldPath;
use crate::policy::{Action, Datapath, Policy};

/// The words for what a rule does.
pub(super) const ACTIONS: &[(&str, Action)] = &[
    ("Accept", Action::Allow),
    ("Deny", Action::Deny),
    ("Pass", Action::Pass),
];

/// What a `spec` means, and what the API server would refuse in it: where, and why.
pub fn translate(spec: &Spec<'_>) -> (Policy, Vec<(FieldPath, String)>) {
    let dialect = Dialect {
        tier: None,
        has_priority: true,
        actions: ACTIONS,
        has_protocols: true,
        datapaths: &Datapath::ENFORCING,
    };
    dialect.translate(spec)
}
