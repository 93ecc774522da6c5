//! Which custom kinds are to be followed, as their CRDs come, change and go.

use std::collections::BTreeMap;

use super::crd::Definition;
use super::ledger::{Name, Told, name};
use super::source::Source;
use super::wire::Wire;
use crate::object::Kind;

/// A CRD as its feed tells of it.
#[derive(Debug)]
pub(super) struct DefinitionRead {
    name: Name,
    /// `None` where it serves nothing, or cannot be read.
    definition: Option<Definition>,
}

impl DefinitionRead {
    /// Reads a CRD.
    pub(super) fn of(_: &Source, wire: &Wire) -> Self {
        Self {
            name: name(wire),
            definition: Definition::read(wire.text.get()),
        }
    }
}

/// Something to be done about followers.
#[derive(Debug)]
pub(super) enum Step<R> {
    /// Follow a kind, and say what runs for it under this name.
    Start(Name, Source),
    /// Stop what runs.
    Stop(R),
    /// What cannot be listed of this kind may be listed now.
    Again(Kind),
}

/// Which custom kinds are followed, with what runs for each.
#[derive(Debug)]
pub(super) struct Customs<R> {
    definitions: BTreeMap<Name, Definition>,
    /// A list of CRDs that is not complete yet.
    draft: BTreeMap<Name, Definition>,
    running: BTreeMap<Name, (Source, Option<R>)>,
}

impl<R> Default for Customs<R> {
    fn default() -> Self {
        Self {
            definitions: BTreeMap::new(),
            draft: BTreeMap::new(),
            running: BTreeMap::new(),
        }
    }
}

impl<R> Customs<R> {
    /// Takes note of what is told of CRDs; says what is to be done about it.
    pub(super) fn note(&mut self, told: Told<DefinitionRead>) -> Vec<Step<R>> {
        match told {
            Told::Begin(_) => self.draft.clear(),
            Told::Listed(DefinitionRead { name, definition }) => {
                self.draft.extend(definition.map(|it| (name, it)));
            }
            Told::Complete => {
                self.definitions = std::mem::take(&mut self.draft);
                let mut steps = self.reconcile();
                let mut kinds: Vec<Kind> =
                    self.definitions.values().map(|it| it.source.kind).collect();
                kinds.sort_unstable();
                kinds.dedup();
                steps.extend(kinds.into_iter().map(Step::Again));
                return steps;
            }
            Told::Changed(DefinitionRead { name, definition }) => {
                self.definitions.remove(&name);
                let again = definition.as_ref().map(|it| Step::Again(it.source.kind));
                self.definitions.extend(definition.map(|it| (name, it)));
                let mut steps = self.reconcile();
                steps.extend(again);
                return steps;
            }
            Told::Gone(name) => {
                self.definitions.remove(&name);
                return self.reconcile();
            }
            Told::Refused(..) => {
                self.definitions.clear();
                return self.reconcile();
            }
        }
        Vec::new()
    }

    /// Says what runs for a kind that was to be followed.
    pub(super) fn started(&mut self, name: &Name, runs: R) {
        if let Some((_, running)) = self.running.get_mut(name) {
            *running = Some(runs);
        }
    }

    /// Everything that runs.
    pub(super) fn running(&self) -> impl Iterator<Item = &R> {
        self.running
            .values()
            .filter_map(|(_, running)| running.as_ref())
    }

    /// Starts what is missing, and stops what is no longer wanted, in that form.
    fn reconcile(&mut self) -> Vec<Step<R>> {
        let definitions = &self.definitions;
        let wanted = |name: &Name| definitions.get(name).filter(|it| it.makes_pods);
        let gone =
            |name: &Name, source: &Source| wanted(name).is_none_or(|it| it.source != *source);
        let gone = self
            .running
            .iter()
            .filter(|(name, (source, _))| gone(name, source));
        let gone: Vec<Name> = gone.map(|(name, _)| name.clone()).collect();
        let stopped = gone.iter().filter_map(|name| self.running.remove(name)?.1);
        let mut steps: Vec<Step<R>> = stopped.map(Step::Stop).collect();
        for (name, definition) in definitions.iter().filter(|(_, it)| it.makes_pods) {
            if !self.running.contains_key(name) {
                let source = definition.source.clone();
                self.running.insert(name.clone(), (source.clone(), None));
                steps.push(Step::Start(name.clone(), source));
            }
        }
        steps
    }
}
