//! The table of kinds and the parsers belong together.

use serde_json::json;

use super::read;
use crate::object::{Body, TABLE};

#[test]
fn every_row_of_the_table_has_a_parser() {
    for row in &TABLE {
        let api_version = match row.group {
            "" => row.version.to_owned(),
            group => format!("{group}/{}", row.version),
        };
        let object = read(&json!({
            "apiVersion": api_version, "kind": row.name,
            "metadata": {"name": "x", "namespace": "shop"},
        }));
        assert_eq!(object.meta.kind, row.kind);
        assert_ne!(object.body, Body::Opaque, "{}", row.name);
        let namespace = row.namespaced.then_some("shop");
        assert_eq!(object.meta.reference.namespace.as_deref(), namespace);
        let is_workload = matches!(object.body, Body::Workload(_));
        assert_eq!(row.kind.makes_pods(), is_workload, "{}", row.name);
        let is_policy = matches!(object.body, Body::Policy(_));
        assert_eq!(row.kind.is_policy(), is_policy, "{}", row.name);
    }
}

#[test]
fn former_versions_and_groups_are_read() {
    for (api_version, kind) in [
        ("extensions/v1beta1", "Deployment"),
        ("apps/v1beta2", "StatefulSet"),
        ("batch/v1beta1", "CronJob"),
        ("extensions/v1beta1", "Ingress"),
    ] {
        let object = read(&json!({"apiVersion": api_version, "kind": kind}));
        assert_ne!(object.body, Body::Opaque, "{kind}");
    }
}

#[test]
fn an_empty_namespace_is_none() {
    let object = read(&json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": ""},
    }));
    assert_eq!(object.meta.reference.namespace, None);
}

#[test]
fn only_the_owner_that_controls_counts() {
    let object = read(&json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "x", "deletionTimestamp": "2024-01-01T00:00:00Z", "ownerReferences": [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "other"},
            {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "controller": true},
        ]},
    }));
    let owner = object.meta.owner.unwrap();
    assert_eq!((&*owner.kind, &*owner.name), ("ReplicaSet", "web-1"));
    assert!(object.meta.deleting);
}

#[test]
fn of_annotations_only_those_that_something_reads_are_kept() {
    let object = read(&json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "x", "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
            "portcullis.dev/allow": "a",
            "linkerd.io/inject": "enabled",
        }},
        "spec": {"clusterIP": "None"},
    }));
    let keys: Vec<_> = object.meta.annotations.iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["linkerd.io/inject", "portcullis.dev/allow"]);
}
