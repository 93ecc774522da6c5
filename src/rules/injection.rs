//! Whether something will add a sidecar to a Workload's pods, with ports and labels that no
//! manifest shows.

use crate::cluster::{Known, View};
use crate::labels::Labels;
use crate::object::{Key, Kind, Meta, Template};

/// One way to ask for a sidecar: a label or annotation, and the values that ask for it. No
/// values at all means any but a refusal.
struct Wish {
    key: &'static str,
    values: &'static [&'static str],
}

const fn wish(key: &'static str, values: &'static [&'static str]) -> Wish {
    Wish { key, values }
}

/// What asks for a sidecar on a pod, as label or annotation.
const ON_PODS: [Wish; 6] = [
    wish("sidecar.istio.io/inject", &["true"]),
    wish("linkerd.io/inject", &["enabled", "ingress"]),
    wish("dapr.io/enabled", &["true"]),
    wish("vault.hashicorp.com/agent-inject", &["true"]),
    wish("consul.hashicorp.com/connect-inject", &["true"]),
    wish("kuma.io/sidecar-injection", &["enabled", "true"]),
];

/// What asks for one on every pod of a namespace, as label or annotation.
const ON_NAMESPACES: [Wish; 4] = [
    wish("istio-injection", &["enabled"]),
    wish("istio.io/rev", &[]),
    wish("linkerd.io/inject", &["enabled", "ingress"]),
    wish("kuma.io/sidecar-injection", &["enabled", "true"]),
];

/// What a pod says to go without what its namespace asks for.
const REFUSALS: [(&str, &[&str]); 3] = [
    ("sidecar.istio.io/inject", &["false"]),
    ("linkerd.io/inject", &["disabled"]),
    ("kuma.io/sidecar-injection", &["disabled", "false"]),
];

/// Whether the pods of a template will get a sidecar.
pub(super) fn is_expected(meta: &Meta, template: &Template, view: View<'_>) -> bool {
    // A live pod, and one being admitted, has been through every injector.
    if meta.kind == Kind::Pod && view.known(Kind::Pod, meta.namespace()) == Known::All {
        return false;
    }
    let of_pod = [&*template.labels, &template.annotations];
    if asks(&ON_PODS, &of_pod) {
        return true;
    }
    let refuses = REFUSALS.iter().any(|(key, values)| {
        of_pod
            .iter()
            .filter_map(|labels| labels.get(key))
            .any(|value| values.contains(&value))
    });
    !refuses && asked_by_namespace(meta.namespace(), view)
}

fn asked_by_namespace(namespace: &str, view: View<'_>) -> bool {
    view.object_of(&Key::new(Kind::Namespace, "", namespace))
        .is_some_and(|object| {
            asks(
                &ON_NAMESPACES,
                &[&*object.meta.labels, &object.meta.annotations],
            )
        })
}

fn asks(wishes: &[Wish], labels: &[&Labels]) -> bool {
    wishes.iter().any(|wish| {
        labels
            .iter()
            .filter_map(|labels| labels.get(wish.key))
            .any(|value| wish.values.is_empty() || wish.values.contains(&value))
    })
}
