//! `policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy` and `BaselineAdminNetworkPolicy`.

pub use super::tiered::Spec;
use super::tiered::{ADMIN, BASELINE, Dialect};
use crate::finding::FieldPath;
use crate::policy::{Action, Datapath, Policy};

/// The one name that a `BaselineAdminNetworkPolicy` may have.
pub const BASELINE_NAME: &str = "default";

const ACTIONS: &[(&str, Action)] = &[
    ("Allow", Action::Allow),
    ("Deny", Action::Deny),
    ("Pass", Action::Pass),
];

/// What the `spec` of an `AdminNetworkPolicy` means, and what the API server would refuse in it.
pub fn translate(spec: &Spec<'_>) -> (Policy, Vec<(FieldPath, String)>) {
    let dialect = Dialect {
        tier: Some(ADMIN),
        has_priority: true,
        actions: ACTIONS,
        has_protocols: false,
        datapaths: &Datapath::ENFORCING,
    };
    dialect.translate(spec)
}

/// What the `spec` of a `BaselineAdminNetworkPolicy` means, and what the API server would refuse
/// in it. No tier follows to which it could pass anything.
pub fn translate_baseline(spec: &Spec<'_>) -> (Policy, Vec<(FieldPath, String)>) {
    let dialect = Dialect {
        tier: Some(BASELINE),
        has_priority: false,
        actions: ACTIONS.get(..2).unwrap_or_default(),
        has_protocols: false,
        datapaths: &Datapath::ENFORCING,
    };
    dialect.translate(spec)
}
