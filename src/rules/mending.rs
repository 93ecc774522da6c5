//! How to make a selector and the Workload that it was meant for agree, on the side that can
//! change.

use super::aim::Aim;
use super::nearest::{Near, Why};
use crate::cluster::{View, differs_by_pod};
use crate::finding::Mend;
use crate::labels::{Difference, Labels, Selector};
use crate::object::{Key, Kind, Meta, Of, Workload};
use crate::rules::words::as_yaml;

/// A label that a selector wants and a template does not have so.
struct Off<'s> {
    key: &'s str,
    wanted: &'s str,
    found: Option<&'s str>,
}

/// How to make a selector match the Workload that it comes near: in words, and as a patch where
/// one is known to be right.
pub(super) fn agree(aim: &Aim<'_>, near: &Near<'_>, view: View<'_>) -> (String, Option<Mend>) {
    let off: Vec<Off<'_>> = aim
        .selects
        .pairs()
        .filter(|(key, _)| !differs_by_pod(key))
        .map(|(key, wanted)| Off {
            key,
            wanted,
            found: near.template.labels.get(key),
        })
        .filter(|off| off.found != Some(off.wanted))
        .collect();
    let relabels = off.iter().all(|off| is_free(near.workload, off.key));
    let help = in_words(near, &off, relabels);
    if !near.unique {
        return (help, None);
    }
    let mend = if relabels {
        relabel(aim, near, &off, view)
    } else {
        reselect(aim, near, &off, view)
    };
    (help, mend)
}

/// Whether a label of a Workload's template can be given another value: its own selector, which
/// cannot change, must not need it.
fn is_free(workload: Of<'_, Workload>, key: &str) -> bool {
    let needed = |selector: &Selector| selector.requirements.iter().any(|r| &*r.key == key);
    match (workload.meta.kind, &workload.selector) {
        (Kind::Pod | Kind::CronJob, _) => true,
        // A Job's template cannot change, and what a custom kind needs is not known.
        (Kind::Job, _) | (_, None) => false,
        (_, Some(selector)) => !needed(selector),
    }
}

fn in_words(near: &Near<'_>, off: &[Off<'_>], relabels: bool) -> String {
    let reference = &near.workload.meta.reference;
    let name = format!("{} {}", reference.kind, reference.name);
    let [off] = off else {
        return format!("give the pods of {name} the labels that the selector asks for");
    };
    let key = off.key;
    let wanted = as_yaml(off.wanted);
    let found = off.found.map(as_yaml);
    let pods = if near.workload.meta.kind == Kind::Pod {
        name.clone()
    } else {
        format!("the pod template of {name}")
    };
    if let Some(other) = renamed(near) {
        return format!("select {other}: {wanted}, or add {key}: {wanted} to {pods}");
    }
    match (found, relabels) {
        (None, _) => format!("add {key}: {wanted} to {pods}, or drop it from the selector"),
        (Some(found), true) => {
            format!("set {key}: {wanted} on {pods}, or select {key}: {found}")
        }
        (Some(found), false) => {
            format!(
                "select {key}: {found}; {name} cannot be relabelled, its own selector needs {key}"
            )
        }
    }
}

/// The key under which a template has the value that a selector wants under another one.
fn renamed<'n>(near: &'n Near<'_>) -> Option<&'n str> {
    match &near.why {
        Why::OneLabel(_, Difference { renamed, .. }) => renamed.as_deref(),
        Why::OwnLabels => None,
    }
}

/// The patch that gives the template the labels that the selector asks for.
fn relabel(aim: &Aim<'_>, near: &Near<'_>, off: &[Off<'_>], view: View<'_>) -> Option<Mend> {
    let meta = near.workload.meta;
    // A stand-in for an owner that is not in view has nothing to patch.
    view.object_of(&Key::of(
        &meta.reference.api_version,
        &meta.reference.kind,
        meta.reference.namespace.as_ref(),
        &meta.reference.name,
    ))?;
    let old: &Labels = &near.template.labels;
    let new = off
        .iter()
        .fold(old.clone(), |labels, off| labels.with(off.key, off.wanted));
    if !aim.selector.matches(&new) || concerns_others(aim.meta, meta.namespace(), old, &new, view) {
        return None;
    }
    let labels = near.template.at.join("metadata.labels");
    let mut mend = Mend::of(meta.reference.clone());
    for off in off {
        if let Some(found) = off.found {
            mend = mend.test(&labels.key(off.key), found);
        }
    }
    if off.iter().all(|off| off.found.is_none()) {
        let (key, value) = sibling(aim, old)?;
        mend = mend.test(&labels.key(key), value);
    }
    Some(off.iter().fold(mend, |mend, off| {
        let at = labels.key(off.key);
        match off.found {
            Some(_) => mend.replace(&at, off.wanted),
            None => mend.add(&at, off.wanted),
        }
    }))
}

/// Whether other Services or policies would gain or lose pods whose labels change.
fn concerns_others(
    own: &Meta,
    namespace: &str,
    old: &Labels,
    new: &Labels,
    view: View<'_>,
) -> bool {
    let selecting = |labels: &Labels| {
        let services = view.services_of(namespace, labels).into_iter();
        let policies = view.policies_of(namespace, labels).into_iter();
        let all = services
            .map(|service| service.meta)
            .chain(policies.map(|policy| policy.meta));
        let others = all.filter(|meta| *meta != own);
        others.map(Meta::key).collect::<Vec<_>>()
    };
    selecting(old) != selecting(new)
}

/// A label of a template to hold on to where others are added: one that the selector asks for
/// too, where there is one.
fn sibling<'l>(aim: &Aim<'_>, labels: &'l Labels) -> Option<(&'l str, &'l str)> {
    labels
        .iter()
        .find(|pair| aim.selects.pairs().any(|asked| asked == *pair))
        .or_else(|| labels.iter().next())
}

/// The patch that makes the selector ask for the labels that the template has.
fn reselect(aim: &Aim<'_>, near: &Near<'_>, off: &[Off<'_>], view: View<'_>) -> Option<Mend> {
    let mut wanted: Labels = aim.selects.pairs().collect();
    for off in off {
        wanted = match (off.found, renamed(near)) {
            (Some(found), _) => wanted.with(off.key, found),
            (None, Some(other)) => wanted.without(|key| key == off.key).with(other, off.wanted),
            (None, None) => wanted.without(|key| key == off.key),
        };
    }
    if matches!(near.why, Why::OwnLabels) || wanted.is_empty() {
        return None;
    }
    let selects = Selector::equal_to(wanted.iter());
    let found = view.workloads(aim.namespace, &selects).found;
    let only = matches!(found.as_slice(), [one] if one.meta == near.workload.meta);
    only.then(|| aim.rewritten(&wanted)).flatten()
}
