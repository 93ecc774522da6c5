//! The webhook, black-box: bytes in, answers out; then over a router, then over TLS.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test says what went wrong by panicking"
)]
#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "reviewers all have the signature of the real one"
)]

mod answers;
mod bodies;
#[cfg(unix)]
mod certificates;
mod denials;
#[path = "../support/keys.rs"]
mod keys;
#[cfg(unix)]
mod process;
mod recent;
mod support;
mod tls;
