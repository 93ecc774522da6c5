//! The evaluator: tiers ascending, rules by order, the first match decides.

use std::sync::Arc;

use super::peer::Scene;
use super::tier::{self, Place};
use super::{By, Certainty, Decision, Flow, Outcome, Party, Pod, Verdict, peer, port};
use crate::cluster::View;
use crate::object::Of;
use crate::policy::{Action, AtEnd, Datapath, Direction, Policy, Rule};

/// Whether `flow` passes: egress at its source under those policies of `from` that select it, and
/// ingress at its destination under those of `to`. Policies that may select it are tried both
/// ways; others have no say.
pub fn evaluate<'a>(
    flow: &Flow<'_>,
    from: &[Of<'a, Policy>],
    to: &[Of<'a, Policy>],
    datapath: Datapath,
) -> Verdict<'a> {
    evaluate_in(flow, from, to, datapath, None)
}

/// The same, where what policies refer to is looked up in a View; without one nothing that they
/// refer to is known.
pub fn evaluate_in<'a>(
    flow: &Flow<'_>,
    from: &[Of<'a, Policy>],
    to: &[Of<'a, Policy>],
    datapath: Datapath,
    view: Option<View<'_>>,
) -> Verdict<'a> {
    if datapath == Datapath::None || is_internal(flow) {
        return Verdict {
            egress: Decision::FREE,
            ingress: Decision::FREE,
        };
    }
    Verdict {
        egress: side(from, Direction::Egress, flow, (datapath, view)),
        ingress: side(to, Direction::Ingress, flow, (datapath, view)),
    }
}

/// Whether policies have no say: a pod to itself, and a pod's own node to it.
fn is_internal(flow: &Flow<'_>) -> bool {
    match (&flow.source, &flow.destination) {
        (Party::Pod(source), Party::Pod(destination)) => source.is(destination),
        (Party::Node { name, .. }, Party::Pod(pod)) => name.is_some() && *name == pod.node,
        _ => false,
    }
}

/// One side of `flow` under the policies that select the pod there.
fn side<'a>(
    policies: &[Of<'a, Policy>],
    direction: Direction,
    flow: &Flow<'_>,
    (datapath, view): (Datapath, Option<View<'_>>),
) -> Decision<'a> {
    let (subject, other) = match direction {
        Direction::Ingress => (&flow.destination, &flow.source),
        Direction::Egress => (&flow.source, &flow.destination),
    };
    // Policies apply to pods with a network of their own; the rest is the node's traffic.
    let Party::Pod(pod) = subject else {
        return Decision::FREE;
    };
    if pod.host_network {
        return Decision::FREE;
    }
    let scene = Scene {
        flow,
        direction,
        namespace: "",
        own: subject,
        other,
        datapath,
        view,
    };
    let concerned = policies.iter().filter(|it| {
        it.datapaths.contains(&datapath)
            && (it.isolates(direction) || !it.rules(direction).is_empty())
    });
    let over: Vec<Over<'a>> = concerned.filter_map(|it| Over::of(*it, pod)).collect();
    tier::settled(
        view,
        over.iter().map(|over| &over.policy.body.tier),
        |place| under(&over, &scene, place),
    )
}

/// The same, with every tier in its place.
fn under<'a>(
    over: &[Over<'a>],
    scene: &Scene<'_>,
    place: &dyn Fn(&'a crate::policy::Tier) -> Place<'a>,
) -> Decision<'a> {
    let mut placed: Vec<(Place<'a>, &Over<'a>)> = over
        .iter()
        .map(|over| (place(&over.policy.body.tier), over))
        .collect();
    placed.sort_by_key(|(place, _)| (place.order, place.name));
    let tiers = placed.chunk_by(|(one, _), (next, _)| one == next);
    tiers.rev().fold(Decision::FREE, |after, tier| {
        let end = tier.first().map_or(AtEnd::Denied, |(place, _)| place.end);
        let tier: Vec<&Over<'a>> = tier.iter().map(|(_, over)| *over).collect();
        let matched = matches_of(&tier, scene);
        decide(&tier, scene.direction, end, matched, &after)
    })
}

/// A policy that applies to the pod in question, or may.
struct Over<'a> {
    policy: Of<'a, Policy>,
    certainty: Certainty,
}

impl<'a> Over<'a> {
    fn of(policy: Of<'a, Policy>, pod: &Pod<'_>) -> Option<Self> {
        let selects = peer::selects(&policy.body.subject, policy.meta.namespace(), pod);
        let certainty = selects.and(|| doubt(policy.body.unsure.as_ref()));
        (certainty != Certainty::No).then_some(Self { policy, certainty })
    }
}

/// What cannot be decided, for the reason that is given, if one is.
fn doubt(why: Option<&Arc<str>>) -> Certainty {
    why.map_or(Certainty::Yes, |why| {
        Certainty::Maybe(super::Because::Rule(why.clone()))
    })
}

/// A rule that matches, or may.
struct Match<'a> {
    by: By<'a>,
    action: Action,
    certainty: Certainty,
}

/// The rules of one tier that match, as they are asked, up to the first that does for certain.
fn matches_of<'a>(tier: &[&Over<'a>], scene: &Scene<'_>) -> Vec<Match<'a>> {
    let mut rules: Vec<(&Over<'a>, &'a Rule)> = tier
        .iter()
        .flat_map(|over| {
            let rules = over.policy.body.rules(scene.direction).iter();
            rules.map(move |rule| (*over, rule))
        })
        .collect();
    rules.sort_by_key(|(over, rule)| {
        let (place, position) = rule.order;
        let name = over.policy.in_a_row.then(|| over.policy.meta.name());
        (place, name.is_none(), name, position, rule.action)
    });
    let mut matched = Vec::new();
    for (over, rule) in rules {
        let policy = over.policy;
        let scene = Scene {
            namespace: policy.meta.namespace(),
            ..*scene
        };
        let certainty = holds(rule, &scene).and(|| over.certainty.clone());
        let last = certainty == Certainty::Yes;
        if certainty != Certainty::No {
            matched.push(Match {
                by: By {
                    policy,
                    rule: Some(rule),
                },
                action: rule.action,
                certainty,
            });
        }
        if last {
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

/// What one tier answers, where `after` is the answer of those that follow it. Rules that only
/// may match are tried both ways: the answer depends on them where it differs.
fn decide<'a>(
    tier: &[&Over<'a>],
    direction: Direction,
    end: AtEnd,
    matched: Vec<Match<'a>>,
    after: &Decision<'a>,
) -> Decision<'a> {
    let mut answer = match end {
        AtEnd::Denied => isolation(tier, direction, after),
        AtEnd::Passed => after.clone(),
    };
    for Match {
        by,
        action,
        certainty,
    } in matched.into_iter().rev()
    {
        let outcome = match action {
            Action::Allow => Outcome::Allowed,
            Action::Deny => Outcome::Denied,
            Action::Pass => after.outcome.clone(),
        };
        let by = match action {
            Action::Pass => after.by,
            Action::Allow | Action::Deny => Some(by),
        };
        match certainty {
            Certainty::Maybe(because) if outcome != answer.outcome => {
                answer = Decision {
                    outcome: Outcome::Depends(because),
                    by,
                };
            }
            Certainty::Maybe(_) | Certainty::No => {}
            Certainty::Yes => answer = Decision { outcome, by },
        }
    }
    answer
}

/// The answer of a tier none of whose rules matches: the isolating policy that admits least, as
/// it tells most; where it only may apply, it depends.
fn isolation<'a>(tier: &[&Over<'a>], direction: Direction, after: &Decision<'a>) -> Decision<'a> {
    let isolating = tier.iter().filter(|over| over.policy.isolates(direction));
    let told = isolating.min_by_key(|over| {
        let certain = over.certainty == Certainty::Yes;
        (!certain, over.policy.rules(direction).len())
    });
    let Some(over) = told else {
        return after.clone();
    };
    let outcome = match &over.certainty {
        Certainty::Maybe(because) if after.outcome != Outcome::Denied => {
            Outcome::Depends(because.clone())
        }
        Certainty::Maybe(_) => return after.clone(),
        Certainty::Yes | Certainty::No => Outcome::Denied,
    };
    Decision {
        outcome,
        by: Some(By {
            policy: over.policy,
            rule: None,
        }),
    }
}
