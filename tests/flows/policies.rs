//! Random policies of every dialect, and the objects to which they refer.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::cluster_policy::{selector, specs};
use super::network_policy;

/// Some policies of some dialects.
pub(crate) fn policies() -> impl Strategy<Value = Vec<Value>> {
    let several = |policy: BoxedStrategy<Value>| prop::collection::vec(policy, 0..4);
    (
        several(network_policy().boxed()),
        prop_oneof![3 => Just(Vec::new()), 1 => cluster_policies(), 1 => admin_policies()],
        prop_oneof![2 => Just(Vec::new()), 1 => several(cilium().boxed())],
        prop_oneof![1 => Just(Vec::new()), 1 => several(calico().boxed())],
    )
        .prop_map(|(network, tiered, cilium, calico)| {
            let mut all = [network, tiered, cilium, calico].concat();
            for (index, policy) in all.iter_mut().enumerate() {
                if policy["metadata"]["name"].is_null() {
                    policy["metadata"]["name"] = json!(format!("p{index}"));
                }
            }
            all
        })
}

/// A namespaced policy.
fn within(version: &str, kind: &str, namespace: &str, spec: &Value) -> Value {
    json!({"apiVersion": version, "kind": kind, "metadata": {"namespace": namespace}, "spec": spec})
}

/// One of the whole cluster.
fn global(version: &str, kind: &str, spec: &Value) -> Value {
    json!({"apiVersion": version, "kind": kind, "metadata": {}, "spec": spec})
}

fn namespace() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["x", "y", "z"])
}

fn network_policy() -> impl Strategy<Value = Value> {
    (namespace(), network_policy::spec()).prop_map(|(namespace, spec)| {
        within("networking.k8s.io/v1", "NetworkPolicy", namespace, &spec)
    })
}

fn cluster_policies() -> impl Strategy<Value = Vec<Value>> {
    specs().prop_map(|specs| {
        let policy = |spec| {
            global(
                "policy.networking.k8s.io/v1alpha2",
                "ClusterNetworkPolicy",
                spec,
            )
        };
        specs.iter().map(policy).collect()
    })
}

/// The same policies as an older version writes them.
fn admin_policies() -> impl Strategy<Value = Vec<Value>> {
    (specs(), any::<bool>()).prop_map(|(specs, aws)| {
        let older = |mut spec: Value| {
            let text = spec.to_string().replace("\"Accept\"", "\"Allow\"");
            spec = serde_json::from_str(&text).unwrap();
            for section in ["ingress", "egress"] {
                for rule in spec[section].as_array_mut().into_iter().flatten() {
                    let rule = rule.as_object_mut().unwrap();
                    if rule.remove("protocols").is_some() {
                        let ports = json!([{"portNumber": {"protocol": "TCP", "port": 80}}, {"namedPort": "http"}]);
                        rule.insert("ports".into(), ports);
                    }
                }
            }
            if aws {
                return global("networking.k8s.aws/v1alpha1", "ClusterNetworkPolicy", &spec);
            }
            let tier = spec.as_object_mut().unwrap().remove("tier");
            let version = "policy.networking.k8s.io/v1alpha1";
            if tier == Some(json!("Baseline")) {
                let mut policy = global(version, "BaselineAdminNetworkPolicy", &spec);
                policy["metadata"]["name"] = json!("default");
                policy
            } else {
                global(version, "AdminNetworkPolicy", &spec)
            }
        };
        specs.into_iter().map(older).collect()
    })
}

fn some<T: Clone + std::fmt::Debug + 'static>(
    all: &[T],
) -> impl Strategy<Value = T> + Clone + use<T> {
    prop::sample::select(all.to_vec())
}

fn cilium() -> impl Strategy<Value = Value> {
    let endpoints = || {
        prop_oneof![
            selector("app", &["web", "db", "vault"]),
            selector("k8s:io.kubernetes.pod.namespace", &["x", "y"]),
            selector("k8s:io.cilium.k8s.namespace.labels.team", &["red", "blue"]),
        ]
    };
    let peers = move |to: &'static str| {
        let key = move |what: &str| format!("{to}{what}");
        let entities = some(&[
            "world",
            "cluster",
            "host",
            "remote-node",
            "kube-apiserver",
            "all",
        ]);
        let cidr = some(&["10.0.0.0/16", "10.0.1.0/29", "192.0.2.0/24", "fd00::/8"]);
        prop_oneof![
            Just(json!({})),
            endpoints().prop_map(move |it| json!({key("Endpoints"): [it]})),
            entities.prop_map(move |it| json!({key("Entities"): [it]})),
            cidr.prop_map(move |it| json!({key("CIDRSet"): [{"cidr": it, "except": []}]})),
            Just(json!({key("CIDRSet"): [{"cidrGroupRef": "blocks"}]})),
            Just(if to == "to" {
                json!({"toFQDNs": [{"matchName": "example.com"}]})
            } else {
                json!({"fromEndpoints": []})
            }),
            Just(if to == "to" {
                json!({"toServices": [{"k8sService": {"serviceName": "web", "namespace": "x"}}]})
            } else {
                json!({"fromNodes": [{}]})
            }),
        ]
    };
    let ports = prop_oneof![
        2 => Just(Value::Null),
        3 => (some(&["80", "8080", "http", "0"]), some(&["TCP", "UDP", "ANY"])).prop_map(
            |(port, protocol)| json!([{"ports": [{"port": port, "protocol": protocol}]}])
        ),
        1 => Just(json!([{"ports": [{"port": "8080"}], "rules": {"http": [{"path": "/"}]}}])),
    ];
    let rule = move |to| {
        (peers(to), ports.clone()).prop_map(|(mut rule, ports)| {
            if !ports.is_null() {
                rule["toPorts"] = ports;
            }
            rule
        })
    };
    let rules = move |to| prop::option::of(prop::collection::vec(rule(to), 0..3));
    // Denials know nothing of L7.
    let plain = |mut rules: Option<Vec<Value>>| {
        for rule in rules.iter_mut().flatten() {
            if let Some(ports) = rule.pointer_mut("/toPorts/0") {
                ports.as_object_mut().unwrap().remove("rules");
            }
        }
        rules
    };
    let sections = (
        rules("from"),
        rules("to"),
        rules("from").prop_map(plain),
        rules("to").prop_map(plain),
    );
    (
        endpoints(),
        sections,
        prop::option::of(any::<bool>()),
        prop::option::weighted(0.7, namespace()),
    )
        .prop_map(
            |(pods, (ingress, egress, no_ingress, no_egress), deny, namespace)| {
                let mut spec = json!({"endpointSelector": pods});
                let sections = [
                    ("ingress", ingress),
                    ("egress", egress),
                    ("ingressDeny", no_ingress),
                    ("egressDeny", no_egress),
                ];
                for (section, rules) in sections {
                    if let Some(rules) = rules {
                        spec[section] = json!(rules);
                    }
                }
                if let Some(deny) = deny {
                    spec["enableDefaultDeny"] = json!({"ingress": deny});
                }
                match namespace {
                    Some(namespace) => {
                        within("cilium.io/v2", "CiliumNetworkPolicy", namespace, &spec)
                    }
                    None => global("cilium.io/v2", "CiliumClusterwideNetworkPolicy", &spec),
                }
            },
        )
}

const PODS: [&str; 11] = [
    "statefulset.kubernetes.io/pod-name == 'w1'",
    "all()",
    "app == 'web'",
    "pod != 'a'",
    "app in {'db', 'vault'}",
    "has(pod) && !(app == 'db')",
    "app starts with 'v' || pod == 'b'",
    "pcns.team == 'red'",
    "pcsa.role == 'trusted'",
    "projectcalico.org/serviceaccount == 'writer'",
    "kind == 'set'",
];

fn entity(destination: bool) -> impl Strategy<Value = Value> {
    let namespaces = some(&[
        "team == 'red'",
        "all()",
        "global()",
        "projectcalico.org/name == 'y'",
    ]);
    let nets = some(&["10.0.0.0/16", "10.0.1.0/29", "192.0.2.0/24", "0.0.0.0/0"]);
    let ports = prop::option::of(some(&[
        json!([80]),
        json!(["50:8080"]),
        json!(["http", 81]),
        json!(["serve-81-tcp"]),
    ]));
    let who = prop_oneof![
        Just(json!({})),
        some(&PODS).prop_map(|it| json!({"selector": it})),
        some(&PODS).prop_map(|it| json!({"notSelector": it})),
        (some(&PODS), namespaces.clone())
            .prop_map(|(pods, it)| json!({"selector": pods, "namespaceSelector": it})),
        namespaces.prop_map(|it| json!({"namespaceSelector": it})),
        nets.clone().prop_map(|it| json!({"nets": [it]})),
        nets.prop_map(|it| json!({"notNets": [it]})),
        Just(json!({"serviceAccounts": {"names": ["writer"]}})),
        Just(json!({"serviceAccounts": {"selector": "role == 'trusted'"}})),
    ];
    let with_ports = (who, ports).prop_map(move |(mut who, ports)| {
        if let Some(ports) = ports.filter(|_| destination) {
            who["ports"] = ports;
        }
        who
    });
    let service = Just(json!({"services": {"name": "web", "namespace": "x"}}));
    if destination {
        prop_oneof![5 => with_ports, 1 => service].boxed()
    } else {
        with_ports.boxed()
    }
}

fn calico() -> impl Strategy<Value = Value> {
    let rule = (
        some(&["Allow", "Deny", "Pass", "Log"]),
        prop::option::weighted(0.6, entity(false)),
        prop::option::weighted(0.6, entity(true)),
        some(&[json!("TCP"), json!("UDP"), Value::Null]),
    )
        .prop_map(|(action, source, destination, protocol)| {
            let mut rule = json!({"action": action});
            for (field, value) in [("source", source), ("destination", destination)] {
                if let Some(value) = value {
                    rule[field] = value;
                }
            }
            if rule["destination"]["ports"].is_array() {
                rule["protocol"] = json!("TCP");
            } else if !protocol.is_null() {
                rule["protocol"] = protocol;
            }
            if rule["destination"].is_null() {
                rule.as_object_mut().unwrap().remove("destination");
            }
            rule
        });
    let rules = prop::collection::vec(rule, 0..3).boxed();
    let types = some(&[
        json!(["Ingress"]),
        json!(["Egress"]),
        json!(["Ingress", "Egress"]),
    ]);
    (
        some(&PODS),
        rules.clone(),
        rules,
        types,
        prop::option::of(some(&["first", "ghost"])),
        prop::option::of(0..3_u32),
        prop::option::weighted(0.6, namespace()),
    )
        .prop_map(|(pods, ingress, egress, types, tier, order, namespace)| {
            let mut spec = json!({
                "selector": pods, "ingress": ingress, "egress": egress, "types": types,
            });
            if let Some(tier) = tier {
                spec["tier"] = json!(tier);
            }
            if let Some(order) = order {
                spec["order"] = json!(order);
            }
            let version = "projectcalico.org/v3";
            match namespace {
                Some(namespace) => within(version, "NetworkPolicy", namespace, &spec),
                None => global(version, "GlobalNetworkPolicy", &spec),
            }
        })
}
