//! `networking.k8s.aws/v1alpha1 ClusterNetworkPolicy`, which only the AWS VPC CNI enforces: tiers
//! as `policy.networking.k8s.io/v1alpha2` has them, ports as its v1alpha1 had.

use super::cluster_v1alpha2::ACTIONS;
use super::tiered::Dialect;
pub use super::tiered::Spec;
use crate::finding::FieldPath;
use crate::policy::{Datapath, Policy};

/// What a `spec` means, and what the API server would refuse in it: where, and why.
pub fn translate(spec: &Spec<'_>) -> (Policy, Vec<(FieldPath, String)>) {
    let dialect = Dialect {
        tier: None,
        has_priority: true,
        actions: ACTIONS,
        has_protocols: false,
        datapaths: &[Datapath::AwsVpcCni],
    };
    dialect.translate(spec)
}
