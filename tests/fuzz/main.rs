//! Whatever a file, a pipe or an API server sends: no panic, and an answer that keeps its contract.
//! 10,000 broken inputs in a run; `PROPTEST_CASES` asks for more of each kind.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test says what went wrong by panicking"
)]

mod admission;
mod bytes;
mod check;
mod seeds;
mod shape;

use proptest::prelude::ProptestConfig;

/// The settings of a property that is tried on `cases` inputs.
fn cases(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|n| n.parse().ok()).unwrap_or(cases),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}
