//! Whether a Workload that a selector comes near was meant by it, or is somebody else's.

use super::aim::Aim;
use super::nearest::{Candidate, Why};
use crate::cluster::View;
use crate::labels::{Difference, Nearness, Selector};
use crate::object::Of;
use crate::policy::{PodSet, Policy};

/// Whether a Service means a Workload: one that another Service selects was meant for that one,
/// unless it is told apart.
pub(super) fn by_service(aim: &Aim<'_>, candidate: Candidate<'_, '_>, view: View<'_>) -> bool {
    let others = view.services_of(aim.namespace, &candidate.template.labels);
    let alone = others.iter().all(|other| other.meta == aim.meta);
    alone || is_told_apart(aim, candidate, view)
}

/// Whether a policy means a Workload with its subject: not one that another policy names by the
/// label that is off, unless it is told apart.
pub(super) fn by_subject(aim: &Aim<'_>, candidate: Candidate<'_, '_>, view: View<'_>) -> bool {
    let Why::OneLabel(_, difference) = candidate.why else {
        return true;
    };
    let names_it = |other: &Of<'_, Policy>| {
        other.meta != aim.meta && names(&other.subject, other.meta.namespace(), aim, difference)
    };
    let others = view.policies_of(aim.namespace, &candidate.template.labels);
    let claimed = others.iter().any(names_it);
    is_likely(aim, candidate, view) && (!claimed || is_told_apart(aim, candidate, view))
}

/// Whether a peer of a policy means a Workload: not one that another peer beside it names by the
/// label that is off.
pub(super) fn by_peer(
    aim: &Aim<'_>,
    candidate: Candidate<'_, '_>,
    beside: &[&PodSet],
    view: View<'_>,
) -> bool {
    let Why::OneLabel(_, difference) = candidate.why else {
        return true;
    };
    let labels = &candidate.template.labels;
    let claimed = beside.iter().any(|other| {
        other.pods.matches(labels) && names(other, aim.meta.namespace(), aim, difference)
    });
    is_likely(aim, candidate, view) && !claimed
}

/// Whether a set of pods, of a policy in `own`, lies in the namespace of an aim and asks for the
/// label that is off.
fn names(set: &PodSet, own: &str, aim: &Aim<'_>, by: &Difference) -> bool {
    let there = set
        .named_namespaces(own)
        .is_some_and(|names| names.contains(&aim.namespace));
    there && set.pods.requirements.iter().any(|it| it.key == by.key)
}

/// Whether a policy comes near enough to a Workload. Policies are written also for pods that are
/// made at run time or elsewhere, so that it takes more than for a Service: a slip, the same value
/// under another key, the Workload's own name, or that nothing else can be meant.
fn is_likely(aim: &Aim<'_>, candidate: Candidate<'_, '_>, view: View<'_>) -> bool {
    let Why::OneLabel(nearness, difference) = candidate.why else {
        return true;
    };
    match nearness {
        Nearness::Typo | Nearness::Renamed => true,
        Nearness::Affix | Nearness::OneKey => is_called(&difference.wanted, candidate, view),
        Nearness::Lacks => is_alone(aim, candidate, difference, view),
    }
}

/// Whether a Workload, or a Service that selects its pods, has this name.
fn is_called(name: &str, candidate: Candidate<'_, '_>, view: View<'_>) -> bool {
    let meta = candidate.workload.meta;
    let services = || view.services_of(meta.namespace(), &candidate.template.labels);
    meta.name() == name || services().iter().any(|service| service.meta.name() == name)
}

/// Whether a Workload is meant although others select it, as with an operator's Services for
/// metrics and webhooks: one value is off by a slip or a word, and nothing else can be meant.
fn is_told_apart(aim: &Aim<'_>, candidate: Candidate<'_, '_>, view: View<'_>) -> bool {
    let Why::OneLabel(Nearness::Typo | Nearness::Affix, difference) = candidate.why else {
        return false;
    };
    let telling = difference.agrees || lost_its_prefix(aim, difference);
    telling && is_alone(aim, candidate, difference, view)
}

/// Whether what else a selector asks for finds this Workload alone.
fn is_alone(
    aim: &Aim<'_>,
    candidate: Candidate<'_, '_>,
    difference: &Difference,
    view: View<'_>,
) -> bool {
    let rest: Selector = aim.selector.without(|key| key == &*difference.key);
    let found = view.workloads(aim.namespace, &rest).found;
    matches!(found.as_slice(), [one] if one.meta == candidate.workload.meta)
}

/// Whether the one label that a selector asks for is the Workload's without its first words, as
/// where a scaffold's `controller-manager` was renamed on one side. Where it is the object's own
/// name, pods of that name may still come.
fn lost_its_prefix(aim: &Aim<'_>, by: &Difference) -> bool {
    let found = by.found.as_deref().unwrap_or_default();
    let before = found.strip_suffix(&*by.wanted);
    aim.selector.requirements.len() == 1
        && aim.meta.name() != &*by.wanted
        && before.is_some_and(|words| words.ends_with('-'))
}
