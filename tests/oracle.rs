//! What a review finds of a Change is what a look at the whole world before and after finds.
#![allow(clippy::indexing_slicing, reason = "a test may fail any way it likes")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use portcullis::cluster::{Change, Knowledge, Known, Store};
use portcullis::config::Config;
use portcullis::finding::{Datapath, Report, Severity};
use portcullis::object::{Key, Object};
use portcullis::review::{audit, broken_by};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{deployment, object, owner, pod, replica_set, service, with};

fn labels() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"app": "frontend"})),
        Just(json!({"app": "fronted"})),
        Just(json!({"app": "frontend", "tier": "one"})),
        Just(json!({"app": "backend"})),
    ]
}

fn namespace() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just("a"), 1 => Just("kube-system")]
}

fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("n0"), Just("n1"), Just("kube-dns")]
}

fn target() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(8080)),
        Just(json!(9090)),
        Just(json!("http")),
        Just(json!("web"))
    ]
}

fn policy() -> impl Strategy<Value = Value> {
    let rule = prop_oneof![
        Just(json!({})),
        Just(json!({"to": [{"podSelector": {}}]})),
        Just(json!({"to": [{"ipBlock": {"cidr": "10.96.0.1/32"}}], "ports": [{"port": 443}]})),
        Just(json!({"to": [{"ipBlock": {"cidr": "192.168.1.10/32"}}], "ports": [{"port": 6443}]})),
        Just(json!({"to": [{"namespaceSelector": {"matchLabels": {"team": "x"}}}]})),
        Just(json!({"ports": [{"port": 53, "protocol": "UDP"}]})),
    ];
    (
        namespace(),
        name(),
        labels(),
        any::<bool>(),
        prop::collection::vec(rule, 0..3),
    )
        .prop_map(|(ns, name, labels, all, egress)| {
            json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                "metadata": {"name": name, "namespace": ns},
                "spec": {
                    "podSelector": if all { json!({}) } else { json!({"matchLabels": labels}) },
                    "policyTypes": ["Egress"], "egress": egress,
                },
            })
        })
}

/// The other side of a rule, by labels.
fn peer() -> impl Strategy<Value = Value> {
    let there = prop_oneof![
        Just(json!({"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}})),
        Just(json!({"matchLabels": {"name": "a"}})),
        Just(json!({"matchLabels": {"team": "x"}})),
        Just(json!({})),
    ];
    prop_oneof![
        3 => labels().prop_map(|labels| json!({"podSelector": {"matchLabels": labels}})),
        1 => there.clone().prop_map(|there| json!({"namespaceSelector": there})),
        1 => (there, labels()).prop_map(|(there, labels)| json!({
            "namespaceSelector": there, "podSelector": {"matchLabels": labels}})),
    ]
}

/// A policy over some pods of a namespace, or of one that a policy of the cluster names.
fn policy_by_labels() -> impl Strategy<Value = Value> {
    let port = prop_oneof![Just(80), Just(8080), Just(9090)];
    let peers = prop::collection::vec(peer(), 0..3);
    let types = prop_oneof![
        Just(json!(["Ingress"])),
        Just(json!(["Egress"])),
        Just(json!(["Ingress", "Egress"])),
    ];
    (namespace(), name(), labels(), any::<bool>(), (peers, port, types, any::<bool>())).prop_map(
        |(ns, name, labels, cluster, (peers, port, types, out))| {
            if cluster {
                return json!({
                    "apiVersion": "policy.networking.k8s.io/v1alpha1", "kind": "AdminNetworkPolicy",
                    "metadata": {"name": name},
                    "spec": {
                        "priority": 7,
                        "subject": {"pods": {
                            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": ns}},
                            "podSelector": {"matchLabels": labels},
                        }},
                        "ingress": [{"action": "Deny", "from": [{"namespaces": {"matchLabels": {"name": "a"}}}]}],
                    },
                });
            }
            let (section, side) = if out { ("egress", "to") } else { ("ingress", "from") };
            json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                "metadata": {"name": name, "namespace": ns},
                "spec": {
                    "podSelector": {"matchLabels": labels},
                    "policyTypes": types,
                    section: [{side: peers, "ports": [{"port": port}]}],
                },
            })
        },
    )
}

fn account(kind: &str, ns: &str, name: &str, verb: &str) -> Value {
    match kind {
        "ServiceAccount" => json!({
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": ns}}),
        "Role" => json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
            "metadata": {"name": name, "namespace": ns},
            "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": [verb]}]}),
        _ => json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": {"name": name, "namespace": ns},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": ns}]}),
    }
}

fn cluster_object() -> impl Strategy<Value = Value> {
    prop_oneof![
        (namespace(), any::<bool>()).prop_map(|(ns, team)| json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": ns, "labels": if team { json!({"team": "x"}) } else { json!({}) }}})),
        Just(json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "kubernetes", "namespace": "default"},
            "spec": {"clusterIP": "10.96.0.1", "ports": [{"port": 443, "targetPort": 6443}]}})),
        Just(json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {"name": "kubernetes", "namespace": "default",
                         "labels": {"kubernetes.io/service-name": "kubernetes"}},
            "addressType": "IPv4", "endpoints": [{"addresses": ["192.168.1.10"]}],
            "ports": [{"port": 6443, "protocol": "TCP"}]})),
    ]
}

fn any_object() -> impl Strategy<Value = Value> {
    let kinds = prop_oneof![Just("ServiceAccount"), Just("Role"), Just("RoleBinding")];
    let verb = prop_oneof![Just("get"), Just("patch")];
    let probe = prop_oneof![Just("http"), Just("htp")];
    prop_oneof![
        4 => (namespace(), name(), labels(), any::<bool>(), name(), probe).prop_map(
            |(ns, name, labels, other, account, probe)| {
                let mut it = deployment(ns, name, &labels, if other { 9090 } else { 8080 });
                let spec = &mut it["spec"]["template"]["spec"];
                spec["serviceAccountName"] = json!(account);
                spec["containers"][0]["livenessProbe"] = json!({"tcpSocket": {"port": probe}});
                it
            }),
        1 => (namespace(), name(), labels(), 0u32..2)
            .prop_map(|(ns, name, labels, replicas)| replica_set(ns, name, "1", &labels, replicas)),
        1 => (namespace(), name(), labels(), any::<bool>()).prop_map(|(ns, name, labels, owned)| {
            let owner = owned.then(|| owner("apps/v1", "ReplicaSet", &format!("{name}-1")));
            pod(ns, &format!("{name}-1-x"), &with(&labels, "pod-template-hash", "1"), owner, "Running")
        }),
        4 => (namespace(), name(), labels(), target()).prop_map(|(ns, name, l, t)| service(ns, name, &l, &t)),
        4 => policy(),
        4 => policy_by_labels(),
        2 => (kinds, namespace(), name(), verb)
            .prop_map(|(kind, ns, name, verb)| account(kind, ns, name, verb)),
        2 => cluster_object(),
    ]
}

type Findings = BTreeMap<(String, String, String, String), Severity>;

fn findings(reports: &[Report]) -> Findings {
    let mut out = Findings::new();
    for report in reports {
        let object = report
            .object
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let finding = &report.finding;
        let identity = (
            report.rule.to_owned(),
            object,
            finding.field.to_string(),
            finding.culprit.clone(),
        );
        let worst = out.entry(identity).or_insert(finding.severity);
        *worst = finding.severity.max(*worst);
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_review_finds_what_the_world_after_has_and_the_world_before_had_not(
        world in prop::collection::vec(any_object(), 0..14),
        value in any_object(),
        delete in any::<bool>(),
    ) {
        let mut before = Store::default();
        before.cover(None, None, Known::All);
        let mut truth: BTreeMap<Key, Arc<Object>> = BTreeMap::new();
        for value in &world {
            let object = object(value);
            truth.insert(object.meta.key(), object.clone());
            before.put(object);
        }
        let changed = object(&value);
        let old = truth.get(&changed.meta.key()).cloned();
        let delete = delete && old.is_some();
        let change = Change { before: old, after: (!delete).then_some(changed), orphans: false };
        let knowledge = Knowledge { datapath: Some(Datapath::Endpoint), ..Knowledge::default() };
        let config = Config::default();
        let after = before.after(std::slice::from_ref(&change));
        let was = findings(&audit(&before, &knowledge, &config).reports);
        let is = findings(&audit(&after, &knowledge, &config).reports);
        let expected: Findings = is
            .into_iter()
            .filter(|(identity, severity)| was.get(identity).is_none_or(|before| before < severity))
            .collect();
        let told = findings(&broken_by(&[change], &before, &knowledge, &config));
        let texts: Vec<String> = world.iter().chain([&value]).map(ToString::to_string).collect();
        prop_assert_eq!(told, expected, "delete {}, the last of {}", delete, texts.join("\n"));
    }
}
