//! What must hold of every set of policies.

use portcullis::object::Object;
use portcullis::policy::{Datapath, Protocol};
use portcullis::reach::Outcome;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::cluster_policy::{selector, specs};
use super::naive::denied;
use super::world::{PODS, World, manifest, objects};

const WAYS: [(Protocol, u16); 6] = [
    (Protocol::Tcp, 80),
    (Protocol::Tcp, 8080),
    (Protocol::Tcp, 9090),
    (Protocol::Udp, 53),
    (Protocol::Udp, 8080),
    (Protocol::Sctp, 80),
];

fn name(pod: usize) -> String {
    format!("{}/{}", PODS[pod].0, PODS[pod].1)
}

/// Every answer about every pair of pods.
fn answers(objects: &[Object], datapath: Datapath) -> Vec<Outcome> {
    let world = World::of(objects.to_vec());
    let mut all = Vec::new();
    for (from, to) in pairs() {
        for way in WAYS {
            all.push(world.outcome((&name(from), &name(to)), way, (datapath, None)));
        }
    }
    all
}

fn pairs() -> impl Iterator<Item = (usize, usize)> {
    let all = 0..PODS.len();
    all.clone().flat_map(move |from| {
        let others = all.clone().filter(move |to| *to != from);
        others.map(move |to| (from, to))
    })
}

fn read(specs: &[Value]) -> Vec<Object> {
    let all = specs.iter().enumerate();
    let manifests: String = all
        .map(|(index, spec)| {
            let name = format!("p{index}");
            manifest("ClusterNetworkPolicy", &name, None, &spec.to_string())
        })
        .collect();
    objects(&manifests)
}

fn network_policy() -> impl Strategy<Value = Value> {
    (
        selector("app", &["web", "db", "vault"]),
        prop::option::of(selector("app", &["web", "db", "vault"])),
    )
        .prop_map(|(pods, from)| {
            let ingress: Vec<Value> = from
                .into_iter()
                .map(|it| json!({"from": [{"podSelector": it}]}))
                .collect();
            json!({"podSelector": pods, "policyTypes": ["Ingress"], "ingress": ingress})
        })
}

/// A `NetworkPolicy` of namespace shop.
fn networking(spec: &Value) -> Vec<Object> {
    let manifest = manifest("NetworkPolicy", "network", Some("shop"), &spec.to_string());
    let read = objects(&manifest);
    assert_eq!(read.len(), 1, "{manifest}");
    read
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn cluster_network_policies_mean_what_a_naive_reading_says(
        specs in specs(),
        network in network_policy(),
    ) {
        let mut objects = read(&specs);
        objects.extend(networking(&network));
        let found = answers(&objects, Datapath::Endpoint);
        let mut expected = Vec::new();
        for ends in pairs() {
            for (protocol, port) in WAYS {
                let way = (protocol.as_str().to_lowercase(), u64::from(port));
                let way = (way.0.as_str(), way.1);
                let either = ["egress", "ingress"]
                    .into_iter()
                    .any(|direction| denied((&specs, &network), direction, ends, way));
                expected.push(if either { Outcome::Denied } else { Outcome::Allowed });
            }
        }
        prop_assert_eq!(found, expected);
    }

    /// Where every rule of the Admin tier passes, the tier is as good as absent.
    #[test]
    fn a_pass_equals_its_absence_for_lower_tiers(specs in specs(), network in network_policy()) {
        let mut passing = specs.clone();
        for spec in passing.iter_mut().filter(|spec| spec["tier"] == "Admin") {
            for section in ["ingress", "egress"] {
                for rule in spec[section].as_array_mut().unwrap() {
                    rule["action"] = json!("Pass");
                }
            }
        }
        let without: Vec<Value> = specs
            .into_iter()
            .filter(|spec| spec["tier"] != "Admin")
            .collect();
        let (mut passing, mut without) = (read(&passing), read(&without));
        passing.extend(networking(&network));
        without.extend(networking(&network));
        prop_assert_eq!(
            answers(&passing, Datapath::Endpoint),
            answers(&without, Datapath::Endpoint)
        );
    }

    #[test]
    fn the_order_of_policies_changes_nothing(specs in specs(), network in network_policy()) {
        let mut all = read(&specs);
        all.extend(networking(&network));
        let forth = answers(&all, Datapath::Endpoint);
        all.reverse();
        prop_assert_eq!(forth, answers(&all, Datapath::Endpoint));
    }

    /// Whatever others admit, what Cilium denies for certain is denied.
    #[test]
    fn a_deny_of_cilium_beats_every_allow(
        denied in selector("app", &["web", "db", "vault"]),
        network in network_policy(),
        open in any::<bool>(),
    ) {
        let deny = json!({"endpointSelector": {}, "ingressDeny": [{"fromEndpoints": [denied]}]});
        let mut alone = deny.clone();
        alone["enableDefaultDeny"] = json!({"ingress": false});
        let deny = objects(&manifest("CiliumNetworkPolicy", "d", Some("shop"), &deny.to_string()));
        let mut all = deny;
        all.extend(networking(&network));
        if open {
            let allow = json!([
                {"endpointSelector": {}, "ingress": [{"fromEntities": ["all"]}]},
                {"endpointSelector": {}, "enableDefaultDeny": {"ingress": false},
                 "ingress": [{"fromEndpoints": [{}]}]},
            ]);
            all.extend(objects(&manifest("CiliumNetworkPolicy", "a", Some("shop"), &allow.to_string())));
        }
        // The rule alone, without what else the policy denies by default.
        let alone = objects(&manifest("CiliumNetworkPolicy", "d", Some("shop"), &alone.to_string()));
        let (alone, all) = (answers(&alone, Datapath::Cilium), answers(&all, Datapath::Cilium));
        for (alone, all) in alone.into_iter().zip(all) {
            prop_assert!(alone != Outcome::Denied || all == Outcome::Denied);
        }
    }
}
