//! A dash too many in a list of peers: it parts a selector over pods from the one over namespaces,
//! so that either will do where both were meant.

use serde_json::{Map, Value, json};

use super::aim::Aim;
use crate::cluster::View;
use crate::finding::{FieldPath, Finding, Mend, Segment, Severity};
use crate::labels::Selector;
use crate::object::{Kind, Of, Workload};
use crate::policy::{Namespaces, Peer, PodSet};

/// What is said of a peer that finds no pods in its own namespace, where a peer beside it chooses
/// whole namespaces and such pods are in those.
pub(super) fn finding(
    aim: &Aim<'_>,
    (set, at): (&PodSet, &FieldPath),
    beside: &[&Peer],
    view: View<'_>,
) -> Option<Finding> {
    if set.namespaces != Namespaces::Own {
        return None;
    }
    let mut others = beside.iter().copied().filter_map(whole_namespaces);
    let (sibling, sibling_at, workload) = others.find_map(|(sibling, selector, at)| {
        let workload = there(aim, selector, view)?;
        Some((sibling, at, workload))
    })?;
    let reference = &workload.meta.reference;
    let message = format!(
        "matches no pod in {}: a dash too many parts it from {}, in whose namespaces {reference} is",
        aim.namespace,
        last_of(sibling_at)
    );
    let labels = workload.template.at.join("metadata.labels");
    let lonely = beside.iter().filter(|peer| is_own(peer)).count() == 1;
    let plain = set.plain.pods && sibling.plain.namespaces;
    let mend = (lonely && plain && aim.meta.kind == Kind::NetworkPolicy)
        .then(|| joined(aim, at, sibling_at));
    let finding = Finding::new(Severity::Warning, at.clone(), message)
        .help("make the two one peer, which asks for namespaces and pods at once: remove the dash")
        .related(
            aim.meta.reference.clone(),
            sibling_at.clone(),
            "the other part",
        )
        .related(reference.clone(), labels, "these pods");
    Some(finding.mend(mend))
}

/// A peer that chooses whole namespaces, by which labels, and where it stands.
fn whole_namespaces(peer: &Peer) -> Option<(&PodSet, &Selector, &FieldPath)> {
    match peer {
        Peer::Pods { set, at } if set.pods.is_empty() => match &set.namespaces {
            Namespaces::Matching(selector) => Some((set, selector, at)),
            Namespaces::Own => None,
        },
        _ => None,
    }
}

fn is_own(peer: &Peer) -> bool {
    matches!(peer, Peer::Pods { set, .. } if set.namespaces == Namespaces::Own)
}

/// A Workload that an aim would match in the namespaces that surely meet a selector.
fn there<'a>(aim: &Aim<'_>, selector: &Selector, view: View<'a>) -> Option<Of<'a, Workload>> {
    let others = view.namespaces_with_workloads().into_iter();
    let chosen = others.filter(|name| {
        let (Ok(labels) | Err(labels)) = view.namespace_labels(name);
        *name != aim.namespace && selector.matches(&labels)
    });
    let mut found = chosen.flat_map(|name| view.workloads(name, aim.selects).found);
    found.next()
}

/// `from[0]` of `spec.ingress[0].from[0]`.
fn last_of(at: &FieldPath) -> String {
    match at.segments() {
        [.., Segment::Key(key), Segment::Index(index)] => format!("{key}[{index}]"),
        _ => at.to_string(),
    }
}

/// The patch that makes one peer of two.
fn joined(aim: &Aim<'_>, at: &FieldPath, sibling: &FieldPath) -> Mend {
    let labels = at.join("podSelector.matchLabels");
    let pairs = || aim.selects.pairs();
    let mend = pairs().fold(
        Mend::of(aim.meta.reference.clone()),
        |mend, (key, value)| mend.test(&labels.key(key), value),
    );
    let wanted: Map<String, Value> = pairs()
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect();
    let selector = json!({ "matchLabels": wanted });
    mend.add(&sibling.join("podSelector"), selector).remove(at)
}
