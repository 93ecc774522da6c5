//! Where the policies that decided stand in the inputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::FieldPath;
use crate::manifest::{Location, Place, Set};
use crate::object::{Body, Key, row_of};
use crate::query::{Answered, Decider};
use crate::report::flow::Told;

/// The places of every policy of a set, and those of their fields that were asked for.
#[derive(Debug)]
pub(in crate::cli) struct Places<'s> {
    set: &'s Set,
    policies: BTreeMap<Key, Place>,
    found: BTreeMap<(Place, FieldPath), Location>,
    texts: BTreeMap<String, &'s str>,
}

impl<'s> Places<'s> {
    /// Of `set`, where what omits its namespace is in `omitted`.
    pub(in crate::cli) fn of(set: &'s Set, omitted: Option<&Arc<str>>) -> Self {
        let policies = set.objects().filter_map(|(object, place)| {
            let Body::Policy(_) = &object.body else {
                return None;
            };
            let mut key = object.meta.key();
            let namespaced = row_of(key.kind).is_none_or(|row| row.namespaced);
            if let (true, None, Some(omitted)) =
                (namespaced, &object.meta.reference.namespace, omitted)
            {
                key.namespace = omitted.clone();
            }
            Some((key, place))
        });
        Self {
            set,
            policies: policies.collect(),
            found: BTreeMap::new(),
            texts: BTreeMap::new(),
        }
    }

    /// The text of a file that a location names.
    pub(in crate::cli) fn text(&self, file: &str) -> Option<&'s str> {
        self.texts.get(file).copied()
    }

    /// An answer with the places of what decided it.
    pub(in crate::cli) fn told_one<'a>(&mut self, answered: Answered<'a>) -> Told<'a> {
        let mut told = Told::of(answered);
        self.place(std::slice::from_mut(&mut told));
        told
    }

    /// Answers with the places of what decided them: each document is parsed once for all.
    pub(in crate::cli) fn told<'a>(&mut self, answered: Vec<Answered<'a>>) -> Vec<Told<'a>> {
        let mut told: Vec<Told<'a>> = answered.into_iter().map(Told::of).collect();
        self.place(&mut told);
        told
    }

    /// Says where what decided stands.
    fn place(&mut self, told: &mut [Told<'_>]) {
        self.find(told);
        for told in told {
            for decided in [&mut told.egress, &mut told.ingress].into_iter().flatten() {
                decided.location = self.location(&decided.by);
            }
        }
    }

    /// Finds the places that are not known yet.
    fn find(&mut self, told: &[Told<'_>]) {
        let sides = told.iter().flat_map(|told| [&told.egress, &told.ingress]);
        let wanted = sides.flatten().filter_map(|decided| {
            let place = *self.policies.get(&decided.by.policy.key())?;
            Some((place, decided.by.at.clone()))
        });
        let mut wanted: Vec<(Place, FieldPath)> =
            wanted.filter(|it| !self.found.contains_key(it)).collect();
        wanted.sort();
        wanted.dedup();
        let fields: Vec<(Place, &FieldPath)> =
            wanted.iter().map(|(place, at)| (*place, at)).collect();
        let found = self.set.locate_all(&fields);
        for (wanted, location) in wanted.into_iter().zip(found) {
            self.texts
                .insert(location.file.clone(), self.set.text(wanted.0));
            self.found.insert(wanted, location);
        }
    }

    fn location(&self, by: &Decider<'_>) -> Option<Location> {
        let place = *self.policies.get(&by.policy.key())?;
        let found = self.found.get(&(place, by.at.clone()))?;
        (!found.file.is_empty()).then(|| found.clone())
    }
}
