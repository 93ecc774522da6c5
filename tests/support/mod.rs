//! Objects for tests, written as the API server would send them.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail any way it likes"
)]

pub(crate) mod manifests;

use std::sync::Arc;

use portcullis::object::{self, Object};
use serde_json::{Value, json};

/// The object of a JSON value; panics where it cannot be read.
pub(crate) fn object(value: &Value) -> Arc<Object> {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let parsed = object::parse(&text("apiVersion"), &text("kind"), value);
    Arc::new(parsed.unwrap_or_else(|error| panic!("{error}: {value}")))
}

/// A Deployment whose pods carry `labels` and declare one port.
pub(crate) fn deployment(namespace: &str, name: &str, labels: &Value, port: u16) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": template(labels, port),
        },
    })
}

/// A pod template.
pub(crate) fn template(labels: &Value, port: u16) -> Value {
    json!({
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "main", "ports": [{"name": "http", "containerPort": port}]}]},
    })
}

/// A Service that sends port 80 to `target`.
pub(crate) fn service(namespace: &str, name: &str, selector: &Value, target: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": selector, "ports": [{"port": 80, "targetPort": target}]},
    })
}

/// A webhook that the API server calls by a Service and its port.
pub(crate) fn webhook(namespace: &str, service: &str, port: u16) -> Value {
    let service = json!({"name": service, "namespace": namespace, "port": port});
    json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "hook"},
        "webhooks": [{"name": "hook", "clientConfig": {"service": service}}],
    })
}

/// What a Deployment's controller makes: a `ReplicaSet`.
pub(crate) fn replica_set(
    namespace: &str,
    deployment: &str,
    hash: &str,
    labels: &Value,
    replicas: u32,
) -> Value {
    let labels = with(labels, "pod-template-hash", hash);
    json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": format!("{deployment}-{hash}"), "namespace": namespace, "labels": labels,
            "ownerReferences": [owner("apps/v1", "Deployment", deployment)],
        },
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": template(&labels, 8080),
        },
    })
}

/// A live Pod; owned where `owner` is an owner reference.
pub(crate) fn pod(
    namespace: &str,
    name: &str,
    labels: &Value,
    owner: Option<Value>,
    phase: &str,
) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": name, "namespace": namespace, "labels": labels,
            "ownerReferences": owner.into_iter().collect::<Vec<_>>(),
        },
        "spec": template(labels, 8080)["spec"],
        "status": {"phase": phase, "podIP": "10.0.0.1"},
    })
}

/// A controlling owner reference.
pub(crate) fn owner(api_version: &str, kind: &str, name: &str) -> Value {
    json!({"apiVersion": api_version, "kind": kind, "name": name, "uid": name, "controller": true})
}

/// Labels and one more.
pub(crate) fn with(labels: &Value, key: &str, value: &str) -> Value {
    let mut labels = labels.clone();
    labels[key] = json!(value);
    labels
}
