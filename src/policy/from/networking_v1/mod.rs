//! `networking.k8s.io/v1 NetworkPolicy`.

mod peers;
mod ports;
mod spec;
#[cfg(test)]
mod tests;

use spec::RuleEntry;
pub use spec::Spec;

use super::sections::Sections;
use super::selector::{LabelSelector, Problems};
use crate::finding::FieldPath;
use crate::labels::Selector;
use crate::policy::{
    Action, Datapath, Direction, Isolates, Namespaces, Plain, PodSet, Policy, Rule, Ties,
};

/// Where `NetworkPolicies` stand among the tiers.
const TIER: u32 = 1_000_000;

/// What a `spec` means, and what the API server would refuse in it: where, and why. An entry that
/// it would refuse matches nothing.
pub fn translate(spec: &Spec<'_>) -> (Policy, Vec<(FieldPath, String)>) {
    let mut problems = Vec::new();
    let at = FieldPath::of("spec");
    let isolates = isolates(spec, &at, &mut problems);
    let pods = spec
        .pod_selector
        .as_ref()
        .map_or_else(Selector::default, |selector| {
            selector.translate(&at.join("podSelector"), &mut problems)
        });
    let ingress = spec.ingress.as_deref().unwrap_or_default();
    let ingress = rules(
        ingress,
        Direction::Ingress,
        &at.join("ingress"),
        &mut problems,
    );
    let egress = spec.egress.as_deref().unwrap_or_default();
    let egress = rules(egress, Direction::Egress, &at.join("egress"), &mut problems);
    let unsaid = spec.policy_types.as_deref().unwrap_or_default().is_empty()
        && spec.ingress.is_none()
        && !egress.is_empty();
    let sections = Sections::named(isolates, (ingress, egress), &at);
    let policy = Policy {
        tier: TIER.into(),
        subject: PodSet {
            namespaces: Namespaces::Own,
            pods,
            asks_for_pods: true,
            plain: Plain {
                pods: spec
                    .pod_selector
                    .as_ref()
                    .is_none_or(LabelSelector::is_plain),
                namespaces: false,
            },
        },
        unsure: None,
        subject_at: at.join("podSelector"),
        at,
        datapaths: &Datapath::ENFORCING,
        ties: Ties::Together,
        ingress: sections.ingress,
        egress: sections.egress,
        isolates,
        ignored: sections.ignored,
        isolates_unsaid: unsaid,
    };
    (policy, problems)
}

/// The directions of `policyTypes`; where it says none, Ingress, and Egress iff it has such rules.
fn isolates(spec: &Spec<'_>, at: &FieldPath, problems: &mut Problems) -> Isolates {
    let types = spec.policy_types.as_deref().unwrap_or_default();
    let at = at.join("policyTypes");
    if types.len() > 2 {
        problems.push((at.clone(), "more than two policyTypes".into()));
    }
    for (index, word) in types.iter().enumerate() {
        if !matches!(&**word, "Ingress" | "Egress") {
            let wrong = format!("{:?} is neither Ingress nor Egress", &**word);
            problems.push((at.index(index), wrong));
        }
    }
    if types.is_empty() {
        return Isolates {
            ingress: true,
            egress: spec.egress.as_ref().is_some_and(|rules| !rules.is_empty()),
        };
    }
    Isolates {
        ingress: types.iter().any(|word| &**word == "Ingress"),
        egress: types.iter().any(|word| &**word == "Egress"),
    }
}

fn rules(
    entries: &[RuleEntry<'_>],
    direction: Direction,
    at: &FieldPath,
    problems: &mut Problems,
) -> Vec<Rule> {
    let entries = entries.iter().enumerate();
    entries
        .map(|(index, entry)| rule(entry, direction, at.index(index), problems))
        .collect()
}

fn rule(
    entry: &RuleEntry<'_>,
    direction: Direction,
    at: FieldPath,
    problems: &mut Problems,
) -> Rule {
    let (field, peers, stray) = match direction {
        Direction::Ingress => ("from", &entry.from, entry.to.as_ref().map(|_| "to")),
        Direction::Egress => ("to", &entry.to, entry.from.as_ref().map(|_| "from")),
    };
    let ports = entry.ports.as_deref().unwrap_or_default();
    let peers = peers.as_deref().unwrap_or_default();
    let unknown = entry.unknown.as_deref().or(stray);
    let unknown = unknown
        .or_else(|| ports.iter().find_map(|port| port.unknown.as_deref()))
        .or_else(|| peers.iter().find_map(peers::unknown));
    Rule {
        order: (0, 0),
        action: Action::Allow,
        peers: peers::translate(peers, &at.join(field), problems),
        ports: ports::translate(ports, &at.join("ports"), problems),
        at,
        undecidable: unknown.map(|field| format!("unknown field {field:?}").into()),
    }
}
