//! Judgement: what is wrong with a set of objects, and what a Change breaks.

use std::time::Instant;

use crate::cluster::{Change, Knowledge, Store};
use crate::config::Config;
use crate::finding::{ObjectRef, Report};

/// What a review found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The findings, most severe first.
    pub reports: Vec<Report>,
    /// Objects that could not be reviewed in time.
    pub unchecked: Vec<ObjectRef>,
}

/// Reviews what `changes`, applied together, would make of `before`: everything about the changed
/// objects themselves, and what is newly broken or worse about their neighbours. Severities are as
/// at admission. What is not decided by `until` is listed, not guessed.
pub fn review(
    changes: &[Change],
    before: &Store,
    knowledge: &Knowledge,
    config: &Config,
    until: Option<Instant>,
) -> Outcome {
    let _ = (changes, before, knowledge, config, until);
    Outcome::default()
}

/// Reviews every object of a complete set, as `check` and `audit` do.
pub fn audit(store: &Store, knowledge: &Knowledge, config: &Config) -> Outcome {
    let _ = (store, knowledge, config);
    Outcome::default()
}
