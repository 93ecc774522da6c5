//! What each program decides about everybody at the other end: those who answer alike are decided
//! at once, by the evaluator itself on one of them.

use fixedbitset::FixedBitSet;

use super::actor::{Actor, Port, Setting};
use super::program::{Program, Programs};
use super::questions::Answers;
use crate::policy::Direction;
use crate::reach::{Certainty, Decision, evaluate_side};

/// Somebody at the other end: an actor's place, the port on which it is asked, what it answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Other<'o> {
    /// The place of the actor.
    pub(super) actor: usize,
    /// The port, where it is the destination.
    pub(super) port: Port,
    /// What it answers, in two parts.
    pub(super) answers: [&'o Answers; 2],
}

/// Those at the other end about whom a program decides the same.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// Their places.
    pub(super) others: FixedBitSet,
    /// What it decides.
    pub(super) decision: Decision<'a>,
}

/// What the programs of one direction decide.
#[derive(Debug)]
pub(super) struct Decided<'a>(Vec<Vec<Part<'a>>>);

impl<'a> Decided<'a> {
    /// Decides about everybody.
    pub(super) fn of(
        programs: &Programs<'a>,
        direction: Direction,
        others: &[Other<'_>],
        actors: &[Actor<'_, 'a>],
        setting: Setting<'a>,
    ) -> Self {
        let answers = sets(others);
        let decide = |program: &Program<'a>| {
            let mut parts: Vec<Part<'a>> = Vec::new();
            for same in split(program, &answers, others.len()) {
                let Some(decision) = same
                    .minimum()
                    .and_then(|at| others.get(at))
                    .and_then(|other| decision(program, direction, other, actors, setting))
                else {
                    continue;
                };
                match parts
                    .iter_mut()
                    .find(|part| is_same(&part.decision, &decision))
                {
                    Some(part) => part.others.union_with(&same),
                    None => parts.push(Part {
                        others: same,
                        decision,
                    }),
                }
            }
            parts
        };
        Self(programs.all.iter().map(decide).collect())
    }

    /// What a program decides, part by part.
    pub(super) fn parts(&self, program: usize) -> &[Part<'a>] {
        self.0.get(program).map_or(&[], Vec::as_slice)
    }

    /// What a program decides about somebody.
    pub(super) fn decision(&self, program: usize, other: usize) -> Option<&Decision<'a>> {
        let parts = self.parts(program).iter();
        let mut parts = parts.filter(|part| part.others.contains(other));
        parts.next().map(|part| &part.decision)
    }
}

/// Who gives which answer to a question.
type Sets = Vec<(Certainty, FixedBitSet)>;

/// Who gives which answer, by question.
fn sets(others: &[Other<'_>]) -> Vec<Sets> {
    let mut sets: Vec<Sets> = Vec::new();
    for (at, other) in others.iter().enumerate() {
        for (number, answer) in other.answers.into_iter().flatten() {
            if sets.len() <= *number {
                sets.resize_with(number + 1, Sets::new);
            }
            let Some(of_question) = sets.get_mut(*number) else {
                continue;
            };
            let given = of_question.iter_mut().find(|(given, _)| given == answer);
            if let Some((_, set)) = given {
                set.insert(at);
                continue;
            }
            let mut set = FixedBitSet::with_capacity(others.len());
            set.insert(at);
            of_question.push((answer.clone(), set));
        }
    }
    sets
}

/// Everybody, in parts that give the same answers to everything that a program asks.
fn split(program: &Program<'_>, answers: &[Sets], others: usize) -> Vec<FixedBitSet> {
    let mut everybody = FixedBitSet::with_capacity(others);
    everybody.insert_range(..);
    let mut parts = vec![everybody];
    for question in &program.questions {
        let Some(sets) = answers.get(*question) else {
            continue;
        };
        let mut next = Vec::with_capacity(parts.len());
        for mut rest in parts {
            for (_, set) in sets {
                if rest.is_disjoint(set) {
                    continue;
                }
                let mut same = rest.clone();
                same.intersect_with(set);
                rest.difference_with(set);
                next.push(same);
            }
            if !rest.is_clear() {
                next.push(rest);
            }
        }
        parts = next;
    }
    parts
}

/// What a program decides about one of those at the other end.
fn decision<'a>(
    program: &Program<'a>,
    direction: Direction,
    other: &Other<'_>,
    actors: &[Actor<'_, 'a>],
    setting: Setting<'a>,
) -> Option<Decision<'a>> {
    let own = actors.get(program.own)?;
    let there = actors.get(other.actor)?;
    let flow = match direction {
        Direction::Egress => setting.flow(own, there, other.port),
        Direction::Ingress => setting.flow(there, own, program.own_port),
    };
    let Setting { datapath, view, .. } = setting;
    let policies = &program.policies;
    Some(evaluate_side(policies, direction, &flow, datapath, view))
}

/// Whether two decisions are the same in every respect.
pub(super) fn is_same(one: &Decision<'_>, other: &Decision<'_>) -> bool {
    let by = |decision: &Decision<'_>| {
        decision.by.map(|by| {
            let rule = by.rule.map(std::ptr::from_ref);
            (std::ptr::from_ref(by.policy.body), rule)
        })
    };
    one.outcome == other.outcome && by(one) == by(other)
}
