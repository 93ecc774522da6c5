//! How a cluster enforces policies and who set it up, from what runs in it.

mod agent;
mod node;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use agent::Agent;
pub(super) use agent::CiliumConfig;
use node::Origin;

use super::ledger::Name;
use super::source::Source;
use super::wire::Wire;
use crate::cluster::Knowledge;
use crate::finding::{Datapath, Platform};
use crate::object::Kind;

/// What one object tells of the cluster: that an agent of a network plugin runs, or whose a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Clue {
    /// A `DaemonSet` that runs an agent.
    Agent(Agent),
    /// A Node of a known origin.
    Node(Origin),
}

impl Clue {
    /// What an object tells, if anything.
    pub(super) fn of(source: &Source, wire: &Wire) -> Option<Self> {
        match source.kind {
            Kind::DaemonSet => Agent::of(wire.text.get()).map(Self::Agent),
            Kind::Node => Origin::of(wire.text.get()).map(Self::Node),
            _ => None,
        }
    }
}

/// Everything that tells how policies are enforced and who set the cluster up.
#[derive(Clone, Debug, Default)]
pub(super) struct Clues {
    agents: BTreeMap<Name, Agent>,
    nodes: BTreeMap<Name, Origin>,
    /// What Cilium's settings say, where they can be read.
    pub(super) cilium: Option<CiliumConfig>,
}

impl Clues {
    /// Takes note of what an object tells now, in place of what it told before.
    pub(super) fn note(&mut self, source: &Source, name: &Name, clue: Option<Clue>) {
        match (source.kind, clue) {
            (Kind::Node, Some(Clue::Node(origin))) => {
                self.nodes.insert(name.clone(), origin);
            }
            (Kind::Node, _) => {
                self.nodes.remove(name);
            }
            (Kind::DaemonSet, Some(Clue::Agent(agent))) => {
                self.agents.insert(name.clone(), agent);
            }
            (Kind::DaemonSet, _) => {
                self.agents.remove(name);
            }
            _ => {}
        }
    }

    /// Forgets what every object of a source told.
    pub(super) fn forget(&mut self, source: &Source) {
        match source.kind {
            Kind::Node => self.nodes.clear(),
            Kind::DaemonSet => self.agents.clear(),
            _ => {}
        }
    }

    /// The namespace that Cilium's agents run in.
    pub(super) fn cilium_namespace(&self) -> Option<&Arc<str>> {
        let mut agents = self.agents.iter();
        let (name, _) = agents.find(|(_, agent)| **agent == Agent::Cilium)?;
        name.0.as_ref()
    }

    /// What is known of the cluster. `all` says whether every `DaemonSet` and Node is in view: that
    /// nothing enforces policies is known only then.
    pub(super) fn knowledge(&self, all: bool) -> Knowledge {
        Knowledge {
            datapath: self.datapath(all),
            platform: self.platform(),
        }
    }

    fn datapath(&self, all: bool) -> Option<Datapath> {
        let mut enforcing = self.agents.values().filter_map(|agent| match agent {
            Agent::Enforcing(datapath) => Some(Some(*datapath)),
            Agent::Cilium => Some(self.cilium.and_then(CiliumConfig::datapath)),
            Agent::Idle | Agent::Obscure => None,
        });
        if let Some(first) = enforcing.next() {
            return first.filter(|_| enforcing.all(|other| other == first));
        }
        let has = |wanted: Agent| self.agents.values().any(|agent| *agent == wanted);
        if has(Agent::Obscure) {
            return None;
        }
        // k3s enforces policies itself, unless one of its servers was told not to.
        match self.nodes.values().filter_map(|node| node.built_in).max() {
            Some(false) => Some(Datapath::Endpoint),
            Some(true) => all.then_some(Datapath::None),
            None => (all && has(Agent::Idle)).then_some(Datapath::None),
        }
    }

    fn platform(&self) -> Option<Platform> {
        let mut told = self.nodes.values().map(|node| node.platform);
        let first = told.next()?;
        told.all(|other| other == first).then_some(first)
    }
}
