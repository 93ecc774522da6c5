//! From what could be listed to what is known: the coverage of a Store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::source::Source;
use crate::cluster::{Known, Store};
use crate::object::Kind;

/// Why something cannot be listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Reason {
    /// The API server forbids it.
    #[error("not permitted")]
    Forbidden,
    /// The API server has no such resource: its CRD is not installed.
    #[error("not installed")]
    Absent,
    /// The API server answers with another error.
    #[error("{0}")]
    Failed(String),
}

impl Reason {
    /// How much is known of what cannot be listed.
    pub(super) fn extent(&self) -> Extent {
        match self {
            Self::Absent => Extent::Absent,
            Self::Forbidden | Self::Failed(_) => Extent::Nothing,
        }
    }
}

/// How much of a source is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    All,
    /// What is in these namespaces.
    Within(BTreeSet<Arc<str>>),
    /// Nothing, for now or for long.
    Nothing,
    /// Nothing, and there is none: the API server does not serve it.
    Absent,
}

impl Extent {
    /// Whether nothing is hidden in a namespace; `None` is all of them.
    fn holds(&self, namespace: Option<&Arc<str>>) -> bool {
        match (self, namespace) {
            (Self::All, _) => true,
            (Self::Within(namespaces), Some(namespace)) => namespaces.contains(namespace),
            _ => false,
        }
    }
}

/// How much is known of each source, and of which kinds of a namespace something is there that
/// cannot be read.
#[derive(Debug, Default)]
pub(super) struct Extents {
    kinds: BTreeMap<Kind, Vec<Extent>>,
    namespaces: BTreeSet<Arc<str>>,
    unread: BTreeSet<(Kind, Option<Arc<str>>)>,
}

impl Extents {
    /// Says how much is known of a source; the list of CRDs counts as a custom kind, as without it
    /// nobody knows which there are.
    pub(super) fn add(&mut self, source: &Source, extent: Extent) {
        if let Extent::Within(namespaces) = &extent {
            self.namespaces.extend(namespaces.iter().cloned());
        }
        self.kinds.entry(source.kind).or_default().push(extent);
    }

    /// Says that an object of a source in a namespace cannot be read.
    pub(super) fn add_unread(&mut self, source: &Source, namespace: Option<Arc<str>>) {
        self.unread.insert((source.kind, namespace));
    }

    /// Tells a Store that has been told nothing yet.
    pub(super) fn cover(&self, store: &mut Store) {
        for (kind, extents) in &self.kinds {
            let namespaces = self.namespaces.iter().map(Some).chain([None]);
            for namespace in namespaces.filter(|it| is_known(*kind, extents, *it)) {
                let namespace = namespace.map(AsRef::as_ref);
                store.cover(Some(*kind), namespace, Known::All);
                if *kind == Kind::EndpointSlice {
                    // Whatever Endpoints people write is mirrored.
                    store.cover(Some(Kind::Endpoints), namespace, Known::All);
                }
            }
            let hidden = extents.contains(&Extent::Nothing);
            if kind.is_policy() && hidden && !extents.contains(&Extent::All) {
                // Whoever asks what policies there are cannot be told.
                store.gap(Some(Kind::NetworkPolicy), None);
            }
        }
        for (kind, namespace) in &self.unread {
            store.gap(Some(*kind), namespace.as_deref());
            if kind.is_policy() {
                store.gap(Some(Kind::NetworkPolicy), namespace.as_deref());
            }
        }
    }
}

/// Whether a kind is known in a namespace: in one of its forms, or for custom kinds every one.
fn is_known(kind: Kind, extents: &[Extent], namespace: Option<&Arc<str>>) -> bool {
    if kind == Kind::Custom {
        let none = |extent: &Extent| *extent == Extent::Absent;
        extents.iter().all(|it| it.holds(namespace) || none(it))
    } else {
        extents.iter().any(|extent| extent.holds(namespace))
    }
}
