//! Random `NetworkPolicies`, which must mean what the naive reading says.

use portcullis::policy::Datapath;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::naive::naive_side;
use super::{Inhabitant, PROTOCOLS, cell, policies};

/// Absent, null, empty, or with some entries.
fn list(entry: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
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

fn peer() -> BoxedStrategy<Value> {
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

fn port() -> BoxedStrategy<Value> {
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

fn spec() -> impl Strategy<Value = Value> {
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

/// Nine pods in three namespaces, those called c with an address of IPv6.
fn nine() -> Vec<Inhabitant> {
    let places = ["x", "y", "z"].into_iter().enumerate();
    places
        .flat_map(|(at, ns)| {
            ["a", "b", "c"]
                .into_iter()
                .enumerate()
                .map(move |(index, pod)| Inhabitant {
                    namespace: ns.into(),
                    name: pod.into(),
                    namespace_labels: [("ns", ns)].into_iter().collect(),
                    labels: [("pod", pod)].into_iter().collect(),
                    address: match pod {
                        "c" => format!("fd00::{at}:{}", 3 + index),
                        _ => format!("10.0.{at}.{}", 3 + index),
                    }
                    .parse()
                    .unwrap(),
                })
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn random_policies_mean_what_a_naive_reading_of_the_api_says(
        specs in prop::collection::vec((prop::sample::select(vec!["x", "y"]), spec()), 0..5)
    ) {
        let objects: Value = specs
            .iter()
            .enumerate()
            .map(|(at, (namespace, spec))| json!({
                "metadata": {"namespace": namespace, "name": format!("policy-{at}")}, "spec": spec,
            }))
            .collect();
        let (policies, pods) = (policies(&objects), nine());
        for (from, to) in pods.iter().flat_map(|from| pods.iter().map(move |to| (from, to))) {
            for ports in PROTOCOLS.into_iter().flat_map(|it| [(it, 80), (it, 81)]) {
                let itself = from.address == to.address;
                let egress = ("Egress", "egress", "to");
                let ingress = ("Ingress", "ingress", "from");
                let out = itself || naive_side(&objects, egress, (from, to), ports);
                let into = itself || naive_side(&objects, ingress, (to, from), ports);
                let expected = match (out, into) {
                    (true, true) => '.',
                    (true, false) => 'I',
                    (false, true) => 'E',
                    (false, false) => 'X',
                };
                let got = cell(from, to, ports, &policies, Datapath::Endpoint);
                prop_assert_eq!(got, expected, "{:?} {:?} -> {:?}", ports, from, to);
            }
        }
    }

    /// Another rule of a policy that isolates already only lets more pass.
    #[test]
    fn another_rule_closes_no_flow(
        spec in spec(),
        (to, ports) in (list(peer()), list(port())),
        ingress in any::<bool>(),
    ) {
        let (kind, section, side) = if ingress {
            ("Ingress", "ingress", "from")
        } else {
            ("Egress", "egress", "to")
        };
        let mut before = spec;
        before["policyTypes"] = json!([kind]);
        let mut after = before.clone();
        let rule = json!({side: to, "ports": ports});
        match after[section].as_array_mut() {
            Some(rules) => rules.push(rule),
            None => after[section] = json!([rule]),
        }
        let [before, after] = [before, after].map(|spec| {
            policies(&json!([{"metadata": {"namespace": "x", "name": "policy"}, "spec": spec}]))
        });
        let pods = nine();
        for (from, to) in pods.iter().flat_map(|from| pods.iter().map(move |to| (from, to))) {
            for ports in PROTOCOLS.into_iter().flat_map(|it| [(it, 80), (it, 81)]) {
                let cell = |policies| cell(from, to, ports, policies, Datapath::Endpoint);
                prop_assert!(cell(&before) != '.' || cell(&after) == '.');
            }
        }
    }
}
