//! `flow`: questions by name, their answers and what decides them, and the patches that mend.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up fails"
)]

mod answers;
mod patches;
mod process;
mod world;

#[path = "../support/manifests.rs"]
#[expect(dead_code, reason = "only documents are needed here")]
mod manifests;
