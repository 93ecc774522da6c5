//! The evaluator: tiers ascending, rules by order, the first match decides.

use std::sync::Arc;

use super::peer::Scene;
use super::tier::{self, Place};
use super::{Because, By, Certainty, Decision, Flow, Outcome, Party, Pod, Verdict, peer, turns};
use crate::cluster::View;
use crate::object::Of;
use crate::policy::{AtEnd, Datapath, Direction, Policy};

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
    let internal = is_internal(flow);
    if internal == Certainty::Yes {
        return Verdict::FREE;
    }
    let verdict = Verdict {
        egress: evaluate_side(from, Direction::Egress, flow, datapath, view),
        ingress: evaluate_side(to, Direction::Ingress, flow, datapath, view),
    };
    verdict.where_internal(internal)
}

/// Whether policies have no say: a pod to itself, and what comes from a pod's own node, be it from
/// a pod on that node's network.
fn is_internal(flow: &Flow<'_>) -> Certainty {
    let Party::Pod(destination) = &flow.destination else {
        return Certainty::No;
    };
    match &flow.source {
        Party::Pod(source) if source.is(destination) => Certainty::Yes,
        source => source
            .on_node()
            .map_or(Certainty::No, |node| is_own_node(node, destination.node)),
    }
}

/// Whether what comes from one node comes to a pod on the other from its own node, as far as both
/// are known.
pub fn is_own_node(from: Option<&str>, of: Option<&str>) -> Certainty {
    match (from, of) {
        (Some(from), Some(of)) => (from == of).into(),
        _ => Certainty::Maybe(Because::OwnNode),
    }
}

/// One side of `flow` by itself under the policies that select the pod there, as if it came from
/// elsewhere.
pub fn evaluate_side<'a>(
    policies: &[Of<'a, Policy>],
    direction: Direction,
    flow: &Flow<'_>,
    datapath: Datapath,
    view: Option<View<'_>>,
) -> Decision<'a> {
    if datapath == Datapath::None {
        return Decision::FREE;
    }
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
        let none = match end {
            AtEnd::Denied => isolation(&tier, scene.direction, &after),
            AtEnd::Passed => after.clone(),
        };
        turns::answer(&tier, scene, none, &after)
    })
}

/// A policy that applies to the pod in question, or may.
pub(super) struct Over<'a> {
    pub(super) policy: Of<'a, Policy>,
    pub(super) certainty: Certainty,
}

impl<'a> Over<'a> {
    fn of(policy: Of<'a, Policy>, pod: &Pod<'_>) -> Option<Self> {
        let selects = peer::selects(&policy.body.subject, policy.meta.namespace(), pod);
        let certainty = selects.and(|| doubt(policy.body.unsure.as_ref()));
        (certainty != Certainty::No).then_some(Self { policy, certainty })
    }
}

/// What cannot be decided, for the reason that is given, if one is.
pub(super) fn doubt(why: Option<&Arc<str>>) -> Certainty {
    why.map_or(Certainty::Yes, |why| {
        Certainty::Maybe(super::Because::Rule(why.clone()))
    })
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
