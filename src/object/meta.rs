//! What every object has: its identity, labels and owner.

use std::fmt;
use std::sync::Arc;

use super::Kind;
use crate::finding::{FieldPath, ObjectRef};
use crate::labels::Labels;

/// Name, labels and owner of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Meta {
    /// Its row in the table of kinds.
    pub kind: Kind,
    /// API version, kind, namespace (`None` where none was given or the kind has none) and name.
    pub reference: ObjectRef,
    /// `metadata.labels`.
    pub labels: Arc<Labels>,
    /// Those of `metadata.annotations` that something here reads.
    pub annotations: Labels,
    /// The owner that controls it, if any.
    pub owner: Option<Owner>,
    /// Whether it carries a `deletionTimestamp`.
    pub deleting: bool,
    /// What the API server would refuse in it.
    pub problems: Vec<Problem>,
}

/// The controlling entry of `metadata.ownerReferences`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner {
    /// `apps/v1`.
    pub api_version: Arc<str>,
    /// `ReplicaSet`.
    pub kind: Arc<str>,
    /// Its name; it lives in the namespace of what it owns, or in none.
    pub name: Arc<str>,
}

/// A value that the API server would refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field.
    pub field: FieldPath,
    /// What is wrong with it, as in a Finding's message.
    pub message: String,
    /// Whether it is a policy's problem, which has a rule of its own.
    pub of_policy: bool,
}

/// What identifies an object: group and kind (not the version), namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The row of the table, which tells group and kind; for [`Kind::Custom`] they follow.
    pub kind: Kind,
    /// `group/Kind` where the table has no row for it, else empty.
    pub custom: Arc<str>,
    /// The namespace; empty where there is none.
    pub namespace: Arc<str>,
    /// The name.
    pub name: Arc<str>,
}

impl Key {
    /// The key of an object of a kind that the table has.
    pub fn new(kind: Kind, namespace: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Self {
            kind,
            custom: "".into(),
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// The key that an API version, a kind, a namespace and a name identify.
    pub fn of(
        api_version: &str,
        kind: &str,
        namespace: Option<&Arc<str>>,
        name: &Arc<str>,
    ) -> Self {
        let row = Kind::find(api_version, kind);
        let custom = if row == Kind::Custom {
            let group = api_version.split_once('/').map_or("", |(group, _)| group);
            format!("{group}/{kind}").into()
        } else {
            "".into()
        };
        Self {
            kind: row,
            custom,
            namespace: namespace.cloned().unwrap_or_else(|| "".into()),
            name: name.clone(),
        }
    }
}

impl Meta {
    /// What identifies this object.
    pub fn key(&self) -> Key {
        let ObjectRef {
            api_version,
            kind,
            namespace,
            name,
        } = &self.reference;
        Key::of(api_version, kind, namespace.as_ref(), name)
    }

    /// What identifies the owner that controls it, if any.
    pub fn owner_key(&self) -> Option<Key> {
        let Owner {
            api_version,
            kind,
            name,
        } = self.owner.as_ref()?;
        Some(Key::of(
            api_version,
            kind,
            self.reference.namespace.as_ref(),
            name,
        ))
    }

    /// The namespace; empty for cluster-scoped objects and where none was given.
    pub fn namespace(&self) -> &str {
        self.reference.namespace.as_deref().unwrap_or("")
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.reference.name
    }
}

impl fmt::Display for Meta {
    /// `Deployment shop/web`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reference.fmt(f)
    }
}
