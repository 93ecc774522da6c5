//! The dialects of network policies: hand-checked cases, each with what its documentation says,
//! and what must hold of every set of policies.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod cases;
#[path = "../support/cluster_policy.rs"]
mod cluster_policy;
mod mends;
mod naive;
mod properties;
mod world;
