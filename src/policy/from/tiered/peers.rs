//! `subject`, `from` and `to` of the policies of administrators.

use super::spec::{NamespacedPod, PeerEntry, Subject};
use crate::finding::FieldPath;
use crate::labels::{Selector, Test};
use crate::policy::from::cidr;
use crate::policy::from::selector::{LabelSelector, Problems};
use crate::policy::{Direction, Namespaces, Peer, Plain, PodSet};
use crate::text::Word;

/// Why a peer that names domains is not decided.
const DOMAIN: &str = "which addresses a domain name has is not known";

/// The pods of a `subject`, and the first field in it that is not known here. One that the API
/// server would refuse chooses none.
pub(super) fn subject(
    subject: Option<&Subject<'_>>,
    at: &FieldPath,
    problems: &mut Problems,
) -> (PodSet, Option<String>) {
    let none = || PodSet {
        namespaces: Namespaces::Matching(Selector::default()),
        pods: nothing(),
        asks_for_pods: false,
        plain: Plain::default(),
    };
    let unknown = subject.and_then(|it| {
        let namespaces = it.namespaces.as_ref().and_then(LabelSelector::unknown);
        let pods = it.pods.as_ref().and_then(unknown_pods);
        it.unknown.as_deref().or(namespaces).or(pods)
    });
    let unknown = unknown.map(str::to_owned);
    let everything = || PodSet {
        namespaces: Namespaces::Matching(Selector::default()),
        pods: Selector::default(),
        asks_for_pods: false,
        plain: Plain::default(),
    };
    let set = match subject.map(|it| (&it.namespaces, &it.pods)) {
        Some((Some(namespaces), None)) => in_namespaces(namespaces, at, problems),
        Some((None, Some(found))) => pods(found, &at.join("pods"), problems),
        Some((None, None)) if unknown.is_some() => everything(),
        _ => {
            let wrong = "a subject needs one of namespaces and pods";
            problems.push((at.clone(), wrong.to_owned()));
            none()
        }
    };
    (set, unknown)
}

/// A selector that no labels meet.
fn nothing() -> Selector {
    Selector {
        requirements: vec![crate::labels::Requirement {
            key: "".into(),
            test: Test::In(Vec::new()),
        }],
    }
}

fn in_namespaces(selector: &LabelSelector<'_>, at: &FieldPath, problems: &mut Problems) -> PodSet {
    PodSet {
        namespaces: Namespaces::Matching(selector.translate(&at.join("namespaces"), problems)),
        pods: Selector::default(),
        asks_for_pods: false,
        plain: Plain {
            pods: false,
            namespaces: selector.is_plain(),
        },
    }
}

fn pods(entry: &NamespacedPod<'_>, at: &FieldPath, problems: &mut Problems) -> PodSet {
    let mut select = |selector: &Option<LabelSelector<'_>>, field: &str| {
        selector.as_ref().map_or_else(Selector::default, |it| {
            it.translate(&at.join(field), problems)
        })
    };
    PodSet {
        namespaces: Namespaces::Matching(select(&entry.namespace_selector, "namespaceSelector")),
        pods: select(&entry.pod_selector, "podSelector"),
        // Pods on their host's network are none of these peers, as their type says.
        asks_for_pods: false,
        plain: Plain {
            pods: is_plain(entry.pod_selector.as_ref()),
            namespaces: is_plain(entry.namespace_selector.as_ref()),
        },
    }
}

fn is_plain(selector: Option<&LabelSelector<'_>>) -> bool {
    selector.is_some_and(LabelSelector::is_plain)
}

fn unknown_pods<'s>(entry: &'s NamespacedPod<'_>) -> Option<&'s str> {
    let selectors = [&entry.namespace_selector, &entry.pod_selector];
    let inner = selectors
        .into_iter()
        .flatten()
        .find_map(LabelSelector::unknown);
    entry.unknown.as_deref().or(inner)
}

/// The first field of a peer that is not known here.
pub(super) fn unknown<'s>(entry: &'s PeerEntry<'_>) -> Option<&'s str> {
    let selectors = [&entry.namespaces, &entry.nodes];
    let inner = selectors
        .into_iter()
        .flatten()
        .find_map(LabelSelector::unknown);
    entry
        .unknown
        .as_deref()
        .or(inner)
        .or_else(|| entry.pods.as_ref().and_then(unknown_pods))
}

/// What one entry of `from` or `to` means; `None` where it says nothing, or too much.
pub(super) fn peers(
    entry: &PeerEntry<'_>,
    direction: Direction,
    at: &FieldPath,
    problems: &mut Problems,
) -> Option<Vec<Peer>> {
    let outward = [
        ("nodes", entry.nodes.is_some()),
        ("networks", entry.networks.is_some()),
        ("domainNames", entry.domain_names.is_some()),
    ];
    if direction == Direction::Ingress
        && let Some((field, _)) = outward.iter().find(|(_, given)| *given)
    {
        problems.push((at.join(field), format!("{field} is no source of ingress")));
        return None;
    }
    let inward = [entry.namespaces.is_some(), entry.pods.is_some()].into_iter();
    let given = inward.chain(outward.into_iter().map(|(_, given)| given));
    if given.filter(|it| *it).count() != 1 {
        let wrong = match direction {
            Direction::Ingress => "a peer needs one of namespaces and pods",
            Direction::Egress => {
                "a peer needs one of namespaces, pods, nodes, networks and domainNames"
            }
        };
        problems.push((at.clone(), wrong.to_owned()));
        return None;
    }
    let mut found = Vec::new();
    if let Some(namespaces) = &entry.namespaces {
        found.push(Peer::Pods {
            set: in_namespaces(namespaces, at, problems),
            at: at.join("namespaces"),
        });
    }
    if let Some(entry) = &entry.pods {
        let at = at.join("pods");
        found.push(Peer::Pods {
            set: pods(entry, &at, problems),
            at,
        });
    }
    if let Some(nodes) = &entry.nodes {
        found.push(Peer::Nodes(nodes.translate(&at.join("nodes"), problems)));
    }
    for (index, text) in entry.networks.iter().flatten().enumerate() {
        let at = at.join("networks").index(index);
        found.extend(network(text, at, problems));
    }
    if entry.domain_names.is_some() {
        found.push(Peer::Elsewhere(DOMAIN.into()));
    }
    Some(found)
}

/// What is refused of domains in a rule that does not admit.
pub(super) fn no_domains(list: &[PeerEntry<'_>], at: &FieldPath, problems: &mut Problems) {
    for (index, entry) in list.iter().enumerate() {
        if entry.domain_names.is_some() {
            let wrong = "domainNames can only be admitted, neither denied nor passed";
            problems.push((at.index(index).join("domainNames"), wrong.to_owned()));
        }
    }
}

/// What is refused of peers that declare no ports in a rule that asks for ports by name.
pub(super) fn no_names(list: &[PeerEntry<'_>], at: &FieldPath, problems: &mut Problems) {
    for (index, entry) in list.iter().enumerate() {
        let given = [
            ("nodes", entry.nodes.is_some()),
            ("networks", entry.networks.is_some()),
            ("domainNames", entry.domain_names.is_some()),
        ];
        for (field, _) in given.into_iter().filter(|(_, given)| *given) {
            let wrong = format!("{field} have no ports by name, which the rule asks for");
            problems.push((at.index(index).join(field), wrong));
        }
    }
}

fn network(text: &Word<'_>, at: FieldPath, problems: &mut Problems) -> Option<Peer> {
    let net = cidr::parse(text);
    if net.is_none() {
        problems.push((at, format!("{:?} is no CIDR block", &**text)));
    }
    net.map(Peer::Network)
}
