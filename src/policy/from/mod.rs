//! The dialects: the only place that knows one from another.

pub mod admin_v1alpha1;
pub mod aws_v1alpha1;
pub mod calico;
mod cidr;
pub mod cilium_v2;
pub mod cluster_v1alpha2;
mod lenient;
pub mod networking_v1;
mod port;
mod sections;
mod selector;
mod tiered;
