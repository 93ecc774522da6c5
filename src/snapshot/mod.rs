//! A cluster in one file: an ordinary v1 List of what rules read, which says how much of the
//! cluster it holds.

mod claim;
mod list;
mod loading;
mod prune;
mod read;
mod save;

#[cfg(test)]
mod tests;

pub use claim::{ANNOTATION, Claim};
pub use read::{Snapshot, SnapshotError, read};
pub use save::Gathering;
