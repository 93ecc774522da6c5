//! A selector over pods as an object says it: what it asks for, where it looks, and what of it can
//! be changed where it stands.

use crate::cluster::differs_by_pod;
use crate::finding::{FieldPath, Mend};
use crate::labels::calico;
use crate::labels::{Labels, Selector};
use crate::object::{Kind, Meta, Of, Service};
use crate::policy::{PodSet, Policy};

/// A selector over pods as an object says it.
#[derive(Debug)]
pub(super) struct Aim<'s> {
    /// The object.
    pub(super) meta: &'s Meta,
    /// The namespace in which it looks for pods.
    pub(super) namespace: &'s str,
    /// What it asks of them.
    pub(super) selects: &'s Selector,
    /// The same without what no template shows.
    pub(super) selector: Selector,
    /// How it is written, where a mend can change it.
    written: Option<Written>,
}

/// How a selector is written.
#[derive(Debug)]
enum Written {
    /// As a mapping of labels, which stands there.
    Labels(FieldPath),
    /// As a text in Calico's language, which stands there.
    Text(FieldPath),
}

impl<'s> Aim<'s> {
    /// What a Service looks for; `None` where no pod is meant, or where nothing is left that a
    /// template could show.
    pub(super) fn of_service(service: Of<'s, Service>) -> Option<Self> {
        let aim = Self {
            meta: service.meta,
            namespace: service.meta.namespace(),
            selects: &service.body.selects,
            selector: service.selects.without(differs_by_pod),
            written: Some(Written::Labels(FieldPath::of("spec.selector"))),
        };
        (!service.external_name && !aim.selector.is_empty()).then_some(aim)
    }

    /// What a policy's subject looks for in a namespace; `None` where nothing is left that a
    /// template could show.
    pub(super) fn of_subject(policy: Of<'s, Policy>, namespace: &'s str) -> Option<Self> {
        let at = &policy.subject_at;
        let at = match policy.meta.kind {
            Kind::AdminNetworkPolicy
            | Kind::BaselineAdminNetworkPolicy
            | Kind::ClusterNetworkPolicy
            | Kind::AwsClusterNetworkPolicy => at.join("pods.podSelector"),
            _ => at.clone(),
        };
        Self::of_pods(policy.meta, &policy.body.subject, &at, namespace)
    }

    /// What a peer of a policy, which stands at `at`, looks for in a namespace; `None` where
    /// nothing is left that a template could show.
    pub(super) fn of_peer(
        meta: &'s Meta,
        (set, at): (&'s PodSet, &FieldPath),
        namespace: &'s str,
    ) -> Option<Self> {
        let at = match meta.kind {
            Kind::CiliumNetworkPolicy | Kind::CiliumClusterwideNetworkPolicy => at.clone(),
            Kind::CalicoNetworkPolicy | Kind::GlobalNetworkPolicy => at.join("selector"),
            _ => at.join("podSelector"),
        };
        Self::of_pods(meta, set, &at, namespace)
    }

    fn of_pods(
        meta: &'s Meta,
        set: &'s PodSet,
        at: &FieldPath,
        namespace: &'s str,
    ) -> Option<Self> {
        let written = match meta.kind {
            Kind::CalicoNetworkPolicy | Kind::GlobalNetworkPolicy => Written::Text(at.clone()),
            _ => Written::Labels(at.join("matchLabels")),
        };
        let aim = Self {
            meta,
            namespace,
            selects: &set.pods,
            selector: set.pods.without(differs_by_pod),
            written: set.plain.pods.then_some(written),
        };
        (!aim.selector.is_empty()).then_some(aim)
    }

    /// That nothing is there, in words: `nothing in shop has app=web, tier=api`.
    pub(super) fn missing(&self) -> String {
        let place = match self.namespace {
            "" => "nothing in view".to_owned(),
            namespace => format!("nothing in {namespace}"),
        };
        let pairs = self.selects.pairs();
        let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}={value}")).collect();
        if pairs.len() == self.selects.requirements.len() {
            format!("{place} has {}", pairs.join(", "))
        } else {
            format!("{place} has labels like these")
        }
    }

    /// The patch that makes it ask for `wanted` instead, where that can be written.
    pub(super) fn rewritten(&self, wanted: &Labels) -> Option<Mend> {
        let asked: Vec<(&str, &str)> = self.selects.pairs().collect();
        let mend = Mend::of(self.meta.reference.clone());
        let at = match self.written.as_ref()? {
            Written::Labels(at) => at,
            Written::Text(at) => {
                let new = calico::write(&Selector::equal_to(wanted.iter()))?;
                return Some(mend.test(at, calico::write(self.selects)?).replace(at, new));
            }
        };
        let changes = |(key, value): &&(&str, &str)| wanted.get(key) != Some(*value);
        let off = || asked.iter().filter(changes);
        let tested = off().fold(mend, |mend, (key, value)| mend.test(&at.key(key), *value));
        let told = off().fold(tested, |mend, (key, _)| match wanted.get(key) {
            Some(value) => mend.replace(&at.key(key), value),
            None => mend.remove(&at.key(key)),
        });
        let new = wanted
            .iter()
            .filter(|(key, _)| asked.iter().all(|(asked, _)| asked != key));
        Some(new.fold(told, |mend, (key, value)| mend.add(&at.key(key), value)))
    }
}
