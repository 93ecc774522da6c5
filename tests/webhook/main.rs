//! The webhook, black-box: bytes in, answers out; then over a router, then over TLS.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says what went wrong by panicking"
)]

mod answers;
mod bodies;
mod denials;
mod mutations;
mod support;
mod tls;
