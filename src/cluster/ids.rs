//! A persistent set of identities, small in the common case of one or a few members.

use std::sync::Arc;

use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, GenericHashSet};

use super::hash::Id;

/// A persistent map with our hasher.
pub(super) type Map<K, V> = GenericHashMap<K, V, foldhash::fast::RandomState, DefaultSharedPtr>;

/// Up to this many members are kept in one allocation.
const FEW: usize = 32;

/// A persistent set of identities.
#[derive(Clone, Debug)]
pub(super) enum Ids {
    /// A few, sorted.
    Few(Arc<[Id]>),
    /// Many.
    Many(GenericHashSet<Id, foldhash::fast::RandomState, DefaultSharedPtr>),
}

impl Default for Ids {
    fn default() -> Self {
        Self::Few(Arc::from([]))
    }
}

impl Ids {
    /// How many members it has.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(few) => few.len(),
            Self::Many(many) => many.len(),
        }
    }

    /// Every member, in no telling order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Id> + '_ {
        let (few, many) = match self {
            Self::Few(few) => (Some(few.iter()), None),
            Self::Many(many) => (None, Some(many.iter())),
        };
        few.into_iter()
            .flatten()
            .chain(many.into_iter().flatten())
            .copied()
    }

    fn insert(&mut self, id: Id) {
        match self {
            Self::Few(few) => {
                let Err(at) = few.binary_search(&id) else {
                    return;
                };
                if few.len() < FEW {
                    let (before, after) = few.split_at(at);
                    *few = before.iter().chain([&id]).chain(after).copied().collect();
                } else {
                    *self = Self::Many(few.iter().copied().chain([id]).collect());
                }
            }
            Self::Many(many) => {
                many.insert(id);
            }
        }
    }

    fn remove(&mut self, id: Id) {
        match self {
            Self::Few(few) if few.contains(&id) => {
                *few = few.iter().copied().filter(|member| *member != id).collect();
            }
            Self::Few(_) => {}
            Self::Many(many) => {
                many.remove(&id);
                // Well below the limit, so that a set does not flip back and forth.
                if many.len() < FEW / 2 {
                    let mut few: Vec<Id> = many.iter().copied().collect();
                    few.sort_unstable();
                    *self = Self::Few(few.into());
                }
            }
        }
    }
}

/// Sets of identities by a key.
#[derive(Clone, Debug)]
pub(super) struct Postings<K>(Map<K, Ids>);

impl<K> Default for Postings<K> {
    fn default() -> Self {
        Self(Map::default())
    }
}

impl<K: std::hash::Hash + Eq + Clone> Postings<K> {
    /// The set of a key.
    pub(super) fn get<Q>(&self, key: &Q) -> Option<&Ids>
    where
        K: std::borrow::Borrow<Q>,
        Q: std::hash::Hash + Eq + ?Sized,
    {
        self.0.get(key)
    }

    /// Every member of the set of a key.
    pub(super) fn members<'a, Q>(&'a self, key: &Q) -> impl Iterator<Item = Id> + use<'a, K, Q>
    where
        K: std::borrow::Borrow<Q>,
        Q: std::hash::Hash + Eq + ?Sized,
    {
        self.get(key).into_iter().flat_map(Ids::iter)
    }

    /// Every key, in no telling order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.keys()
    }

    /// Adds a member.
    pub(super) fn insert(&mut self, key: K, id: Id) {
        self.0.entry(key).or_default().insert(id);
    }

    /// Takes a member away, and the set with its last one.
    pub(super) fn remove(&mut self, key: &K, id: Id) {
        let Some(ids) = self.0.get_mut(key) else {
            return;
        };
        ids.remove(id);
        if ids.len() == 0 {
            self.0.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_inserted_and_not_removed_at_any_size() {
        let mut postings = Postings::default();
        for id in 0..100 {
            postings.insert("k", id);
            postings.insert("k", id);
        }
        assert_eq!(postings.get("k").map(Ids::len), Some(100));
        for id in 0..97 {
            postings.remove(&"k", id);
        }
        let mut left: Vec<_> = postings.members("k").collect();
        left.sort_unstable();
        assert_eq!(left, [97, 98, 99]);
        (97..100).for_each(|id| postings.remove(&"k", id));
        assert!(postings.get("k").is_none());
    }
}
