//! `v1 ConfigMap`: only what evidence needs.

use super::Mentions;

/// What rules read of a `ConfigMap`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfigMap {
    /// What its values mention.
    pub mentions: Mentions,
}
