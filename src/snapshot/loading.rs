//! From the items of a snapshot to a Store.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Claim;
use super::list::Items;
use crate::cluster::{Known, Store};
use crate::manifest::is_inert;
use crate::object::{Body, Kind, Object, parse, row_of};
use crate::text::Node;

/// How many items are parsed together, on all cores.
const BATCH: usize = 2_048;

/// A Store being filled.
#[derive(Debug, Default)]
pub(super) struct Loading {
    store: Store,
    objects: usize,
    unreadable: Vec<String>,
    /// Where objects are of kinds that may make pods, in no way that can be seen.
    hidden: BTreeSet<Arc<str>>,
    claim: Option<Claim>,
    waiting: Vec<Item>,
}

/// An item as it came, and the API version and kind that its list gives it.
type Item = (Box<RawValue>, Option<(String, String)>);

/// What came of one item.
enum Taken {
    Object(Box<Object>),
    /// It is not readable, so something of its kind may be missing where it was.
    Unreadable {
        kind: Kind,
        namespace: Option<String>,
        why: String,
    },
}

impl Items for Loading {
    fn item(&mut self, item: Box<RawValue>, of: Option<(&str, &str)>) {
        let of = of.map(|(version, kind)| (version.to_owned(), kind.to_owned()));
        self.waiting.push((item, of));
        if self.waiting.len() >= BATCH {
            self.settle();
        }
    }
}

impl Loading {
    /// An item of a YAML document.
    pub(super) fn node(&mut self, node: &Node<'_>, of: Option<(&str, &str)>) {
        let text = |key| node.get(key).and_then(Node::as_str);
        let version = text("apiVersion").or(of.map(|(version, _)| version));
        let kind = text("kind").or(of.map(|(_, kind)| kind));
        let namespace = node.get("metadata").and_then(|it| it.get("namespace"));
        let namespace = namespace.and_then(Node::as_str);
        self.take(taken(version, kind, namespace, |version, kind| {
            parse(version, kind, node.deserializer())
        }));
    }

    /// What a list says of itself.
    pub(super) fn claim(&mut self, claim: Claim) {
        self.claim = Some(self.claim.take().unwrap_or_default().and(claim));
    }

    /// Parses what came and has not been.
    pub(super) fn settle(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let all: Vec<Taken> = waiting
            .par_iter()
            .map(|(item, of)| read(item, of.as_ref()))
            .collect();
        for taken in all {
            self.take(taken);
        }
    }

    fn take(&mut self, taken: Taken) {
        self.objects += 1;
        match taken {
            Taken::Object(object) if is_opaque(&object) => {
                let reference = &object.meta.reference;
                if !is_inert(&reference.api_version, &reference.kind) {
                    self.hidden.insert(object.meta.namespace().into());
                }
            }
            Taken::Object(object) => self.store.put(Arc::from(object)),
            Taken::Unreadable {
                kind,
                namespace,
                why,
            } => {
                let kind = if kind.makes_pods() {
                    Kind::Custom
                } else {
                    kind
                };
                self.store.gap(Some(kind), namespace.as_deref());
                self.unreadable.push(why);
            }
        }
    }

    /// The Store, how many objects were read, what was not readable, and what is claimed.
    pub(super) fn done(mut self) -> (Store, usize, Vec<String>, Option<Claim>) {
        self.settle();
        let mut store = self.store;
        // Where all pods are there, those that an unknown kind makes are too.
        if let Some(claim) = &self.claim {
            claim.cover(&mut store);
        } else {
            store.cover(None, None, Known::Files);
            for namespace in &self.hidden {
                store.gap(Some(Kind::Custom), Some(namespace));
            }
        }
        (store, self.objects, self.unreadable, self.claim)
    }
}

/// What identifies an item, before it is read.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Head {
    api_version: Option<String>,
    kind: Option<String>,
    metadata: Place,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    namespace: Option<String>,
}

fn read(item: &RawValue, of: Option<&(String, String)>) -> Taken {
    let head: Head = serde_json::from_str(item.get()).unwrap_or_default();
    let version = head.api_version.as_deref();
    let version = version.or(of.map(|(version, _)| version.as_str()));
    let kind = head.kind.as_deref().or(of.map(|(_, kind)| kind.as_str()));
    taken(
        version,
        kind,
        head.metadata.namespace.as_deref(),
        |version, kind| {
            parse(
                version,
                kind,
                &mut serde_json::Deserializer::from_str(item.get()),
            )
        },
    )
}

fn taken<E: Display>(
    version: Option<&str>,
    kind: Option<&str>,
    namespace: Option<&str>,
    parse: impl FnOnce(&str, &str) -> Result<Object, E>,
) -> Taken {
    let unreadable = |kind, why: String| Taken::Unreadable {
        kind,
        namespace: namespace.map(str::to_owned),
        why,
    };
    let (Some(version), Some(kind)) = (version, kind) else {
        return unreadable(Kind::Custom, "an item has no apiVersion or kind".to_owned());
    };
    match parse(version, kind) {
        Ok(object) => Taken::Object(Box::new(object)),
        Err(error) => unreadable(Kind::find(version, kind), format!("{kind}: {error}")),
    }
}

/// Whether no rule can read anything of an object.
fn is_opaque(object: &Object) -> bool {
    row_of(object.meta.kind).is_none() && matches!(object.body, Body::Opaque)
}
