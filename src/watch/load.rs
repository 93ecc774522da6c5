//! Listing once: all that there is of the kinds that rules read, a page at a time.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use kube::Client;

use super::Error;
use super::Reason;
use super::coverage::{Extent, Extents};
use super::crd::{Definition, definitions};
use super::list::{list, reason};
use super::source::{Source, Wanted, wanted};
use super::wire::Wire;
use crate::cluster::Store;

/// How many kinds are listed at a time.
const AT_A_TIME: usize = 4;

/// What is to be loaded.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The namespaces to list one by one where a kind may not be listed in all of them.
    pub namespaces: Vec<String>,
    /// Whether `ConfigMaps` are loaded.
    pub config_maps: bool,
}

/// What was loaded.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Every object, and of each kind whether that is all.
    pub store: Store,
    /// What could not be listed, and is therefore unknown.
    pub refused: Vec<Refused>,
}

/// Something that could not be listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// What.
    pub source: Source,
    /// In which namespace; `None` is all of them.
    pub namespace: Option<Arc<str>>,
    /// Why.
    pub reason: Reason,
}

/// Lists everything that rules read into a Store. `each` is given every object as it comes, with
/// its source.
///
/// # Errors
/// Where the API server cannot be reached or does not know who asks. What it refuses to list is no
/// error: of that nothing is known.
pub async fn load(
    client: &Client,
    scope: &Scope,
    each: impl FnMut(&Source, &Wire),
) -> Result<Loaded, Error> {
    let loading = Loading {
        client,
        scope,
        taken: Mutex::new(Taken {
            each,
            store: Store::default(),
            unread: BTreeSet::new(),
        }),
    };
    let mut custom = Vec::new();
    let told = loading.part(definitions().into(), |_, wire| {
        custom.extend(Definition::read(wire.text.get()));
    });
    let mut parts = vec![told.await?];
    custom.retain(|definition| definition.makes_pods);
    let custom = custom
        .into_iter()
        .map(|definition| definition.source.into());
    let all = wanted(scope.config_maps).into_iter().chain(custom);
    let listed = stream::iter(all)
        .map(|wanted| loading.part(wanted, |source, wire| loading.take(source, wire)))
        .buffered(AT_A_TIME);
    parts.extend(listed.try_collect::<Vec<Part>>().await?);
    Ok(loading.conclude(parts))
}

struct Loading<'c, F> {
    client: &'c Client,
    scope: &'c Scope,
    taken: Mutex<Taken<F>>,
}

struct Taken<F> {
    each: F,
    store: Store,
    /// Where there are objects that cannot be read.
    unread: BTreeSet<(Source, Option<Arc<str>>)>,
}

/// What was listed of one source.
struct Part {
    source: Source,
    extent: Extent,
    refused: Vec<Refused>,
}

impl Part {
    fn is_listed(&self) -> bool {
        matches!(self.extent, Extent::All | Extent::Within(_))
    }
}

impl<F: FnMut(&Source, &Wire)> Loading<'_, F> {
    /// Lists the first form of what is wanted that can be listed.
    async fn part(
        &self,
        wanted: Wanted,
        mut take: impl FnMut(&Source, &Wire),
    ) -> Result<Part, Error> {
        let mut part = self.form(wanted.preferred, &mut take).await?;
        for other in wanted.others {
            if part.is_listed() {
                break;
            }
            let other = self.form(other, &mut take).await?;
            // Of several that cannot be listed the one that is there tells why.
            if other.is_listed() || part.extent == Extent::Absent {
                part = other;
            }
        }
        Ok(part)
    }

    /// Lists a source in all namespaces, or, where it must not be, in those that may be.
    async fn form(
        &self,
        source: Source,
        take: &mut impl FnMut(&Source, &Wire),
    ) -> Result<Part, Error> {
        let Err(reason) = self.list(&source, None, take).await? else {
            return Ok(Part {
                source,
                extent: Extent::All,
                refused: Vec::new(),
            });
        };
        let within = &self.scope.namespaces;
        if reason != Reason::Forbidden || !source.namespaced || within.is_empty() {
            return Ok(Part {
                extent: reason.extent(),
                refused: vec![Refused {
                    source: source.clone(),
                    namespace: None,
                    reason,
                }],
                source,
            });
        }
        let mut known = BTreeSet::new();
        let mut refused = Vec::new();
        for namespace in within {
            let listed = self.list(&source, Some(namespace), take).await?;
            let namespace: Arc<str> = namespace.as_str().into();
            match listed {
                Ok(()) => {
                    known.insert(namespace);
                }
                Err(reason) => refused.push(Refused {
                    source: source.clone(),
                    namespace: Some(namespace),
                    reason,
                }),
            }
        }
        Ok(Part {
            source,
            extent: Extent::Within(known),
            refused,
        })
    }

    async fn list(
        &self,
        source: &Source,
        namespace: Option<&str>,
        take: &mut impl FnMut(&Source, &Wire),
    ) -> Result<Result<(), Reason>, Error> {
        match list(self.client, source, namespace, |wire| take(source, wire)).await {
            Ok(()) => Ok(Ok(())),
            Err(error) => reason(self.client, source, error).await.map(Err),
        }
    }

    fn take(&self, source: &Source, wire: &Wire) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        (taken.each)(source, wire);
        match wire.object(source) {
            Ok(object) => taken.store.put(Arc::new(object)),
            Err(error) => {
                let name = wire.metadata.name.as_deref().unwrap_or_default();
                tracing::warn!(kind = %source, name, %error, "an object cannot be read");
                let namespace = wire.metadata.namespace.as_deref().map(Arc::from);
                taken.unread.insert((source.clone(), namespace));
            }
        }
    }

    fn conclude(self, parts: Vec<Part>) -> Loaded {
        let taken = self.taken.into_inner();
        let Taken {
            mut store, unread, ..
        } = taken.unwrap_or_else(PoisonError::into_inner);
        let mut extents = Extents::default();
        let mut refused = Vec::new();
        for part in parts {
            extents.add(&part.source, part.extent);
            refused.extend(part.refused);
        }
        for (source, namespace) in unread {
            extents.add_unread(&source, namespace);
        }
        extents.cover(&mut store);
        Loaded { store, refused }
    }
}
