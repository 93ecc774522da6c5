//! What the rules of every policy ask about the other end of a Flow, each question once.

use std::collections::HashMap;

use super::actor::{Actor, Port, Setting};
use crate::policy::{Direction, Peers, Ports};
use crate::reach::{Certainty, Flow, Question, asks_for_port, holds_port};

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Asked<'a> {
    /// Whether peers hold the other end.
    Peers {
        /// The namespace of the policy.
        namespace: &'a str,
        /// The peers.
        peers: &'a Peers,
        /// What they ask of the policy's own pod, answered.
        own: Vec<Certainty>,
    },
    /// Whether ports hold that of the Flow.
    Ports(&'a Ports),
}

/// A question, and one of the pods on behalf of which it is asked.
#[derive(Debug)]
struct Entry<'a> {
    asked: Asked<'a>,
    own: usize,
    own_port: Port,
    by_port: bool,
}

/// The questions of one direction.
#[derive(Debug)]
pub(super) struct Questions<'a> {
    setting: Setting<'a>,
    direction: Direction,
    numbers: HashMap<Asked<'a>, usize>,
    entries: Vec<Entry<'a>>,
}

/// What somebody answered: the number of each question to which it was not no.
pub(super) type Answers = Vec<(usize, Certainty)>;

impl<'a> Questions<'a> {
    /// No question yet.
    pub(super) fn new(setting: Setting<'a>, direction: Direction) -> Self {
        Self {
            setting,
            direction,
            numbers: HashMap::new(),
            entries: Vec::new(),
        }
    }

    /// The number of a question, asked on behalf of an actor and, as a destination, its port.
    pub(super) fn number(&mut self, asked: Asked<'a>, own: usize, own_port: Port) -> usize {
        if let Some(number) = self.numbers.get(&asked) {
            return *number;
        }
        let number = self.entries.len();
        let by_port = match &asked {
            Asked::Peers { peers, .. } => asks_for_port(peers),
            Asked::Ports(_) => true,
        };
        self.numbers.insert(asked.clone(), number);
        self.entries.push(Entry {
            asked,
            own,
            own_port,
            by_port,
        });
        number
    }

    /// What an actor at the other end answers: without a port to the questions that do not
    /// depend on it, with one to those that do.
    pub(super) fn ask(
        &self,
        other: &Actor<'_, 'a>,
        port: Option<Port>,
        actors: &[Actor<'_, 'a>],
    ) -> Answers {
        let setting = &self.setting;
        let entries = self.entries.iter().enumerate();
        entries
            // Only a destination has a port.
            .filter(|(_, entry)| {
                let by_port = entry.by_port && self.direction == Direction::Egress;
                by_port == port.is_some()
            })
            .filter_map(|(number, entry)| {
                let own = actors.get(entry.own)?;
                let flow = match self.direction {
                    Direction::Ingress => setting.flow(other, own, entry.own_port),
                    Direction::Egress => setting.flow(own, other, port.unwrap_or_default()),
                };
                let answer = self.answer(&entry.asked, &flow);
                (answer != Certainty::No).then_some((number, answer))
            })
            .collect()
    }

    fn answer(&self, asked: &Asked<'a>, flow: &Flow<'_>) -> Certainty {
        match asked {
            Asked::Ports(ports) => holds_port(ports, flow),
            Asked::Peers {
                namespace, peers, ..
            } => self.of_policy(namespace).peers(peers, flow),
        }
    }

    /// The circumstances in which a policy of a namespace asks.
    pub(super) fn of_policy(&self, namespace: &'a str) -> Question<'a> {
        Question {
            namespace,
            direction: self.direction,
            datapath: self.setting.datapath,
            view: self.setting.view,
        }
    }
}
