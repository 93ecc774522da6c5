//! A Change: an object before and after.

use std::sync::Arc;

use crate::object::{Meta, Object};

/// One object as it was and as it will be.
#[derive(Clone, Debug)]
pub struct Change {
    /// The object before; `None` when it is created.
    pub before: Option<Arc<Object>>,
    /// The object after; `None` when it is deleted.
    pub after: Option<Arc<Object>>,
    /// Whether what it owns outlives it: a deletion with `propagationPolicy: Orphan`.
    pub orphans: bool,
}

impl Change {
    /// The creation of an object.
    pub fn create(object: Arc<Object>) -> Self {
        Self {
            before: None,
            after: Some(object),
            orphans: false,
        }
    }

    /// The update of an object.
    pub fn update(before: Arc<Object>, after: Arc<Object>) -> Self {
        Self {
            before: Some(before),
            after: Some(after),
            orphans: false,
        }
    }

    /// The deletion of an object together with what it owns.
    pub fn delete(object: Arc<Object>) -> Self {
        Self {
            before: Some(object),
            after: None,
            orphans: false,
        }
    }

    /// The metadata of the object after, or else before.
    pub fn meta(&self) -> Option<&Meta> {
        self.after
            .as_ref()
            .or(self.before.as_ref())
            .map(|object| &object.meta)
    }
}
