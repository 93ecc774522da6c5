//! `flows`: what is said of groups against what the evaluator says of every pair.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod agreement;
#[path = "../support/cluster_policy.rs"]
mod cluster_policy;
mod grouping;
#[path = "../support/network_policy.rs"]
mod network_policy;
mod policies;
mod process;
mod world;
