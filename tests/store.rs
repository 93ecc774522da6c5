//! The Store answers by what is in it, not by how it came there.

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use portcullis::cluster::{Change, Knowledge, Known, Store, View};
use portcullis::labels::{Labels, Selector};
use portcullis::object::{Key, Kind, Object, Workload};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{deployment, object, owner, pod, replica_set, service, with};

const NAMESPACES: [&str; 2] = ["a", "b"];

/// Everything that a View can be asked of a small world, as text.
fn answers(store: &Store) -> Vec<String> {
    let knowledge = Knowledge::default();
    let view = View::new(store, &knowledge);
    let mut out = vec![format!("{} objects", store.len())];
    for namespace in NAMESPACES {
        for labels in all_labels() {
            let selector = Selector::equal_to(labels.iter());
            let names = |found: Vec<portcullis::object::Of<'_, Workload>>| {
                found
                    .iter()
                    .map(|w| format!("{} {:?}", w.meta, view.injected_ports(*w)))
                    .collect::<Vec<_>>()
            };
            let matches = view.workloads(namespace, &selector);
            out.push(format!(
                "{namespace} {selector:?}: {:?} {:?}",
                names(matches.found),
                matches.complete
            ));
            let services: Vec<_> = view
                .services_of(namespace, &labels)
                .iter()
                .map(|s| s.meta.to_string())
                .collect();
            let policies: Vec<_> = view
                .policies_of(namespace, &labels)
                .iter()
                .map(|p| p.meta.to_string())
                .collect();
            out.push(format!("{namespace} {labels:?}: {services:?} {policies:?}"));
            let with_peers: Vec<_> = view
                .policies_with_peers(namespace, &labels)
                .iter()
                .map(|p| p.meta.to_string())
                .collect();
            let idle_for: Vec<_> = view
                .idle_for(&labels)
                .map(|object| object.meta.to_string())
                .collect();
            out.push(format!(
                "{namespace} {labels:?}: {with_peers:?} {idle_for:?}"
            ));
        }
        let idle: Vec<_> = view
            .idle_in(namespace)
            .map(|object| object.meta.to_string())
            .collect();
        out.push(format!("{namespace} idle: {idle:?}"));
        for name in ["d0", "d1"] {
            let asking: Vec<_> = store
                .asking_for(&Key::new(Kind::Deployment, namespace, name))
                .iter()
                .map(|object| object.meta.to_string())
                .collect();
            out.push(format!("{namespace} asks for {name}: {asking:?}"));
        }
    }
    out
}

fn all_labels() -> Vec<Labels> {
    let some = |pairs: &[(&str, &str)]| pairs.iter().copied().collect();
    vec![
        some(&[]),
        some(&[("app", "x")]),
        some(&[("app", "y")]),
        some(&[("app", "x"), ("tier", "1")]),
        some(&[("tier", "1")]),
    ]
}

fn labels() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"app": "x"})),
        Just(json!({"app": "y"})),
        Just(json!({"app": "x", "tier": "1"})),
        Just(json!({"tier": "1"})),
    ]
}

fn namespace() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("a"), Just("b")]
}

/// The other side of a policy's rule.
fn peer() -> impl Strategy<Value = Value> {
    (labels(), namespace(), 0..3).prop_map(|(labels, ns, form)| {
        let pods = json!({"matchLabels": labels});
        let by_name = json!({"matchLabels": {"kubernetes.io/metadata.name": ns}});
        match form {
            0 => json!({"podSelector": pods}),
            1 => json!({"podSelector": pods, "namespaceSelector": by_name}),
            _ => json!({"podSelector": pods, "namespaceSelector": {}}),
        }
    })
}

/// Any object of a small world: names are few, so that creates become replacements.
fn any_object() -> impl Strategy<Value = Value> {
    let name = || prop_oneof![Just("d0"), Just("d1")];
    let hash = || prop_oneof![Just("1"), Just("2")];
    prop_oneof![
        (namespace(), name(), labels())
            .prop_map(|(ns, name, labels)| deployment(ns, name, &labels, 8080)),
        (namespace(), name(), hash(), labels(), 0u32..2).prop_map(
            |(ns, name, hash, labels, replicas)| replica_set(ns, name, hash, &labels, replicas)
        ),
        (
            namespace(),
            name(),
            hash(),
            0..3,
            labels(),
            any::<bool>(),
            any::<bool>()
        )
            .prop_map(|(ns, name, hash, n, labels, over, owned)| {
                let owner =
                    owned.then(|| owner("apps/v1", "ReplicaSet", &format!("{name}-{hash}")));
                let phase = if over { "Succeeded" } else { "Running" };
                let labels = with(&labels, "pod-template-hash", hash);
                pod(ns, &format!("{name}-{hash}-{n}"), &labels, owner, phase)
            }),
        (namespace(), name(), labels()).prop_map(|(ns, name, selector)| service(
            ns,
            name,
            &selector,
            &json!(8080)
        )),
        (namespace(), name(), labels(), any::<bool>(), peer()).prop_map(
            |(ns, name, labels, all, peer)| json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                "metadata": {"name": name, "namespace": ns},
                "spec": {
                    "podSelector": if all { json!({}) } else { json!({"matchLabels": labels}) },
                    "ingress": [{"from": [peer]}],
                },
            })
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_creates_replaces_and_deletes_answers_like_a_store_built_from_scratch(
        steps in prop::collection::vec((any_object(), any::<bool>()), 1..40),
        reverse in any::<bool>(),
    ) {
        let mut store = Store::default();
        store.cover(None, None, Known::All);
        let mut truth: BTreeMap<Key, Arc<Object>> = BTreeMap::new();
        for (value, delete) in steps {
            let object = object(&value);
            let key = object.meta.key();
            let before = truth.get(&key).cloned();
            let after = (!delete).then_some(object);
            match &after {
                Some(object) => truth.insert(key, object.clone()),
                None => truth.remove(&key),
            };
            store.apply(&Change { before, after, orphans: false });
        }
        let mut fresh = Store::default();
        fresh.cover(None, None, Known::All);
        let mut objects: Vec<_> = truth.into_values().collect();
        if reverse {
            objects.reverse();
        }
        for object in objects {
            fresh.put(object);
        }
        prop_assert_eq!(answers(&store), answers(&fresh));
    }
}

/// A Deployment with its `ReplicaSet` and a live Pod.
fn running(labels: &Value) -> Store {
    let mut store = Store::default();
    store.cover(None, None, Known::All);
    store.put(object(&deployment("a", "web", labels, 8080)));
    store.put(object(&replica_set("a", "web", "1", labels, 1)));
    let owner = owner("apps/v1", "ReplicaSet", "web-1");
    store.put(object(&pod(
        "a",
        "web-1-x",
        &with(labels, "pod-template-hash", "1"),
        Some(owner),
        "Running",
    )));
    store
}

fn found(store: &Store, pairs: &[(&str, &str)]) -> Vec<String> {
    let knowledge = Knowledge::default();
    let selector = Selector::equal_to(pairs.iter().copied());
    View::new(store, &knowledge)
        .workloads("a", &selector)
        .found
        .iter()
        .map(|w| w.meta.to_string())
        .collect()
}

#[test]
fn a_deployment_its_replica_set_and_its_pods_count_once() {
    let store = running(&json!({"app": "x"}));
    assert_eq!(found(&store, &[("app", "x")]), ["Deployment a/web"]);
}

#[test]
fn a_relabelled_deployments_old_pods_do_not_hide_that_nothing_is_selected() {
    let store = running(&json!({"app": "x"}));
    let before = object(&deployment("a", "web", &json!({"app": "x"}), 8080));
    let after = object(&deployment("a", "web", &json!({"app": "y"}), 8080));
    let store = store.after(&[Change::update(before, after)]);
    assert_eq!(found(&store, &[("app", "x")]), [""; 0]);
    assert_eq!(found(&store, &[("app", "y")]), ["Deployment a/web"]);
}

#[test]
fn pods_of_an_earlier_template_count_no_more_once_the_watch_shows_the_new_one() {
    let mut store = running(&json!({"app": "x"}));
    store.put(object(&deployment("a", "web", &json!({"app": "y"}), 8080)));
    assert_eq!(found(&store, &[("app", "x")]), [""; 0]);
}

#[test]
fn scaling_keeps_the_live_pods() {
    let store = running(&json!({"app": "x"}));
    let before = deployment("a", "web", &json!({"app": "x"}), 8080);
    let mut after = before.clone();
    after["spec"]["replicas"] = json!(5);
    let store = store.after(&[Change::update(object(&before), object(&after))]);
    assert_eq!(found(&store, &[("app", "x")]), ["Deployment a/web"]);
}

#[test]
fn a_deleted_deployment_takes_its_pods_along() {
    let store = running(&json!({"app": "x"}));
    let gone = object(&deployment("a", "web", &json!({"app": "x"}), 8080));
    let store = store.after(&[Change::delete(gone)]);
    assert_eq!(found(&store, &[("app", "x")]), [""; 0]);
}

#[test]
fn an_orphaning_deletion_leaves_the_pods() {
    let store = running(&json!({"app": "x"}));
    let gone = object(&deployment("a", "web", &json!({"app": "x"}), 8080));
    let store = store.after(&[Change {
        orphans: true,
        ..Change::delete(gone)
    }]);
    assert_eq!(found(&store, &[("app", "x")]), ["ReplicaSet a/web-1"]);
}

#[test]
fn an_old_replica_set_is_evidence_of_nothing() {
    let mut store = Store::default();
    store.put(object(&replica_set(
        "a",
        "web",
        "1",
        &json!({"app": "x"}),
        0,
    )));
    assert_eq!(found(&store, &[("app", "x")]), [""; 0]);
}

#[test]
fn succeeded_and_failed_pods_are_evidence_of_nothing() {
    for phase in ["Succeeded", "Failed"] {
        let mut store = Store::default();
        store.put(object(&pod("a", "bare", &json!({"app": "x"}), None, phase)));
        let owner = owner("batch/v1", "Job", "once");
        store.put(object(&pod(
            "a",
            "owned",
            &json!({"app": "x"}),
            Some(owner),
            phase,
        )));
        assert_eq!(found(&store, &[("app", "x")]), [""; 0]);
    }
}

#[test]
fn labels_that_differ_by_pod_are_not_asked_for() {
    let mut store = Store::default();
    store.put(object(&json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"name": "db", "namespace": "a"},
        "spec": {"selector": {"matchLabels": {"app": "db"}}, "template": support::template(&json!({"app": "db"}), 5432)},
    })));
    let by_pod = [
        ("app", "db"),
        ("statefulset.kubernetes.io/pod-name", "db-0"),
    ];
    assert_eq!(found(&store, &by_pod), ["StatefulSet a/db"]);
}

#[test]
fn pods_whose_owner_is_not_in_view_count_for_that_owner() {
    let mut store = Store::default();
    for name in ["p0", "p1"] {
        let owner = owner("example.com/v1", "Database", "main");
        store.put(object(&pod(
            "a",
            name,
            &json!({"app": "x"}),
            Some(owner),
            "Running",
        )));
    }
    assert_eq!(found(&store, &[("app", "x")]), ["Database a/main"]);
}
