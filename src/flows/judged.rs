//! The answers about every pair of classes under one setting, side by side.

use fixedbitset::FixedBitSet;

use super::actor::{Actor, Port, Setting};
use super::decided::{Decided, Other};
use super::grouped::Target;
use super::manner::Manners;
use super::questions::Answers;
use crate::policy::Direction;
use crate::reach::{Outcome, Verdict};

/// The answers about all classes under one setting.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    egress: Decided<'a>,
    ingress: Decided<'a>,
    /// The program over what each class sends.
    sending: Vec<usize>,
    /// The program over what is sent to each target.
    receiving: Vec<usize>,
}

impl<'a> Judged<'a> {
    /// Judges every pair of classes, each given by one of it.
    pub(super) fn of(
        manners: &Manners<'a>,
        actors: &[Actor<'_, 'a>],
        setting: Setting<'a>,
        (representatives, targets): (&[usize], &[Target]),
    ) -> Self {
        let nothing = Answers::new();
        let manner = |class: usize| {
            let actor = *representatives.get(class)?;
            Some((actor, manners.all.get(actor)?))
        };
        let sources = 0..representatives.len();
        let sources: Vec<Other<'_>> = sources
            .filter_map(|class| {
                let (actor, manner) = manner(class)?;
                Some(Other {
                    actor,
                    port: Port::default(),
                    answers: [&manner.as_source, &nothing],
                })
            })
            .collect();
        let at_ports = targets.iter().filter_map(|target| {
            let (actor, manner) = manner(target.class)?;
            let at_port = manner.ports.iter().find(|it| it.port == target.port)?;
            Some((actor, manner, at_port))
        });
        let receiving = at_ports.clone().map(|(_, _, it)| it.ingress).collect();
        let destinations: Vec<Other<'_>> = at_ports
            .map(|(actor, manner, at_port)| Other {
                actor,
                port: at_port.port,
                answers: [&manner.as_destination, &at_port.answers],
            })
            .collect();
        let decide =
            |programs, direction, others| Decided::of(programs, direction, others, actors, setting);
        let sending = 0..representatives.len();
        Self {
            egress: decide(&manners.egress, Direction::Egress, &destinations),
            ingress: decide(&manners.ingress, Direction::Ingress, &sources),
            sending: sending
                .filter_map(|class| Some(manner(class)?.1.egress))
                .collect(),
            receiving,
        }
    }

    /// The verdict about a class and a target, as if neither were on a node's network.
    pub(super) fn verdict(&self, from: usize, target: usize) -> Option<Verdict<'a>> {
        let egress = self.egress.decision(*self.sending.get(from)?, target)?;
        let ingress = self.ingress.decision(*self.receiving.get(target)?, from)?;
        Some(Verdict {
            egress: egress.clone(),
            ingress: ingress.clone(),
        })
    }

    /// By class, the targets for which both sides come to `outcome`.
    pub(super) fn on_both_sides(&self, outcome: &Outcome) -> Vec<FixedBitSet> {
        let mut rows = self.turned(outcome);
        for (row, sending) in rows.iter_mut().zip(&self.sending) {
            row.intersect_with(&self.sent(*sending, outcome));
        }
        rows
    }

    /// By class, the targets for which one side comes to `outcome`, at least.
    pub(super) fn on_either_side(&self, outcome: &Outcome) -> Vec<FixedBitSet> {
        let mut rows = self.turned(outcome);
        for (row, sending) in rows.iter_mut().zip(&self.sending) {
            row.union_with(&self.sent(*sending, outcome));
        }
        rows
    }

    /// By class, the targets at which what it sends comes to `outcome`.
    fn turned(&self, outcome: &Outcome) -> Vec<FixedBitSet> {
        let empty = FixedBitSet::with_capacity(self.receiving.len());
        let mut turned = vec![empty; self.sending.len()];
        for (target, program) in self.receiving.iter().enumerate() {
            let parts = self.ingress.parts(*program).iter();
            for part in parts.filter(|part| part.decision.outcome == *outcome) {
                for class in part.others.ones() {
                    if let Some(row) = turned.get_mut(class) {
                        row.insert(target);
                    }
                }
            }
        }
        turned
    }

    /// The targets for which a program over what is sent comes to `outcome`.
    fn sent(&self, program: usize, outcome: &Outcome) -> FixedBitSet {
        let mut all = FixedBitSet::with_capacity(self.receiving.len());
        let parts = self.egress.parts(program).iter();
        for part in parts.filter(|part| part.decision.outcome == *outcome) {
            all.union_with(&part.others);
        }
        all
    }
}
