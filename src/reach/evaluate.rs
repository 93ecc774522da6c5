//! The evaluator: tiers ascending, rules by order, the first match decides.

use std::sync::Arc;

use super::{By, Certainty, Decision, Flow, Outcome, Party, Pod, Verdict, peer, port};
use crate::object::Of;
use crate::policy::{Action, Datapath, Direction, Policy, Rule};

/// Whether `flow` passes: egress at its source under those policies of `from` that select it, and
/// ingress at its destination under those of `to`. Policies that may select it are tried both
/// ways; others have no say.
pub fn evaluate<'a>(
    flow: &Flow<'_>,
    from: &[Of<'a, Policy>],
    to: &[Of<'a, Policy>],
    datapath: Datapath,
) -> Verdict<'a> {
    if datapath == Datapath::None || is_internal(flow) {
        return Verdict {
            egress: Decision::FREE,
            ingress: Decision::FREE,
        };
    }
    Verdict {
        egress: side(from, Direction::Egress, flow, datapath),
        ingress: side(to, Direction::Ingress, flow, datapath),
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
    datapath: Datapath,
) -> Decision<'a> {
    let subject = match direction {
        Direction::Ingress => &flow.destination,
        Direction::Egress => &flow.source,
    };
    // Policies apply to pods with a network of their own; the rest is the node's traffic.
    let Party::Pod(pod) = subject else {
        return Decision::FREE;
    };
    if pod.host_network {
        return Decision::FREE;
    }
    let policies = policies
        .iter()
        .filter(|it| it.datapaths.contains(&datapath));
    let mut policies: Vec<Over<'a>> = policies.filter_map(|it| Over::of(*it, pod)).collect();
    policies.sort_by_key(|over| over.policy.tier);
    let tiers = policies.chunk_by(|one, next| one.policy.tier == next.policy.tier);
    tiers.rev().fold(Decision::FREE, |after, tier| {
        let matched = matches_of(tier, direction, flow, datapath);
        decide(tier, direction, matched, &after)
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
fn matches_of<'a>(
    tier: &[Over<'a>],
    direction: Direction,
    flow: &Flow<'_>,
    datapath: Datapath,
) -> Vec<Match<'a>> {
    let mut rules: Vec<(&Over<'a>, &'a Rule)> = tier
        .iter()
        .flat_map(|over| {
            let rules = over.policy.body.rules(direction).iter();
            rules.map(move |rule| (over, rule))
        })
        .collect();
    rules.sort_by_key(|(_, rule)| (rule.order, rule.action));
    let mut matched = Vec::new();
    for (over, rule) in rules {
        let policy = over.policy;
        let certainty = holds(rule, policy.meta.namespace(), direction, flow, datapath)
            .and(|| over.certainty.clone());
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

fn holds(
    rule: &Rule,
    namespace: &str,
    direction: Direction,
    flow: &Flow<'_>,
    datapath: Datapath,
) -> Certainty {
    let other = match direction {
        Direction::Ingress => &flow.source,
        Direction::Egress => &flow.destination,
    };
    port::matches(&rule.ports, flow)
        .and(|| peer::matches(&rule.peers, namespace, other, datapath))
        .and(|| doubt(rule.undecidable.as_ref()))
}

/// What one tier answers, where `after` is the answer of those that follow it. Rules that only
/// may match are tried both ways: the answer depends on them where it differs.
fn decide<'a>(
    tier: &[Over<'a>],
    direction: Direction,
    matched: Vec<Match<'a>>,
    after: &Decision<'a>,
) -> Decision<'a> {
    let mut answer = isolation(tier, direction, after);
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
fn isolation<'a>(tier: &[Over<'a>], direction: Direction, after: &Decision<'a>) -> Decision<'a> {
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
