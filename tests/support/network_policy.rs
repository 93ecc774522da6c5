//! Random specs of `NetworkPolicy`.
#![allow(dead_code, reason = "each test binary uses its own part")]

use proptest::prelude::*;
use serde_json::{Value, json};

/// Absent, null, empty, or with some entries.
pub(crate) fn list(entry: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(Value::Null),
        1 => Just(json!([])),
        4 => prop::collection::vec(entry, 1..3).prop_map(Value::Array),
    ]
}

fn selector(key: &'static str, values: [&'static str; 3]) -> impl Strategy<Value = Value> {
    let keys = prop::sample::select(vec![key, "absent"]);
    let value = prop::sample::select(values.to_vec());
    let listed = prop::sample::subsequence(values.to_vec(), 1..3);
    prop_oneof![
        Just(json!({})),
        value.prop_map(move |value| json!({"matchLabels": {key: value}})),
        (
            keys.clone(),
            prop::sample::select(vec!["In", "NotIn"]),
            listed
        )
            .prop_map(|(key, operator, values)| json!({"matchExpressions":
                [{"key": key, "operator": operator, "values": values}]})),
        (keys, prop::sample::select(vec!["Exists", "DoesNotExist"])).prop_map(
            |(key, operator)| json!({"matchExpressions": [{"key": key, "operator": operator}]})
        ),
    ]
}

/// A peer of such a policy.
pub(crate) fn peer() -> BoxedStrategy<Value> {
    let pods = || selector("pod", ["a", "b", "c"]);
    let namespaces = || selector("ns", ["x", "y", "z"]);
    let less = prop::sample::select(vec!["10.0.0.128/25", "10.0.0.4/31"]);
    let except = list(less.prop_map(Value::from).boxed());
    prop_oneof![
        pods().prop_map(|pods| json!({"podSelector": pods})),
        namespaces().prop_map(|spaces| json!({"namespaceSelector": spaces})),
        (pods(), namespaces())
            .prop_map(|(pods, spaces)| json!({"podSelector": pods, "namespaceSelector": spaces})),
        except.prop_map(|except| json!({"ipBlock": {"cidr": "10.0.0.7/24", "except": except}})),
        prop::sample::select(vec![
            "0.0.0.0/0",
            "10.0.1.0/29",
            "10.0.2.1/32",
            "::/0",
            "fd00::2:0/112",
            "fd00::/127",
        ])
        .prop_map(|cidr| json!({"ipBlock": {"cidr": cidr}})),
        Just(json!({"ipBlock": {"cidr": "fd00::/64", "except": ["fd00::2:0/112"]}})),
    ]
    .boxed()
}

/// An entry of its ports.
pub(crate) fn port() -> BoxedStrategy<Value> {
    let protocol =
        prop::sample::select(vec![json!("TCP"), json!("UDP"), json!("SCTP"), Value::Null]);
    let port = prop::sample::select(vec![
        json!({}),
        json!({"port": 80}),
        json!({"port": 79, "endPort": 80}),
        json!({"port": 80, "endPort": 90}),
        json!({"port": "serve-81-tcp"}),
        json!({"port": "serve-80-udp"}),
    ]);
    (protocol, port)
        .prop_map(|(protocol, mut port)| {
            port["protocol"] = protocol;
            port
        })
        .boxed()
}

/// The spec of a `NetworkPolicy` over pods `pod: a|b|c` in namespaces `ns: x|y|z` and 10.0.0.0/16.
pub(crate) fn spec() -> impl Strategy<Value = Value> {
    let rule = |peers: &'static str| {
        (list(peer()), list(port()))
            .prop_map(move |(to, ports)| json!({peers: to, "ports": ports}))
            .boxed()
    };
    let types = prop::sample::select(vec![
        Value::Null,
        json!([]),
        json!(["Ingress"]),
        json!(["Egress"]),
        json!(["Ingress", "Egress"]),
    ]);
    let pods = selector("pod", ["a", "b", "c"]);
    (pods, types, list(rule("from")), list(rule("to"))).prop_map(|(pods, types, ingress, egress)| {
        json!({"podSelector": pods, "policyTypes": types, "ingress": ingress, "egress": egress})
    })
}
