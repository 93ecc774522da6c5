//! The evaluator: tiers ascending, rules by order, the first match decides.

use super::{By, Certainty, Decision, Flow, Outcome, Party, Verdict, peer, port};
use crate::object::Of;
use crate::policy::{Action, Datapath, Direction, Policy, Rule};

/// Whether `flow` passes: egress at its source under the policies `from` that select it, and
/// ingress at its destination under those of `to`.
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
    if !matches!(subject, Party::Pod(pod) if !pod.host_network) {
        return Decision::FREE;
    }
    let mut policies = policies.to_vec();
    policies.sort_by_key(|policy| policy.tier);
    let tiers = policies.chunk_by(|one, next| one.tier == next.tier);
    tiers.rev().fold(Decision::FREE, |after, tier| {
        let matched = matches_of(tier, direction, flow, datapath);
        decide(tier, direction, matched, &after)
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
    tier: &[Of<'a, Policy>],
    direction: Direction,
    flow: &Flow<'_>,
    datapath: Datapath,
) -> Vec<Match<'a>> {
    let mut rules: Vec<(Of<'a, Policy>, &'a Rule)> = tier
        .iter()
        .flat_map(|policy| {
            let rules = policy.body.rules(direction).iter();
            rules.map(|rule| (*policy, rule))
        })
        .collect();
    rules.sort_by_key(|(_, rule)| (rule.order, rule.action));
    let mut matched = Vec::new();
    for (policy, rule) in rules {
        let certainty = holds(rule, policy.meta.namespace(), direction, flow, datapath);
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
    let decidable = match &rule.undecidable {
        Some(why) => Certainty::Maybe(super::Because::Rule(why.clone())),
        None => Certainty::Yes,
    };
    port::matches(&rule.ports, flow)
        .and(|| peer::matches(&rule.peers, namespace, other, datapath))
        .and(|| decidable)
}

/// What one tier answers, where `after` is the answer of those that follow it. Rules that only
/// may match are tried both ways: the answer depends on them where it differs.
fn decide<'a>(
    tier: &[Of<'a, Policy>],
    direction: Direction,
    matched: Vec<Match<'a>>,
    after: &Decision<'a>,
) -> Decision<'a> {
    let mut answer = isolation(tier, direction).unwrap_or_else(|| after.clone());
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
/// it tells most.
fn isolation<'a>(tier: &[Of<'a, Policy>], direction: Direction) -> Option<Decision<'a>> {
    tier.iter()
        .filter(|policy| policy.isolates(direction))
        .min_by_key(|policy| policy.rules(direction).len())
        .map(|policy| Decision {
            outcome: Outcome::Denied,
            by: Some(By {
                policy: *policy,
                rule: None,
            }),
        })
}
