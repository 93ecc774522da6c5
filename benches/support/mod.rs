//! Generated clusters: half of the pods in one namespace, the rest spread over a hundred.
#![allow(dead_code, reason = "each benchmark uses its own part")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot be set up fails"
)]

pub(crate) mod tangle;
pub(crate) mod tree;

use std::sync::Arc;

use portcullis::cluster::{Known, Store};
use portcullis::object::{self, Object};
use serde_json::{Value, json};

/// Pods of one Deployment.
const REPLICAS: usize = 10;

/// The object of a JSON value.
pub(crate) fn object(value: &Value) -> Arc<Object> {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    Arc::new(object::parse(&text("apiVersion"), &text("kind"), value).expect("a valid object"))
}

/// The namespace of the `n`th Deployment.
pub(crate) fn namespace(n: usize) -> String {
    if n.is_multiple_of(2) {
        "big".into()
    } else {
        format!("team-{}", n / 2 % 100)
    }
}

/// The `n`th Deployment.
pub(crate) fn deployment(n: usize) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": format!("app-{n}"), "namespace": namespace(n)},
        "spec": {
            "replicas": REPLICAS,
            "selector": {"matchLabels": {"app": format!("app-{n}")}},
            "template": template(n),
        },
    })
}

fn template(n: usize) -> Value {
    json!({
        "metadata": {"labels": labels(n)},
        "spec": {
            "serviceAccountName": format!("app-{}", n % 50),
            "containers": [{
                "name": "main", "image": "registry.example.com/app:1",
                "args": ["--listen=:8080"],
                "env": [{"name": "LOG_LEVEL", "value": "info"}],
                "ports": [{"name": "http", "containerPort": 8080}, {"name": "metrics", "containerPort": 9090}],
                "readinessProbe": {"httpGet": {"port": "http", "path": "/ready"}},
            }],
        },
    })
}

fn labels(n: usize) -> Value {
    json!({
        "app": format!("app-{n}"),
        "app.kubernetes.io/part-of": format!("product-{}", n % 20),
        "team": format!("team-{}", n % 40),
    })
}

/// The `ReplicaSet` of the `n`th Deployment.
fn replica_set(n: usize) -> Value {
    let mut set = deployment(n);
    set["kind"] = json!("ReplicaSet");
    set["metadata"]["name"] = json!(format!("app-{n}-5d4f8c7b9"));
    set["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": format!("app-{n}"), "controller": true}]);
    set["spec"]["template"]["metadata"]["labels"]["pod-template-hash"] = json!("5d4f8c7b9");
    set
}

/// The `i`th pod of the `n`th Deployment, on its `generation`th node.
pub(crate) fn pod(n: usize, i: usize, generation: usize) -> Value {
    let mut labels = labels(n);
    labels["pod-template-hash"] = json!("5d4f8c7b9");
    let mut spec = template(n)["spec"].clone();
    spec["nodeName"] = json!(format!("node-{}", (n + i + generation) % 5_000));
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": format!("app-{n}-5d4f8c7b9-{i:05}"), "namespace": namespace(n), "labels": labels,
            "ownerReferences": [{
                "apiVersion": "apps/v1", "kind": "ReplicaSet",
                "name": format!("app-{n}-5d4f8c7b9"), "controller": true,
            }],
        },
        "spec": spec,
        "status": {"phase": "Running", "podIP": format!("10.{}.{}.{}", n / 6_400 % 256, n / 25 % 256, (n % 25) * 10 + i)},
    })
}

/// The Service in front of the `n`th Deployment.
pub(crate) fn service(n: usize) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": format!("app-{n}"), "namespace": namespace(n)},
        "spec": {"selector": {"app": format!("app-{n}")}, "ports": [{"port": 80, "targetPort": "http"}]},
    })
}

/// A policy for the `n`th Deployment.
pub(crate) fn policy(n: usize) -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": format!("app-{n}"), "namespace": namespace(n)},
        "spec": {
            "podSelector": {"matchLabels": {"app": format!("app-{n}")}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [{"podSelector": {}}], "ports": [{"port": 8080}]}],
            "egress": [{}],
        },
    })
}

/// A cluster of that many pods, a tenth as many Deployments, and Services and policies in the
/// proportion of 150,000 pods to 10,000 and 5,000; its pods are left out where `with_pods` is false.
pub(crate) fn cluster(pods: usize, with_pods: bool) -> Store {
    let deployments = pods / REPLICAS;
    let mut store = Store::default();
    store.cover(None, None, Known::All);
    for n in 0..deployments {
        store.put(object(&deployment(n)));
        store.put(object(&replica_set(n)));
        for i in (0..REPLICAS).filter(|_| with_pods) {
            store.put(object(&pod(n, i, 0)));
        }
    }
    for n in 0..pods / 15 {
        store.put(object(&service(n)));
    }
    for n in 0..pods / 30 {
        store.put(object(&policy(n)));
    }
    for n in 0..50 {
        for at in 0..2 {
            let account = json!({
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": {"name": format!("app-{n}"), "namespace": namespace(n * 2 + at)},
            });
            store.put(object(&account));
        }
    }
    store
}
