//! Portcullis behind a real control plane: what the API server sends, and what kubectl prints.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test says what went wrong by panicking, and where its logs are"
)]

mod bounds;
mod callers;
mod denials;
mod drift;
mod matching;
mod outage;
mod rollout;
mod support;
mod warnings;
mod watching;
