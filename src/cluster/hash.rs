//! Keyed hashes as names: what the Store's indexes are keyed by.
//!
//! Tenants choose labels and names, so the hashes are seeded per process. Sets of candidates are
//! keyed by 64 bits and always verified; identities by 128, which never collide in practice.

use std::hash::{BuildHasher, Hash};
use std::sync::LazyLock;

use foldhash::quality::RandomState;

use crate::object::Kind;

/// What identifies an object or a shape within one process.
pub(super) type Id = u128;

static SEEDS: LazyLock<(RandomState, RandomState)> = LazyLock::new(Default::default);

/// The identity of a value.
pub(super) fn id(value: &(impl Hash + ?Sized)) -> Id {
    let (first, second) = &*SEEDS;
    (Id::from(first.hash_one(value)) << 64) | Id::from(second.hash_one(value))
}

/// The posting of a label pair in a namespace; `None` is every namespace.
pub(super) fn pair(namespace: Option<&str>, key: &str, value: &str) -> u64 {
    SEEDS.0.hash_one((namespace, key, value))
}

/// A kind, or every kind, in a namespace, or in every one.
pub(super) fn scope(kind: Option<Kind>, namespace: Option<&str>) -> u64 {
    SEEDS.0.hash_one((kind, namespace))
}
