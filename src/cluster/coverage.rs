//! How much is known, per kind and namespace.

use super::Known;
use super::hash::scope;
use super::ids::Map;
use crate::object::Kind;

/// How much is known, per kind and namespace; nothing where nothing was said.
#[derive(Clone, Debug, Default)]
pub(super) struct Coverage {
    known: Map<u64, Known>,
    gaps: Map<u64, ()>,
}

impl Coverage {
    /// Says how much is known of a kind, or of every kind, in a namespace, or in every one; a
    /// narrower scope wins over a wider one.
    pub(super) fn cover(&mut self, kind: Option<Kind>, namespace: Option<&str>, known: Known) {
        self.known.insert(scope(kind, namespace), known);
    }

    /// Says that something is missing which may be anything, whatever else is known.
    pub(super) fn gap(&mut self, kind: Option<Kind>, namespace: Option<&str>) {
        self.gaps.insert(scope(kind, namespace), ());
    }

    /// How much is known of a kind in a namespace.
    pub(super) fn of(&self, kind: Kind, namespace: &str) -> Known {
        let scopes = || {
            [
                (Some(kind), Some(namespace)),
                (Some(kind), None),
                (None, Some(namespace)),
                (None, None),
            ]
            .into_iter()
            .map(|(kind, namespace)| scope(kind, namespace))
        };
        if !self.gaps.is_empty() && scopes().any(|scope| self.gaps.contains_key(&scope)) {
            return Known::Unknown;
        }
        scopes()
            .find_map(|scope| self.known.get(&scope))
            .copied()
            .unwrap_or(Known::Unknown)
    }
}
