//! Which object: what a message, a JSON report and a patch need to name one.

use std::fmt;
use std::sync::Arc;

/// A reference to one object, as it was given: an omitted namespace stays omitted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// `v1`, `apps/v1`.
    pub api_version: Arc<str>,
    /// `Service`.
    pub kind: Arc<str>,
    /// The namespace; `None` for cluster-scoped objects and where none was given.
    pub namespace: Option<Arc<str>>,
    /// The name.
    pub name: Arc<str>,
}

impl fmt::Display for ObjectRef {
    /// `Deployment shop/web`, or without the namespace where there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}
