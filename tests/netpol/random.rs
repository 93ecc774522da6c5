//! Random `NetworkPolicies`, which must mean what the naive reading says.

use portcullis::policy::Datapath;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::naive::naive_side;
use super::network_policy::{list, peer, port, spec};
use super::{Inhabitant, PROTOCOLS, cell, policies};

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
