//! Where the policies that decided stand in the inputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::FieldPath;
use crate::manifest::{Location, Place, Set};
use crate::object::{Body, Key, row_of};
use crate::policy::Direction;
use crate::query::{Answered, Decider, Side};
use crate::report::flow::{Decided, Told};

/// The places of every policy of a set, and those of their fields that were asked for.
#[derive(Debug)]
pub(super) struct Places<'s> {
    set: &'s Set,
    policies: BTreeMap<Key, Place>,
    found: BTreeMap<(Place, FieldPath), Location>,
    texts: BTreeMap<String, &'s str>,
}

impl<'s> Places<'s> {
    /// Of `set`, where what omits its namespace is in `omitted`.
    pub(super) fn of(set: &'s Set, omitted: Option<&Arc<str>>) -> Self {
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
    pub(super) fn text(&self, file: &str) -> Option<&'s str> {
        self.texts.get(file).copied()
    }

    /// Answers with the places of what decided them: each document is parsed once for all.
    pub(super) fn told<'a>(&mut self, answered: Vec<Answered<'a>>) -> Vec<Told<'a>> {
        let told = answered.into_iter().map(|answered| Told {
            egress: decided(&answered.answer.egress, Direction::Egress),
            ingress: decided(&answered.answer.ingress, Direction::Ingress),
            answered,
        });
        let mut told: Vec<Told<'a>> = told.collect();
        self.find(&told);
        for told in &mut told {
            for decided in [&mut told.egress, &mut told.ingress].into_iter().flatten() {
                decided.location = self.location(&decided.by);
            }
        }
        told
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

fn decided<'a>(side: &Side<'a>, direction: Direction) -> Option<Decided<'a>> {
    side.by.map(|by| Decided {
        by: Decider::of(by, direction),
        location: None,
    })
}
