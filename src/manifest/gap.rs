//! What is missing from a set of manifests: why something that was not found may still be there.

use std::sync::Arc;

use crate::object::Kind;

/// Something that the set may hold, but that nobody could see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gap {
    /// What may be there.
    pub missing: Missing,
    /// The namespace it may be in; `None` is anywhere.
    pub namespace: Option<Arc<str>>,
}

/// What a [`Gap`] may hide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// Objects of any kind.
    Anything,
    /// Anything that makes pods.
    Pods,
    /// Objects of one kind.
    Kind(Kind),
}

impl Gap {
    /// A gap anywhere.
    pub(super) fn anywhere(missing: Missing) -> Self {
        Self {
            missing,
            namespace: None,
        }
    }

    /// Whether objects of `kind` may be hidden in it.
    pub fn hides(&self, kind: Kind) -> bool {
        match self.missing {
            Missing::Anything => true,
            Missing::Pods => kind.makes_pods() || kind == Kind::Custom,
            Missing::Kind(missing) => missing == kind,
        }
    }
}

impl Missing {
    /// What an object of `kind` that could not be read hides.
    pub(super) fn of(kind: Kind) -> Self {
        if kind.makes_pods() || kind == Kind::Custom {
            Self::Pods
        } else {
            Self::Kind(kind)
        }
    }
}
