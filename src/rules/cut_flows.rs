//! What a policy over a whole namespace cuts off although another policy admits it by name.

use super::blocked::may_gain_policies;
use crate::cluster::{Known, View};
use crate::object::{ContainerPort, Kind, Of, Workload};
use crate::policy::{
    Action, Direction, Namespaces, Peer, Peers, Policy, PortMatch, Ports, Protocol, Rule as Entry,
};
use crate::reach::{Certainty, Outcome, Pods, selects};

/// So many pairs of pods are looked at for one policy and direction: what it cuts, it mostly cuts
/// everywhere.
const PAIRS: usize = 256;

/// A Flow that one policy admits and another cuts.
#[derive(Debug)]
pub(super) struct Cut<'a> {
    /// Whose pods send it.
    pub(super) from: Of<'a, Workload>,
    /// Whose pods it does not get to.
    pub(super) to: Of<'a, Workload>,
    /// Over which protocol, and to which port.
    pub(super) port: (Protocol, u16),
    /// What admits it on the other side.
    pub(super) admitted_by: Of<'a, Policy>,
    /// The rule of it that does.
    pub(super) rule: &'a Entry,
}

/// A rule of another policy that names pods of the namespace, and the pods that it names.
struct Named<'a> {
    policy: Of<'a, Policy>,
    rule: &'a Entry,
    pods: Vec<Pods<'a>>,
}

/// The Flows that nothing but a policy cuts in a direction, where it isolates every pod of its
/// namespace beside admitting some traffic, and that are all that a rule of another policy is for:
/// one of each such rule.
pub(super) fn cut_flows<'a>(
    policy: Of<'a, Policy>,
    direction: Direction,
    view: View<'a>,
) -> Vec<Cut<'a>> {
    let is_plain = |rule: &Entry| rule.action == Action::Allow;
    let rules = policy.body.rules(direction);
    let is_known = view.known(Kind::NetworkPolicy, policy.meta.namespace()) != Known::Unknown;
    // A default-deny without any rule is meant.
    let isolates_all = policy.subject.namespaces == Namespaces::Own
        && policy.subject.pods.is_empty()
        && policy.unsure.is_none()
        && policy.isolates(direction)
        && !rules.is_empty()
        && rules.iter().all(is_plain);
    if !isolates_all || !is_known {
        return Vec::new();
    }
    let mut left = PAIRS;
    let named = named(policy, direction, view);
    let flows = named
        .iter()
        .map(|named| in_vain(policy, direction, named, (view, &mut left)));
    flows.flatten().collect()
}

/// The rules, the other way, that name pods of a policy's namespace.
fn named<'a>(policy: Of<'a, Policy>, direction: Direction, view: View<'a>) -> Vec<Named<'a>> {
    let namespace = policy.meta.namespace();
    let workloads = view.workloads_of(namespace).into_iter();
    let mut all: Vec<Named<'a>> = Vec::new();
    for pods in workloads.take(PAIRS).flat_map(|it| Pods::of(it, view)) {
        let others = view.policies_with_peers(namespace, &pods.template.labels);
        for other in others.into_iter().filter(is_about_some) {
            for rule in other.body.rules(opposite(direction)) {
                if !names(other, rule, &pods) {
                    continue;
                }
                let known = all.iter_mut().find(|it| std::ptr::eq(it.rule, rule));
                match known {
                    Some(named) => named.pods.push(pods.clone()),
                    None => all.push(Named {
                        policy: other,
                        rule,
                        pods: vec![pods.clone()],
                    }),
                }
            }
        }
    }
    all.sort_by_key(|it| (it.policy.meta.kind, &it.policy.meta.reference));
    all
}

const fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Ingress => Direction::Egress,
        Direction::Egress => Direction::Ingress,
    }
}

/// Whether a policy is for some pods of its namespace, and not for all.
fn is_about_some(policy: &Of<'_, Policy>) -> bool {
    let subject = &policy.subject;
    subject.namespaces == Namespaces::Own && subject.chooses_by_labels() && policy.unsure.is_none()
}

/// Whether a rule admits these pods by their labels, in namespaces that it tells by name.
fn names(policy: Of<'_, Policy>, rule: &Entry, pods: &Pods<'_>) -> bool {
    let Peers::OneOf(peers) = &rule.peers else {
        return false;
    };
    let own = policy.meta.namespace();
    let namespace = pods.workload.meta.namespace();
    let is_named = |peer: &Peer| match peer {
        Peer::Pods { set, .. } if set.chooses_by_labels() => {
            let told = set.named_namespaces(own);
            told.is_some_and(|names| names.contains(&namespace))
                && pods.as_pod(|pod| selects(set, own, pod)) == Certainty::Yes
        }
        _ => false,
    };
    rule.action == Action::Allow && rule.undecidable.is_none() && peers.iter().any(is_named)
}

/// A Flow that a rule is for, where a policy alone cuts it and all the others.
fn in_vain<'a>(
    policy: Of<'a, Policy>,
    direction: Direction,
    named: &Named<'a>,
    (view, left): (View<'a>, &mut usize),
) -> Option<Cut<'a>> {
    let only = |pods: &Pods<'a>| {
        let mut policies = pods.policies.iter();
        policies.all(|it| std::ptr::eq(it.body, policy.body) || !it.restricts(direction))
            && !may_gain_policies(pods.workload, pods.template, direction, view)
    };
    let (namespace, subject) = (named.policy.meta.namespace(), &named.policy.subject);
    let is_known = view.known(Kind::NetworkPolicy, namespace) != Known::Unknown;
    if !is_known || !named.pods.iter().all(only) {
        return None;
    }
    let others = view.workloads(namespace, &subject.pods).found.into_iter();
    let others: Vec<Pods<'a>> = others
        .take(PAIRS)
        .flat_map(|it| Pods::of(it, view))
        .collect();
    let mut first = None;
    for own in &named.pods {
        for other in &others {
            let (from, to) = match direction {
                Direction::Ingress => (other, own),
                Direction::Egress => (own, other),
            };
            for port in ports(named.rule, to) {
                *left = left.checked_sub(1)?;
                if !cuts((from, to), port, (policy, direction), view) {
                    return None;
                }
                first.get_or_insert(Cut {
                    from: from.workload,
                    to: to.workload,
                    port,
                    admitted_by: named.policy,
                    rule: named.rule,
                });
            }
        }
    }
    first
}

/// The ports of pods that a rule admits: of those that they declare, or the numbers that it tells.
fn ports(rule: &Entry, to: &Pods<'_>) -> Vec<(Protocol, u16)> {
    let declared: Vec<&ContainerPort> = to.template.spec.ports().collect();
    let told = |ports: &PortMatch| match ports {
        PortMatch::Range {
            protocol,
            first,
            last,
        } if first == last => Some((protocol.unwrap_or_default(), *first)),
        PortMatch::Range { .. } | PortMatch::Named { .. } => None,
    };
    match &rule.ports {
        Ports::OneOf(ports) if declared.is_empty() => {
            ports.iter().filter_map(|it| told(&it.matches)).collect()
        }
        ports => {
            let holds = |port: &&ContainerPort| match ports {
                Ports::Any => true,
                Ports::OneOf(ports) => ports.iter().any(|it| holds(&it.matches, port)),
            };
            let admitted = declared.into_iter().filter(holds);
            admitted.map(|port| (port.protocol, port.number)).collect()
        }
    }
}

fn holds(ports: &PortMatch, port: &ContainerPort) -> bool {
    match ports {
        PortMatch::Range {
            protocol,
            first,
            last,
        } => {
            protocol.is_none_or(|it| it == port.protocol) && (*first..=*last).contains(&port.number)
        }
        PortMatch::Named { protocol, name } => {
            protocol.is_none_or(|it| it == port.protocol) && port.name.as_ref() == Some(name)
        }
    }
}

/// Whether a Flow passes at its one end, and at the other no rule admits it where a policy
/// isolates, under every datapath in question.
fn cuts(
    (from, to): (&Pods<'_>, &Pods<'_>),
    port: (Protocol, u16),
    (policy, direction): (Of<'_, Policy>, Direction),
    view: View<'_>,
) -> bool {
    let datapaths = view.datapaths();
    let is_cut = |datapath| {
        let verdict = from.to(to, port, datapath, view);
        let (cut, admitted) = match direction {
            Direction::Ingress => (&verdict.ingress, &verdict.egress),
            Direction::Egress => (&verdict.egress, &verdict.ingress),
        };
        let is_isolated = cut
            .by
            .is_some_and(|by| by.rule.is_none() && std::ptr::eq(by.policy.body, policy.body));
        cut.outcome == Outcome::Denied && is_isolated && admitted.outcome == Outcome::Allowed
    };
    !datapaths.is_empty() && datapaths.iter().all(|it| is_cut(*it))
}
