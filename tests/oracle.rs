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
use support::{deployment, object, owner, pod, replica_set, service, webhook, with};

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
    let into = prop_oneof![
        Just(json!({})),
        Just(json!({"from": [{"podSelector": {}}], "ports": [{"port": 8080}]})),
        Just(json!({"from": [{"podSelector": {"matchLabels": {"app": "frontend"}}}]})),
        Just(json!({"from": [{"namespaceSelector": {"matchLabels": {"team": "x"}}}]})),
        Just(json!({"ports": [{"port": "http"}]})),
        Just(json!({"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]})),
    ];
    let types = prop_oneof![
        3 => Just(json!(["Egress"])),
        2 => Just(json!(["Ingress"])),
        1 => Just(json!(["Ingress", "Egress"])),
    ];
    (
        namespace(),
        name(),
        labels(),
        any::<bool>(),
        types,
        prop::collection::vec(rule, 0..3),
        prop::collection::vec(into, 0..2),
    )
        .prop_map(|(ns, name, labels, all, types, egress, ingress)| {
            json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                "metadata": {"name": name, "namespace": ns},
                "spec": {
                    "podSelector": if all { json!({}) } else { json!({"matchLabels": labels}) },
                    "policyTypes": types, "egress": egress, "ingress": ingress,
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

/// A policy of the cluster, which admits what others stop or stops what they admit.
fn cluster_policy() -> impl Strategy<Value = Value> {
    let rule = (any::<bool>(), any::<bool>()).prop_map(|(accepts, all)| {
        let pods = if all {
            json!({})
        } else {
            json!({"matchLabels": {"team": "x"}})
        };
        let action = if accepts { "Accept" } else { "Deny" };
        json!({"name": "rule", "action": action, "from": [{"namespaces": pods}]})
    });
    (name(), any::<bool>(), prop::collection::vec(rule, 0..2)).prop_map(|(name, team, ingress)| {
        let namespaces = if team {
            json!({"matchLabels": {"team": "x"}})
        } else {
            json!({})
        };
        json!({
            "apiVersion": "policy.networking.k8s.io/v1alpha2", "kind": "ClusterNetworkPolicy",
            "metadata": {"name": name},
            "spec": {"tier": "Admin", "priority": 5, "subject": {"namespaces": namespaces},
                     "ingress": ingress},
        })
    })
}

/// What a program may be told of a Service.
fn text() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        3 => Just("info"),
        1 => Just("http://n0:80"),
        1 => Just("http://n1:8080/x"),
        1 => Just("n0.a.svc:80"),
        1 => Just("n2.a.svc.cluster.local"),
        1 => Just("kube-dns.kube-system.svc:80"),
    ]
}

fn config_map() -> impl Strategy<Value = Value> {
    (namespace(), name(), text()).prop_map(|(ns, name, text)| {
        json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": ns}, "data": {"config": text}})
    })
}

fn any_webhook() -> impl Strategy<Value = Value> {
    let port = prop_oneof![3 => Just(80u16), 1 => Just(443)];
    (name(), port).prop_map(|(name, port)| webhook("a", name, port))
}

/// A Service that leads to the pods themselves, if it is to.
fn headless(mut service: Value, headless: bool) -> Value {
    if headless {
        service["spec"]["clusterIP"] = json!("None");
    }
    service
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

/// An Ingress or a route to Services that may be there, by names that some of them almost have.
fn route() -> impl Strategy<Value = Value> {
    let backend = || {
        prop_oneof![
            Just("frontend"),
            Just("fronted"),
            Just("n0"),
            Just("kube-dns")
        ]
    };
    let port = prop_oneof![Just(json!({"number": 80})), Just(json!({"name": "http"}))];
    let ingress = (namespace(), name(), backend(), port).prop_map(|(ns, name, service, port)| {
        json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": {"name": name, "namespace": ns},
            "spec": {"defaultBackend": {"service": {"name": service, "port": port}}},
        })
    });
    let to = (namespace(), backend(), prop_oneof![Just(80), Just(8080)])
        .prop_map(|(ns, name, port)| json!({"name": name, "namespace": ns, "port": port}));
    let to = prop::collection::vec(to, 1..3);
    let gateway = (namespace(), name(), to).prop_map(|(ns, name, to)| {
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": {"name": name, "namespace": ns},
            "spec": {"rules": [{"backendRefs": to}]},
        })
    });
    prop_oneof![ingress, gateway]
}

/// Routes, and the Services that they may lead to.
fn routed_object() -> impl Strategy<Value = Value> {
    let service_name = prop_oneof![Just("frontend"), Just("fronted"), Just("n0")];
    let port = prop_oneof![Just(80), Just(8080)];
    prop_oneof![
        3 => route(),
        1 => (namespace(), namespace(), name(), any::<bool>()).prop_map(|(ns, from, name, all)| {
            let to = if all { json!({"kind": "Service"}) } else { json!({"kind": "Service", "name": "n0"}) };
            json!({
                "apiVersion": "gateway.networking.k8s.io/v1beta1", "kind": "ReferenceGrant",
                "metadata": {"name": name, "namespace": ns},
                "spec": {"from": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": from}],
                         "to": [to]},
            })
        }),
        3 => (namespace(), service_name, port).prop_map(|(ns, name, port)| {
            let mut it = service(ns, name, &json!({"app": "frontend"}), &json!(8080));
            it["spec"]["ports"][0]["port"] = json!(port);
            it
        }),
    ]
}

fn any_object() -> impl Strategy<Value = Value> {
    let kinds = prop_oneof![Just("ServiceAccount"), Just("Role"), Just("RoleBinding")];
    let verb = prop_oneof![Just("get"), Just("patch")];
    let probe = prop_oneof![Just("http"), Just("htp")];
    prop_oneof![
        4 => (namespace(), name(), labels(), any::<bool>(), name(), probe, text(), name()).prop_map(
            |(ns, name, labels, other, account, probe, text, map)| {
                let mut it = deployment(ns, name, &labels, if other { 9090 } else { 8080 });
                let spec = &mut it["spec"]["template"]["spec"];
                spec["serviceAccountName"] = json!(account);
                spec["containers"][0]["livenessProbe"] = json!({"tcpSocket": {"port": probe}});
                spec["containers"][0]["args"] = json!([text]);
                if map != "kube-dns" {
                    spec["volumes"] = json!([{"name": "config", "configMap": {"name": map}}]);
                }
                it
            }),
        1 => (namespace(), name(), labels(), 0u32..2)
            .prop_map(|(ns, name, labels, replicas)| replica_set(ns, name, "1", &labels, replicas)),
        1 => (namespace(), name(), labels(), any::<bool>()).prop_map(|(ns, name, labels, owned)| {
            let owner = owned.then(|| owner("apps/v1", "ReplicaSet", &format!("{name}-1")));
            pod(ns, &format!("{name}-1-x"), &with(&labels, "pod-template-hash", "1"), owner, "Running")
        }),
        4 => (namespace(), name(), labels(), target(), prop::bool::weighted(0.2)).prop_map(
            |(ns, name, l, t, h)| headless(service(ns, name, &l, &t), h)),
        4 => policy(),
        2 => prop_oneof![cluster_policy(), policy_by_labels()],
        2 => config_map(),
        1 => any_webhook(),
        4 => policy_by_labels(),
        2 => (kinds, namespace(), name(), verb)
            .prop_map(|(kind, ns, name, verb)| account(kind, ns, name, verb)),
        2 => cluster_object(),
        2 => route(),
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

/// Objects of few kinds and names, so that Services, who names them and policies over both meet.
fn close_object() -> impl Strategy<Value = Value> {
    let labels = || {
        prop_oneof![
            Just(json!({"app": "frontend"})),
            Just(json!({"app": "backend"}))
        ]
    };
    let name = || prop_oneof![Just("n0"), Just("n1")];
    let text = prop_oneof![
        Just("http://n0:80"),
        Just("n0.a.svc"),
        Just("http://n0:8080")
    ];
    let port = prop_oneof![3 => Just(8080u16), 1 => Just(9090)];
    prop_oneof![
        3 => (name(), labels(), port, text, any::<bool>()).prop_map(|(name, labels, port, text, by_map)| {
            let mut it = deployment("a", name, &labels, port);
            let spec = &mut it["spec"]["template"]["spec"];
            if by_map {
                spec["volumes"] = json!([{"name": "config", "configMap": {"name": "n0"}}]);
            } else {
                spec["containers"][0]["args"] = json!([text]);
            }
            it
        }),
        2 => (labels(), any::<bool>()).prop_map(|(labels, named)| {
            service("a", "n0", &labels, &if named { json!("http") } else { json!(8080) })
        }),
        3 => policy(),
        2 => prop_oneof![cluster_policy(), policy_by_labels()],
        1 => any_webhook(),
        1 => Just(json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "n0", "namespace": "a"},
            "data": {"config": "to: n0.a.svc:80"}})),
        1 => any::<bool>().prop_map(|x| json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": "a", "labels": if x { json!({"team": "x"}) } else { json!({}) }}})),
    ]
}

fn told_and_expected(world: &[Value], value: &Value, delete: bool) -> (Findings, Findings) {
    let mut before = Store::default();
    before.cover(None, None, Known::All);
    let mut truth: BTreeMap<Key, Arc<Object>> = BTreeMap::new();
    for value in world {
        let object = object(value);
        truth.insert(object.meta.key(), object.clone());
        before.put(object);
    }
    let changed = object(value);
    let old = truth.get(&changed.meta.key()).cloned();
    let delete = delete && old.is_some();
    let change = Change {
        before: old,
        after: (!delete).then_some(changed),
        orphans: false,
    };
    let knowledge = Knowledge {
        datapath: Some(Datapath::Endpoint),
        ..Knowledge::default()
    };
    let config = Config::default();
    let after = before.after(std::slice::from_ref(&change));
    let was = findings(&audit(&before, &knowledge, &config).reports);
    let is = findings(&audit(&after, &knowledge, &config).reports);
    let expected: Findings = is
        .into_iter()
        .filter(|(identity, severity)| was.get(identity).is_none_or(|before| before < severity))
        .collect();
    let told = findings(&broken_by(&[change], &before, &knowledge, &config));
    (told, expected)
}

fn shown(world: &[Value], value: &Value, delete: bool) -> String {
    let texts: Vec<String> = world
        .iter()
        .chain([value])
        .map(ToString::to_string)
        .collect();
    format!("delete {delete}, the last of {}", texts.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_review_finds_what_the_world_after_has_and_the_world_before_had_not(
        world in prop::collection::vec(any_object(), 0..14),
        value in any_object(),
        delete in any::<bool>(),
    ) {
        let (told, expected) = told_and_expected(&world, &value, delete);
        prop_assert_eq!(told, expected, "{}", shown(&world, &value, delete));
    }

    #[test]
    fn so_it_does_of_services_of_who_names_them_and_of_policies_between_them(
        world in prop::collection::vec(close_object(), 3..12),
        value in close_object(),
        delete in any::<bool>(),
    ) {
        let (told, expected) = told_and_expected(&world, &value, delete);
        prop_assert_eq!(told, expected, "{}", shown(&world, &value, delete));
    }

    #[test]
    fn so_it_does_of_routes_and_what_they_lead_to(
        world in prop::collection::vec(routed_object(), 1..9),
        value in routed_object(),
        delete in any::<bool>(),
    ) {
        let (told, expected) = told_and_expected(&world, &value, delete);
        prop_assert_eq!(told, expected, "{}", shown(&world, &value, delete));
    }
}
