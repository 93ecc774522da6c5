//! How an actor behaves: everything in which the evaluator could tell it from another one.

use super::actor::{Actor, Port, Setting};
use super::program::Programs;
use super::questions::Answers;
use crate::policy::Direction;

/// How an actor behaves under one datapath.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Manner {
    /// The program over what it sends.
    pub(super) egress: usize,
    /// What it answers to the rules over what others receive.
    pub(super) as_source: Answers,
    /// What it answers to the rules over what others send, whatever the port.
    pub(super) as_destination: Answers,
    /// How it behaves on each of its ports.
    pub(super) ports: Vec<AtPort>,
}

/// How an actor behaves as the destination of a Flow to one port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct AtPort {
    /// The port.
    pub(super) port: Port,
    /// The program over what it receives there.
    pub(super) ingress: usize,
    /// What it answers to the rules over what others send, as far as that depends on the port.
    pub(super) answers: Answers,
}

/// How each of several actors behaves under one datapath, and the programs over them.
#[derive(Debug)]
pub(super) struct Manners<'a> {
    /// The programs over what they send.
    pub(super) egress: Programs<'a>,
    /// The programs over what they receive.
    pub(super) ingress: Programs<'a>,
    /// How each of them behaves.
    pub(super) all: Vec<Manner>,
}

impl<'a> Manners<'a> {
    /// Asks the first `count` actors everything that the policies over any of them all ask.
    pub(super) fn of(actors: &[Actor<'_, 'a>], count: usize, setting: Setting<'a>) -> Self {
        let mut egress = Programs::new(setting, Direction::Egress);
        let mut ingress = Programs::new(setting, Direction::Ingress);
        // Every question has to be known before anybody is asked.
        let programs: Vec<(usize, Vec<usize>)> = actors
            .iter()
            .enumerate()
            .map(|(own, actor)| {
                let sending = egress.number(actors, own, Port::default());
                // Whom its policies tell apart matters on ports that nobody asks for here, too.
                ingress.number(actors, own, Port::default());
                let ports = actor.ports.iter();
                let receiving = ports.map(|port| ingress.number(actors, own, *port));
                (sending, receiving.collect())
            })
            .collect();
        let all = actors.iter().zip(programs).take(count);
        let all = all
            .map(|(actor, (sending, receiving))| Manner {
                egress: sending,
                as_source: ingress.questions.ask(actor, None, actors),
                as_destination: egress.questions.ask(actor, None, actors),
                ports: actor
                    .ports
                    .iter()
                    .zip(receiving)
                    .map(|(port, ingress)| AtPort {
                        port: *port,
                        ingress,
                        answers: egress.questions.ask(actor, Some(*port), actors),
                    })
                    .collect(),
            })
            .collect();
        Self {
            egress,
            ingress,
            all,
        }
    }
}
