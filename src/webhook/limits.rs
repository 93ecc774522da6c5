//! Bounds on time, memory and number, so that no load harms the process.

use std::time::Duration;

/// Bounds on time, memory and number.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most of one body that is read, in bytes.
    pub body: usize,
    /// What all bodies in flight may hold together, in bytes.
    pub bodies: usize,
    /// Requests in flight; of more it is only said that they were not checked.
    pub in_flight: usize,
    /// Reviews at once; the others wait for their turn or their deadline.
    pub reviews: usize,
    /// The longest that an answer may take, whatever the URL's `timeout` says.
    pub deadline: Duration,
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// The longest that a TLS handshake may take.
    pub handshake: Duration,
    /// The longest that a connection may be silent between requests, or a request's head may
    /// take. Longer than the 90 s after which clients in Go drop idle connections themselves:
    /// who closes first risks closing on a request under way.
    pub head: Duration,
    /// The longest that requests in flight may take to finish once the server stops.
    pub finish: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            body: 32 << 20,
            bodies: 128 << 20,
            in_flight: 512,
            reviews: cores.saturating_mul(2),
            deadline: Duration::from_secs(5),
            connections: 2048,
            handshake: Duration::from_secs(5),
            head: Duration::from_secs(120),
            finish: Duration::from_secs(15),
        }
    }
}
