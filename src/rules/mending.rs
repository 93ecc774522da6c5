//! How to make a selector and the Workload that it was meant for agree, on the side that can
//! change.

use super::nearest::{Near, Why};
use crate::cluster::{View, differs_by_pod};
use crate::finding::{FieldPath, Mend};
use crate::labels::{Difference, Labels, Selector};
use crate::object::{Key, Kind, Of, Service, Workload};
use crate::rules::words::as_yaml;

/// A label that a selector wants and a template does not have so.
struct Off<'s> {
    key: &'s str,
    wanted: &'s str,
    found: Option<&'s str>,
}

/// How to make `service` select the Workload that it comes near: in words, and as a patch where
/// one is known to be right.
pub(super) fn agree(
    service: Of<'_, Service>,
    near: &Near<'_>,
    view: View<'_>,
) -> (String, Option<Mend>) {
    let off: Vec<Off<'_>> = service
        .selector
        .iter()
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
        relabel(service, near, &off, view)
    } else {
        reselect(service, near, &off, view)
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
    if let Why::OneLabel(
        _,
        Difference {
            renamed: Some(other),
            ..
        },
    ) = &near.why
    {
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

/// The patch that gives the template the labels that the selector asks for.
fn relabel(
    service: Of<'_, Service>,
    near: &Near<'_>,
    off: &[Off<'_>],
    view: View<'_>,
) -> Option<Mend> {
    let meta = near.workload.meta;
    let namespace = meta.namespace();
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
    let selects_both = |other: &Of<'_, Service>| other.selects.matches(old);
    let intrudes = view
        .services_of(namespace, &new)
        .iter()
        .any(|other| other.meta != service.meta && !selects_both(other));
    if intrudes {
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
        let (key, value) = sibling(service, old)?;
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

/// A label of a template to hold on to where others are added: one that the selector asks for
/// too, where there is one.
fn sibling<'l>(service: Of<'_, Service>, labels: &'l Labels) -> Option<(&'l str, &'l str)> {
    labels
        .iter()
        .find(|(key, value)| service.selector.get(key) == Some(*value))
        .or_else(|| labels.iter().next())
}

/// The patch that makes the selector ask for the labels that the template has.
fn reselect(
    service: Of<'_, Service>,
    near: &Near<'_>,
    off: &[Off<'_>],
    view: View<'_>,
) -> Option<Mend> {
    let mut selector = service.selector.clone();
    let at = FieldPath::of("spec.selector");
    let mut mend = Mend::of(service.meta.reference.clone());
    for off in off {
        mend = mend.test(&at.key(off.key), off.wanted);
    }
    for off in off {
        let key = at.key(off.key);
        (selector, mend) = match off.found {
            Some(found) => (selector.with(off.key, found), mend.replace(&key, found)),
            None => (selector.without(|k| k == off.key), mend.remove(&key)),
        };
    }
    if matches!(near.why, Why::OwnLabels) || selector.is_empty() {
        return None;
    }
    let selects = Selector::equal_to(selector.iter());
    let found = view.workloads(service.meta.namespace(), &selects).found;
    let only = matches!(found.as_slice(), [one] if one.meta == near.workload.meta);
    only.then_some(mend)
}
