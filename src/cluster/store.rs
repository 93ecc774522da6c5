//! Everything that is known, immutable and cheap to clone.

/// Everything that is known: immutable maps that share their structure, so that a clone costs
/// nothing and a Change is really applied to it.
#[derive(Clone, Debug, Default)]
pub struct Store {}
