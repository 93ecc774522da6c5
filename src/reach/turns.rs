//! The rules of one tier in the order in which they are asked, and what they answer together.

use super::evaluate::{Over, doubt};
use super::peer::{self, Scene};
use super::{Because, By, Certainty, Decision, Outcome, port};
use crate::finding::ObjectRef;
use crate::policy::{Action, Rule, Ties};

/// A rule that matches, or may.
struct Match<'a> {
    by: By<'a>,
    action: Action,
    certainty: Certainty,
}

/// The rules that are asked in a row and match, up to the first that does for certain.
type Turn<'a> = Vec<Match<'a>>;

/// Where a rule stands in its tier: all that share it but for the policy are asked together,
/// policy after policy, or in an order of policies that nobody tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stand<'a> {
    place: i64,
    together: bool,
    policy: Option<(&'a str, &'a ObjectRef)>,
}

/// What a tier answers, where `none` is the answer if no rule matches, and `after` that of the
/// tiers that follow it. Which of several turns comes first is tried every way.
pub(super) fn answer<'a>(
    tier: &[&Over<'a>],
    scene: &Scene<'_>,
    none: Decision<'a>,
    after: &Decision<'a>,
) -> Decision<'a> {
    let turns = turns(tier, scene);
    turns.iter().rev().fold(none, |answer, tied| {
        // Whoever comes first decides, so it is enough that each of them does once.
        let ways = (0..tied.len()).map(|first| {
            let rest = tied.iter().enumerate().rev();
            let rest = rest.filter(|(index, _)| *index != first);
            let rest = rest.fold(answer.clone(), |answer, (_, turn)| {
                decide(turn, answer, after)
            });
            match tied.get(first) {
                Some(turn) => decide(turn, rest, after),
                None => rest,
            }
        });
        ways.reduce(either).unwrap_or(answer)
    })
}

/// The turns of a tier that match: those within one entry come in an order that is not told.
fn turns<'a>(tier: &[&Over<'a>], scene: &Scene<'_>) -> Vec<Vec<Turn<'a>>> {
    let mut rules: Vec<(Stand<'a>, &Over<'a>, &'a Rule)> = tier
        .iter()
        .flat_map(|over| {
            let rules = over.policy.body.rules(scene.direction).iter();
            rules.map(move |rule| (stand(over, rule), *over, rule))
        })
        .collect();
    rules.sort_by_key(|(stand, _, rule)| (*stand, rule.order.1, rule.action));
    let chunks = rules.chunk_by(|(one, before, _), (next, after, _)| {
        let unsettled = |over: &Over<'_>| over.policy.ties == Ties::Unsettled;
        one == next || (one.place == next.place && unsettled(before) && unsettled(after))
    });
    let mut all = Vec::new();
    for tied in chunks {
        let turns = tied.chunk_by(|(one, ..), (next, ..)| one == next);
        let turns: Vec<Turn<'a>> = turns
            .map(|turn| matching(turn, scene))
            .filter(|turn| !turn.is_empty())
            .collect();
        let last = turns.iter().any(ends);
        all.push(turns);
        if last {
            break;
        }
    }
    all
}

fn stand<'a>(over: &Over<'a>, rule: &Rule) -> Stand<'a> {
    let together = over.policy.ties == Ties::Together;
    Stand {
        place: rule.order.0,
        together,
        policy: (!together).then(|| (over.policy.meta.name(), &over.policy.meta.reference)),
    }
}

/// Whether nothing is asked after a turn.
fn ends(turn: &Turn<'_>) -> bool {
    turn.last().is_some_and(|it| it.certainty == Certainty::Yes)
}

fn matching<'a>(rules: &[(Stand<'a>, &Over<'a>, &'a Rule)], scene: &Scene<'_>) -> Turn<'a> {
    let mut matched = Vec::new();
    for (_, over, rule) in rules {
        let policy = over.policy;
        let scene = Scene {
            namespace: policy.meta.namespace(),
            ..*scene
        };
        let certainty = holds(rule, &scene).and(|| over.certainty.clone());
        if certainty == Certainty::No {
            continue;
        }
        matched.push(Match {
            by: By {
                policy,
                rule: Some(rule),
            },
            action: rule.action,
            certainty,
        });
        if ends(&matched) {
            break;
        }
    }
    matched
}

fn holds(rule: &Rule, scene: &Scene<'_>) -> Certainty {
    port::matches(&rule.ports, scene.flow)
        .and(|| peer::matches(&rule.peers, scene))
        .and(|| doubt(rule.undecidable.as_ref()))
}

/// The answer of two policies either of which may come first.
fn either<'a>(one: Decision<'a>, other: Decision<'a>) -> Decision<'a> {
    if one.outcome == other.outcome {
        return one;
    }
    let named = |it: &Decision<'_>| it.by.map(|by| by.policy.meta.reference.clone());
    let because = match (&one.outcome, named(&one), named(&other)) {
        (Outcome::Depends(because), ..) => because.clone(),
        (_, Some(one), Some(other)) if one != other => {
            let why = format!("{one} and {other} have the same priority and disagree");
            Because::Rule(why.into())
        }
        _ => Because::Rule("policies of the same priority disagree".into()),
    };
    let denying = [one, other]
        .into_iter()
        .find(|it| it.outcome != Outcome::Allowed);
    Decision {
        outcome: Outcome::Depends(because),
        by: denying.and_then(|it| it.by),
    }
}

/// What the rules of one turn answer, where `answer` is that of what is asked after them. Rules
/// that only may match are tried both ways: the answer depends on them where it differs.
fn decide<'a>(turn: &Turn<'a>, answer: Decision<'a>, after: &Decision<'a>) -> Decision<'a> {
    turn.iter().rev().fold(answer, |answer, rule| {
        let (outcome, by) = match rule.action {
            Action::Allow => (Outcome::Allowed, Some(rule.by)),
            Action::Deny => (Outcome::Denied, Some(rule.by)),
            Action::Pass => (after.outcome.clone(), after.by),
        };
        match &rule.certainty {
            Certainty::Maybe(because) if outcome != answer.outcome => Decision {
                outcome: Outcome::Depends(because.clone()),
                by,
            },
            Certainty::Maybe(_) | Certainty::No => answer,
            Certainty::Yes => Decision { outcome, by },
        }
    })
}
