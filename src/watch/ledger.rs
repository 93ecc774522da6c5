//! The ledger: everything that feeds have told, as one Store. It knows neither time nor network.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::coverage::{Extents, Reason};
use super::detect::{CiliumConfig, Clue, Clues};
use super::feed::{Feed, State};
use super::source::Source;
use super::wire::Wire;
use crate::cluster::{Knowledge, Store};
use crate::object::{Key, Kind, Object};

/// Which feed something comes from.
pub(super) type Slot = u32;

/// Namespace, if any, and name.
pub(super) type Name = (Option<Arc<str>>, Arc<str>);

/// An object as a feed tells of it.
#[derive(Clone, Debug)]
pub(super) struct Read {
    name: Name,
    /// `None` where it cannot be read.
    object: Option<Arc<Object>>,
    clue: Option<Clue>,
}

impl Read {
    /// Reads what the API server sent.
    pub(super) fn of(source: &Source, wire: &Wire) -> Self {
        let object = match wire.object(source) {
            Ok(object) => Some(Arc::new(object)),
            Err(error) => {
                let name = wire.metadata.name.as_deref().unwrap_or_default();
                let namespace = wire.metadata.namespace.as_deref().unwrap_or_default();
                tracing::warn!(kind = %source, namespace, name, %error, "an object cannot be read");
                None
            }
        };
        Self {
            name: name(wire),
            clue: Clue::of(source, wire),
            object,
        }
    }
}

/// The name of what the API server sent.
pub(super) fn name(wire: &Wire) -> Name {
    let namespace = wire.metadata.namespace.as_deref().map(Arc::from);
    (
        namespace,
        wire.metadata.name.as_deref().unwrap_or_default().into(),
    )
}

/// What a feed tells, with objects as `R`.
#[derive(Debug)]
pub(super) enum Told<R> {
    /// It is listed from the beginning, in this form.
    Begin(Source),
    /// An object of the list.
    Listed(R),
    /// The list is complete: what was there before and not listed is gone.
    Complete,
    /// An object was created or changed.
    Changed(R),
    /// An object was deleted.
    Gone(Name),
    /// It cannot be listed in this form, nor in another, and nothing is known of it.
    Refused(Source, Reason),
}

/// What taking note of something brings about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    /// Nothing that anybody could see.
    Nothing,
    /// Objects came, changed or went.
    Objects,
    /// More or less is known.
    Coverage,
}

/// One feed's part of the ledger.
#[derive(Debug)]
struct Entry {
    feed: Arc<Feed>,
    source: Source,
    /// What is there, but for pods that something owns.
    names: BTreeSet<Name>,
    /// What is there and cannot be read.
    unread: BTreeSet<Name>,
    draft: Option<Draft>,
}

/// A list that is not complete yet. Nothing of it counts until it is.
#[derive(Debug, Default)]
struct Draft {
    objects: Vec<Arc<Object>>,
    /// The pods that something owns, of a list of pods.
    pods: Option<Store>,
    names: BTreeSet<Name>,
    unread: BTreeSet<Name>,
    clues: Vec<(Name, Clue)>,
}

/// Everything that feeds have told.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    store: Store,
    clues: Clues,
    entries: BTreeMap<Slot, Entry>,
}

impl Ledger {
    /// Adds a feed.
    pub(super) fn join(&mut self, slot: Slot, feed: Arc<Feed>) {
        let entry = Entry {
            source: feed.source(),
            feed,
            names: BTreeSet::new(),
            unread: BTreeSet::new(),
            draft: None,
        };
        self.entries.insert(slot, entry);
    }

    /// Takes a feed away, and everything that it told.
    pub(super) fn leave(&mut self, slot: Slot) {
        if let Some(mut entry) = self.entries.remove(&slot) {
            entry.clear(&mut self.store, &mut self.clues);
        }
    }

    /// Takes note of what a feed tells.
    pub(super) fn note(&mut self, slot: Slot, told: Told<Read>) -> Effect {
        let Some(entry) = self.entries.get_mut(&slot) else {
            return Effect::Nothing;
        };
        let (store, clues) = (&mut self.store, &mut self.clues);
        match told {
            Told::Begin(source) => {
                entry.begin(source, store);
                Effect::Nothing
            }
            Told::Listed(read) => {
                entry.list(read, store);
                Effect::Nothing
            }
            Told::Complete => {
                entry.complete(store, clues);
                Effect::Coverage
            }
            Told::Changed(read) => entry.change(read, store, clues),
            Told::Gone(name) => entry.remove(&name, store, clues),
            Told::Refused(source, reason) => {
                entry.clear(store, clues);
                entry.source = source;
                entry.feed.set(&entry.source, State::Unknown(reason));
                Effect::Coverage
            }
        }
    }

    /// Takes note of Cilium's settings.
    pub(super) fn note_cilium(&mut self, config: Option<CiliumConfig>) -> Effect {
        if self.clues.cilium == config {
            return Effect::Nothing;
        }
        self.clues.cilium = config;
        Effect::Objects
    }

    /// Every feed.
    pub(super) fn feeds(&self) -> impl Iterator<Item = (Slot, &Feed)> {
        self.entries
            .iter()
            .map(|(slot, entry)| (*slot, &*entry.feed))
    }

    /// The namespace that Cilium's agents run in.
    pub(super) fn cilium_namespace(&self) -> Option<&Arc<str>> {
        self.clues.cilium_namespace()
    }

    /// Every object; how much is known is not said.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// How much is known, where `is_stale` says which feeds have been silent for too long. It is
    /// the coverage of a Store without objects.
    pub(super) fn coverage(&self, is_stale: impl Fn(Slot) -> bool) -> Store {
        let mut extents = Extents::default();
        for (slot, entry) in &self.entries {
            extents.add(&entry.source, entry.feed.state().extent(is_stale(*slot)));
            for (namespace, _) in &entry.unread {
                extents.add_unread(&entry.source, namespace.clone());
            }
        }
        let mut store = Store::default();
        extents.cover(&mut store);
        store
    }

    /// What is known of the cluster beside its objects.
    pub(super) fn knowledge(&self) -> Knowledge {
        let all = [Kind::DaemonSet, Kind::Node].into_iter().all(|kind| {
            let mut entries = self.entries.values();
            entries.any(|it| it.source.kind == kind && it.feed.state() == State::Synced)
        });
        self.clues.knowledge(all)
    }
}

impl Draft {
    fn add(&mut self, read: Read, store: &Store) {
        let Read { name, object, clue } = read;
        self.clues.extend(clue.map(|clue| (name.clone(), clue)));
        let Some(object) = object else {
            self.unread.insert(name);
            return;
        };
        match &mut self.pods {
            Some(pods) if object.meta.owner.is_some() => pods.put(object),
            _ => {
                self.names.insert(name);
                // What has not changed is not kept twice.
                let known = store
                    .get(&object.meta.key())
                    .filter(|known| **known == object);
                self.objects.push(known.unwrap_or(&object).clone());
            }
        }
    }
}

impl Entry {
    fn key(&self, (namespace, name): &Name) -> Key {
        let Source { name: kind, .. } = &self.source;
        Key::of(&self.source.api_version(), kind, namespace.as_ref(), name)
    }

    fn begin(&mut self, source: Source, store: &Store) {
        let pods = source.kind == Kind::Pod;
        self.source = source;
        self.draft = Some(Draft {
            pods: pods.then(|| store.without_owned_pods()),
            ..Draft::default()
        });
    }

    fn list(&mut self, read: Read, store: &Store) {
        if let Some(draft) = &mut self.draft {
            draft.add(read, store);
        }
    }

    fn complete(&mut self, store: &mut Store, clues: &mut Clues) {
        let Some(draft) = self.draft.take() else {
            return;
        };
        for gone in self.names.difference(&draft.names) {
            store.remove(&self.key(gone));
        }
        clues.forget(&self.source);
        for (name, clue) in draft.clues {
            clues.note(&self.source, &name, Some(clue));
        }
        for object in draft.objects {
            let known = store.get(&object.meta.key());
            if !known.is_some_and(|known| Arc::ptr_eq(known, &object)) {
                store.put(object);
            }
        }
        if let Some(pods) = draft.pods {
            store.adopt_owned_pods(&pods);
        }
        self.names = draft.names;
        self.unread = draft.unread;
        self.feed.set(&self.source, State::Synced);
    }

    fn change(&mut self, read: Read, store: &mut Store, clues: &mut Clues) -> Effect {
        let Read { name, object, clue } = read;
        let Some(object) = object else {
            self.remove(&name, store, clues);
            self.unread.insert(name);
            return Effect::Coverage;
        };
        let read_again = self.unread.remove(&name);
        clues.note(&self.source, &name, clue);
        if self.source.kind == Kind::Pod && object.meta.owner.is_some() {
            self.names.remove(&name);
        } else {
            self.names.insert(name);
        }
        store.put(object);
        effect(read_again)
    }

    fn remove(&mut self, name: &Name, store: &mut Store, clues: &mut Clues) -> Effect {
        clues.note(&self.source, name, None);
        self.names.remove(name);
        store.remove(&self.key(name));
        effect(self.unread.remove(name))
    }

    /// Forgets everything that the feed told.
    fn clear(&mut self, store: &mut Store, clues: &mut Clues) {
        for name in std::mem::take(&mut self.names) {
            store.remove(&self.key(&name));
        }
        if self.source.kind == Kind::Pod {
            *store = store.without_owned_pods();
        }
        clues.forget(&self.source);
        self.unread.clear();
        self.draft = None;
    }
}

/// What a change brings about, by whether the object was one that could not be read.
fn effect(was_unread: bool) -> Effect {
    if was_unread {
        Effect::Coverage
    } else {
        Effect::Objects
    }
}
