//! Labels of namespaces that a policy asks for and no namespace has.

use crate::cluster::{Known, View};
use crate::finding::{FieldPath, Finding, Mend, Segment, Severity};
use crate::labels::{Requirement, Selector, Test, near_name};
use crate::object::{Key, Kind, Meta};
use crate::policy::{NAMESPACE_NAME_LABEL, Namespaces, PodSet};
use crate::rules::words::as_yaml;

/// What is said of a set of pods, of a policy, that asks for namespaces by labels that none in
/// view has; the set stands at `at`. `misses` says what it does not do: `matches`.
pub(super) fn finding(
    meta: &Meta,
    (set, at): (&PodSet, &FieldPath),
    misses: &str,
    view: View<'_>,
) -> Option<Finding> {
    let Namespaces::Matching(selector) = &set.namespaces else {
        return None;
    };
    if !asks(selector) || view.has_namespace(selector) {
        return None;
    }
    if let Some((key, name)) = misnamed(selector, view) {
        let message = format!(
            "{misses} no namespace: Namespace {name} has no label {key}, \
             only {NAMESPACE_NAME_LABEL} is automatic"
        );
        let value = as_yaml(name);
        let help =
            format!("select {NAMESPACE_NAME_LABEL}: {value}, or label the namespace {key}={name}");
        let namespace = view.object_of(&Key::new(Kind::Namespace, "", name))?;
        let labels = FieldPath::of("metadata.labels");
        let reference = namespace.meta.reference.clone();
        let finding = Finding::new(Severity::Warning, at.clone(), message)
            .help(help)
            .related(reference, labels, "the namespace")
            .mend(renamed(meta, (set, at), (key, name)));
        return Some(finding);
    }
    (view.known(Kind::Namespace, "") == Known::All).then(|| nowhere(at, misses, selector, view))
}

/// Whether a selector asks for a label, and not only for none.
fn asks(selector: &Selector) -> bool {
    selector.requirements.iter().any(|it| match &it.test {
        Test::In(values) => !values.is_empty(),
        Test::Exists => true,
        _ => false,
    })
}

/// The key that asks for a namespace by its name although that namespace has no such label, and
/// the name.
fn misnamed<'s>(selector: &'s Selector, view: View<'_>) -> Option<(&'s str, &'s str)> {
    let mut pairs = selector.pairs();
    pairs.find(|(key, name)| {
        *key != NAMESPACE_NAME_LABEL
            && view
                .namespace_labels(name)
                .is_ok_and(|labels| labels.get(key).is_none())
    })
}

/// The patch that asks for a namespace by the label that every one has.
fn renamed(
    meta: &Meta,
    (set, at): (&PodSet, &FieldPath),
    (key, name): (&str, &str),
) -> Option<Mend> {
    let labels = labels_at(meta.kind, set, at).filter(|_| set.plain.namespaces)?;
    let (old, new) = (labels.key(key), labels.key(NAMESPACE_NAME_LABEL));
    let mend = Mend::of(meta.reference.clone()).test(&old, name);
    Some(mend.remove(&old).add(&new, name))
}

/// Where a set that is written as plain labels says which those of its namespaces are.
fn labels_at(kind: Kind, set: &PodSet, at: &FieldPath) -> Option<FieldPath> {
    let is_subject = at == &FieldPath::of("spec.subject");
    let of_namespaces =
        matches!(at.segments().last(), Some(Segment::Key(key)) if &**key == "namespaces");
    Some(match kind {
        Kind::NetworkPolicy => at.join("namespaceSelector.matchLabels"),
        Kind::AdminNetworkPolicy
        | Kind::BaselineAdminNetworkPolicy
        | Kind::ClusterNetworkPolicy
        | Kind::AwsClusterNetworkPolicy => match (is_subject, set.plain.pods) {
            (true, true) => at.join("pods.namespaceSelector.matchLabels"),
            (true, false) => at.join("namespaces.matchLabels"),
            (false, _) if of_namespaces => at.join("matchLabels"),
            (false, _) => at.join("namespaceSelector.matchLabels"),
        },
        _ => return None,
    })
}

fn nowhere(at: &FieldPath, misses: &str, selector: &Selector, view: View<'_>) -> Finding {
    let named = selector
        .pairs()
        .find(|(key, _)| *key == NAMESPACE_NAME_LABEL);
    let message = match named {
        Some((_, name)) => format!("{misses} no namespace: there is none of the name {name}"),
        None => format!("{misses} no namespace: none has {}", in_words(selector)),
    };
    let near = named.and_then(|(_, name)| near_name(name, view.namespace_names()));
    let help = match near {
        Some(near) => format!("did you mean {near}?"),
        None => "create or label the namespace, or correct the selector".to_owned(),
    };
    Finding::new(Severity::Notice, at.clone(), message)
        .help(help)
        .absent()
}

fn in_words(selector: &Selector) -> String {
    let one = |requirement: &Requirement| match &requirement.test {
        Test::In(values) => format!("{}={}", requirement.key, values.join("|")),
        _ => requirement.key.to_string(),
    };
    let asked = selector.requirements.iter();
    let asked = asked.filter(|it| matches!(it.test, Test::In(_) | Test::Exists));
    asked.map(one).collect::<Vec<_>>().join(", ")
}
