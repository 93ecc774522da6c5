//! `policy-selects-nothing`: a policy applies to no pod.

use crate::cluster::View;
use crate::finding::{Finding, Severity};
use crate::labels::is_telling;
use crate::object::{Of, Workload};
use crate::policy::{Namespaces, Policy};
use crate::rules::aim::Aim;
use crate::rules::mending::agree;
use crate::rules::nearest::{Near, Search, elsewhere, nearest};
use crate::rules::presence::{Places, Presence, presence};
use crate::rules::run_time::asks_for_labels_of_programs;
use crate::rules::{Check, Rule, meant, namespace_labels};

pub(crate) const RULE: Rule = Rule {
    id: "policy-selects-nothing",
    page: include_str!("policy_selects_nothing.md"),
    check: Check::Policy(check),
    gathers: "",
};

fn check(policy: Of<'_, Policy>, view: View<'_>) -> Vec<Finding> {
    if policy.unsure.is_some() {
        return Vec::new();
    }
    let (meta, at) = (policy.meta, &policy.subject_at);
    let set = &policy.body.subject;
    if let Some(finding) = namespace_labels::finding(meta, (set, at), "selects", view) {
        return vec![finding];
    }
    let found = match presence(set, meta.namespace(), view) {
        Presence::Possible => None,
        Presence::Absent(places) => nothing_in(&places, policy, view),
    };
    found.map(Finding::absent).into_iter().collect()
}

/// What is said of a policy that finds nothing where it looks.
fn nothing_in(places: &Places<'_>, policy: Of<'_, Policy>, view: View<'_>) -> Option<Finding> {
    let Some(namespace) = places.only() else {
        return Some(nothing_yet(&Aim::of_subject(policy, "")?, policy));
    };
    let aim = Aim::of_subject(policy, namespace)?;
    if asks_for_labels_of_programs(&aim, view) {
        return None;
    }
    match nearest(&aim, view, |candidate| {
        meant::by_subject(&aim, candidate, view)
    }) {
        Search::Undecided => None,
        Search::Near(near) => Some(near_miss(&aim, &near, policy, view)),
        Search::Nothing => {
            let own = policy.subject.namespaces == Namespaces::Own && tells(&aim);
            let found = own.then(|| elsewhere(&aim, view, is_taken(&aim, view)));
            Some(found.flatten().map_or_else(
                || nothing_yet(&aim, policy),
                |workload| in_another_namespace(workload, policy),
            ))
        }
    }
}

fn near_miss(aim: &Aim<'_>, near: &Near<'_>, policy: Of<'_, Policy>, view: View<'_>) -> Finding {
    let (help, mend) = agree(aim, near, view);
    let reference = near.workload.meta.reference.clone();
    let labels = near.template.at.join("metadata.labels");
    finding(
        policy,
        Severity::Warning,
        near.in_words(aim, "selects no pod"),
    )
    .help(help)
    .related(reference, labels, "nearest workload")
    .mend(mend)
}

/// Whether a policy that names pods by their labels selects a Workload that stands elsewhere.
fn is_taken<'v>(aim: &Aim<'v>, view: View<'v>) -> impl Fn(Of<'v, Workload>) -> bool {
    let own = aim.meta;
    move |workload| {
        let namespace = workload.meta.namespace();
        let mut templates = workload.body.templates();
        templates.any(|template| {
            let mut policies = view.policies_of(namespace, &template.labels).into_iter();
            policies.any(|other| other.meta != own && other.subject.chooses_by_labels())
        })
    }
}

/// Whether a selector says which program it means, and not only whose or which part of one.
fn tells(aim: &Aim<'_>) -> bool {
    aim.selector.pairs().any(|(key, _)| is_telling(key))
}

fn in_another_namespace(workload: Of<'_, Workload>, policy: Of<'_, Policy>) -> Finding {
    let reference = &workload.meta.reference;
    let labels = workload.template.at.join("metadata.labels");
    let message = format!("selects no pod: {reference} matches, but in another namespace");
    finding(policy, Severity::Warning, message)
        .help(format!(
            "create the policy in namespace {}: it applies to pods of its own namespace only",
            workload.meta.namespace()
        ))
        .related(reference.clone(), labels, "matches in another namespace")
}

fn nothing_yet(aim: &Aim<'_>, policy: Of<'_, Policy>) -> Finding {
    let message = format!("selects no pod: {}", aim.missing());
    finding(policy, Severity::Notice, message).help("create the pods, or correct the selector")
}

fn finding(policy: Of<'_, Policy>, severity: Severity, message: String) -> Finding {
    Finding::new(severity, policy.subject_at.clone(), message)
}
