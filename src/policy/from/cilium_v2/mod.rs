//! `cilium.io/v2 CiliumNetworkPolicy` and `CiliumClusterwideNetworkPolicy`.

mod blocks;
mod peers;
mod ports;
mod selector;
mod services;
mod spec;

pub use blocks::nets;
use spec::RuleEntry;
pub use spec::{GroupSpec, Spec};

use super::selector::Problems;
use crate::finding::FieldPath;
use crate::policy::{
    Action, Datapath, Direction, Isolates, Namespaces, Peers, PodSet, Policy, Ports, Rule, Ties,
};

/// Beside `NetworkPolicy`: all are one set of rules to Cilium.
const TIER: u32 = 1_000_000;

/// Who enforces these policies.
const DATAPATHS: &[Datapath] = &[Datapath::Cilium, Datapath::CiliumNodes];

/// Where a policy looks for pods unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In its own namespace.
    Namespace,
    /// Everywhere.
    Cluster,
}

/// What `spec` and `specs` mean together, and what Cilium or the API server would refuse in them:
/// where, and why. What applies to nodes is left out.
pub fn translate(
    spec: Option<&Spec<'_>>,
    specs: &[Spec<'_>],
    scope: Scope,
) -> (Vec<Policy>, Vec<(FieldPath, String)>) {
    let mut problems = Vec::new();
    let list = FieldPath::of("specs");
    let one = spec.map(|spec| (FieldPath::of("spec"), spec));
    let more = specs.iter().enumerate();
    let all = one
        .into_iter()
        .chain(more.map(|(index, spec)| (list.index(index), spec)));
    let policies = all
        .filter_map(|(at, spec)| policy(spec, scope, at, &mut problems))
        .collect();
    if spec.is_none() && specs.is_empty() {
        let wrong = "neither spec nor specs says anything";
        problems.push((FieldPath::of("spec"), wrong.to_owned()));
    }
    (policies, problems)
}

fn policy(spec: &Spec<'_>, scope: Scope, at: FieldPath, problems: &mut Problems) -> Option<Policy> {
    let subject_at = at.join("endpointSelector");
    let (subject, unsure) = match (&spec.endpoint_selector, &spec.node_selector) {
        (Some(selector), None) => subject(selector, scope, &subject_at, problems)?,
        (None, Some(_)) => {
            if scope == Scope::Namespace {
                let wrong = "nodeSelector needs a CiliumClusterwideNetworkPolicy";
                problems.push((at.join("nodeSelector"), wrong.to_owned()));
            }
            return None;
        }
        (both, _) => {
            let wrong = if both.is_some() {
                "endpointSelector and nodeSelector cannot stand together"
            } else {
                "an endpointSelector or a nodeSelector is needed"
            };
            problems.push((at, wrong.to_owned()));
            return None;
        }
    };
    if !isolates(spec).ingress && !isolates(spec).egress && spec.is_empty() {
        let wrong = "without ingress, egress, ingressDeny or egressDeny rules it does nothing";
        problems.push((at.clone(), wrong.to_owned()));
    }
    let mut ingress = Vec::new();
    let mut egress = Vec::new();
    let sections = [
        ("ingress", &spec.ingress, Direction::Ingress, Action::Allow),
        (
            "ingressDeny",
            &spec.ingress_deny,
            Direction::Ingress,
            Action::Deny,
        ),
        ("egress", &spec.egress, Direction::Egress, Action::Allow),
        (
            "egressDeny",
            &spec.egress_deny,
            Direction::Egress,
            Action::Deny,
        ),
    ];
    for (field, entries, direction, action) in sections {
        let into = match direction {
            Direction::Ingress => &mut ingress,
            Direction::Egress => &mut egress,
        };
        for (index, entry) in entries.iter().flatten().enumerate() {
            let at = at.join(field).index(index);
            into.extend(rules(entry, (direction, action), scope, &at, problems));
        }
    }
    Some(Policy {
        tier: TIER.into(),
        subject,
        unsure: unsure.map(Into::into),
        isolates: isolates(spec),
        at,
        subject_at,
        datapaths: DATAPATHS,
        ties: Ties::Together,
        ingress,
        egress,
        ignored: Vec::new(),
        isolates_unsaid: false,
    })
}

/// In which directions what no rule admits is denied: as the policy says, or where it has rules.
fn isolates(spec: &Spec<'_>) -> Isolates {
    let some = |entries: &Option<Vec<RuleEntry<'_>>>| {
        entries.as_ref().is_some_and(|entries| !entries.is_empty())
    };
    let said = spec.enable_default_deny.as_ref();
    let ingress = some(&spec.ingress) || some(&spec.ingress_deny);
    let egress = some(&spec.egress) || some(&spec.egress_deny);
    Isolates {
        ingress: said.and_then(|it| it.ingress).unwrap_or(ingress),
        egress: said.and_then(|it| it.egress).unwrap_or(egress),
    }
}

/// The pods that a policy applies to, and why that is not sure; `None` where it applies to no
/// pods at all.
fn subject(
    selector: &super::selector::LabelSelector<'_>,
    scope: Scope,
    at: &FieldPath,
    problems: &mut Problems,
) -> Option<(PodSet, Option<String>)> {
    let asked = selector::asked(selector, at, problems);
    if !asked.entities.is_empty() {
        return None;
    }
    let mut unsure = asked.undecidable;
    let namespaces = match scope {
        Scope::Cluster => Namespaces::Matching(asked.namespaces),
        // Another namespace's name counts for nothing there, and its own is always meant.
        Scope::Namespace => {
            if !asked.namespaces.is_empty() && !asked.names_namespace {
                unsure = Some("which labels its namespace has is not known".to_owned());
            }
            Namespaces::Own
        }
    };
    let set = PodSet {
        namespaces,
        pods: asked.pods,
        asks_for_pods: true,
        plain: asked.plain,
    };
    Some((set, unsure))
}

/// What one entry means: a rule for each entry of its `toPorts`.
fn rules(
    entry: &RuleEntry<'_>,
    (direction, action): (Direction, Action),
    scope: Scope,
    at: &FieldPath,
    problems: &mut Problems,
) -> Vec<Rule> {
    let side = peers::translate(entry, direction, scope, at, problems);
    let unknown = entry.unknown.as_deref();
    let unknown = unknown.or_else(|| peers::stray(entry, direction));
    let unknown = unknown.map(|field| format!("unknown field {field:?}"));
    let to_ports = entry.to_ports.as_deref().unwrap_or_default();
    let rule = |peers: &Peers, ports: Ports, undecidable: Option<String>| Rule {
        order: (0, 0),
        action,
        peers: peers.clone(),
        ports,
        at: at.clone(),
        undecidable: undecidable.map(Into::into),
    };
    if unknown.is_some() {
        return vec![rule(&Peers::Any, Ports::Any, unknown)];
    }
    let doubt = side.undecidable.or_else(|| authentication(entry));
    // Whoever names neither peers nor ports admits nobody.
    let nobody = to_ports.is_empty() && side.peers.is_none();
    let icmp = entry.icmps.as_ref().is_some_and(|it| !it.is_empty());
    if icmp && !to_ports.is_empty() {
        let wrong = "icmps cannot stand beside toPorts";
        problems.push((at.join("icmps"), wrong.to_owned()));
    }
    let peers = side.peers.unwrap_or(Peers::Any);
    if nobody || (icmp && to_ports.is_empty()) {
        return vec![rule(&Peers::OneOf(Vec::new()), Ports::Any, None)];
    }
    if to_ports.is_empty() {
        return vec![rule(&peers, Ports::Any, doubt)];
    }
    let to_ports = to_ports.iter().enumerate();
    to_ports
        .map(|(index, entry)| {
            let at = at.join("toPorts").index(index);
            let (ports, layer7) = ports::translate(entry, &at, problems);
            rule(&peers, ports, doubt.clone().or(layer7))
        })
        .collect()
}

/// Why a rule that asks both sides to prove who they are cannot be decided.
fn authentication(entry: &RuleEntry<'_>) -> Option<String> {
    let mode = entry.authentication.as_ref()?.mode.as_deref();
    (mode != Some("disabled"))
        .then(|| "whether both sides can prove who they are is not known".to_owned())
}
