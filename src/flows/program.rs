//! What is asked of a Flow at one of its ends: the policies over a pod, and all that they can know
//! of the pod itself. Many pods share one.

use std::collections::HashMap;

use super::actor::{Actor, Port, Setting};
use super::questions::{Asked, Questions};
use crate::object::Of;
use crate::policy::{Direction, Peers, Policy, Ports};
use crate::reach::{Certainty, Party, holds_port, selects};

/// What is asked of a Flow at one of its ends.
#[derive(Debug)]
pub(super) struct Program<'a> {
    /// The policies that apply there, or may.
    pub(super) policies: Vec<Of<'a, Policy>>,
    /// One of the actors it is the program of.
    pub(super) own: usize,
    /// On which of its ports, where it is the destination.
    pub(super) own_port: Port,
    /// The questions that its rules ask of the other end, each once.
    pub(super) questions: Vec<usize>,
}

/// What tells one program from another: the policies by their place in memory, whether they
/// apply, and what their rules ask of the pod itself, answered.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Fingerprint {
    policies: Vec<(*const Policy, Certainty)>,
    own: Vec<Certainty>,
}

/// Every program of one direction.
#[derive(Debug)]
pub(super) struct Programs<'a> {
    setting: Setting<'a>,
    direction: Direction,
    numbers: HashMap<Fingerprint, usize>,
    /// Each program.
    pub(super) all: Vec<Program<'a>>,
    /// What they ask.
    pub(super) questions: Questions<'a>,
}

impl<'a> Programs<'a> {
    /// No program yet.
    pub(super) fn new(setting: Setting<'a>, direction: Direction) -> Self {
        Self {
            setting,
            direction,
            numbers: HashMap::new(),
            all: Vec::new(),
            questions: Questions::new(setting, direction),
        }
    }

    /// The number of the program of an actor and, where it is the destination, of its port.
    pub(super) fn number(&mut self, actors: &[Actor<'_, 'a>], own: usize, port: Port) -> usize {
        let Some(actor) = actors.get(own) else {
            return 0;
        };
        let over = self.over(actor);
        let flow = self.setting.flow(actor, actor, port);
        let mut asked = Vec::new();
        let mut answered = Vec::new();
        for (policy, _) in &over {
            let question = self.questions.of_policy(policy.meta.namespace());
            for rule in policy.body.rules(self.direction) {
                let of_subject = question.own(&rule.peers, &flow);
                answered.extend_from_slice(&of_subject);
                if rule.peers != Peers::Any {
                    asked.push(Asked::Peers {
                        namespace: policy.meta.namespace(),
                        peers: &rule.peers,
                        own: of_subject,
                    });
                }
                match self.direction {
                    Direction::Ingress => answered.push(holds_port(&rule.ports, &flow)),
                    Direction::Egress if rule.ports == Ports::Any => {}
                    Direction::Egress => asked.push(Asked::Ports(&rule.ports)),
                }
            }
        }
        let policies = over.iter();
        let fingerprint = Fingerprint {
            policies: policies
                .map(|(policy, holds)| (std::ptr::from_ref(policy.body), holds.clone()))
                .collect(),
            own: answered,
        };
        if let Some(number) = self.numbers.get(&fingerprint) {
            return *number;
        }
        let number = self.all.len();
        self.numbers.insert(fingerprint, number);
        let asked = asked.into_iter();
        let mut questions: Vec<usize> = asked
            .map(|asked| self.questions.number(asked, own, port))
            .collect();
        questions.sort_unstable();
        questions.dedup();
        self.all.push(Program {
            policies: over.into_iter().map(|(policy, _)| policy).collect(),
            own,
            own_port: port,
            questions,
        });
        number
    }

    /// The policies that apply to an actor in this direction, or may.
    fn over(&self, actor: &Actor<'_, 'a>) -> Vec<(Of<'a, Policy>, Certainty)> {
        let Party::Pod(pod) = &actor.party else {
            return Vec::new();
        };
        if pod.host_network {
            return Vec::new();
        }
        let policies = actor.policies.iter().filter(|policy| {
            policy.datapaths.contains(&self.setting.datapath)
                && (policy.isolates(self.direction) || !policy.rules(self.direction).is_empty())
        });
        policies
            .filter_map(|policy| {
                let holds = selects(&policy.body.subject, policy.meta.namespace(), pod);
                (holds != Certainty::No).then_some((*policy, holds))
            })
            .collect()
    }
}
