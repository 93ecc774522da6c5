//! What must hold of every set of policies.

use portcullis::object::Object;
use portcullis::policy::{Datapath, Protocol};
use portcullis::reach::Outcome;
use proptest::prelude::*;
use serde_json::{Value, json};

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

fn selector(key: &'static str, values: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let some = prop::sample::subsequence(values.to_vec(), 1..=values.len());
    prop_oneof![
        2 => Just(json!({})),
        3 => prop::sample::select(values).prop_map(move |it| json!({"matchLabels": {key: it}})),
        1 => (prop::sample::select(vec!["In", "NotIn"]), some).prop_map(move |(operator, values)| {
            json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]})
        }),
        1 => prop::sample::select(vec!["Exists", "DoesNotExist"]).prop_map(move |operator| {
            json!({"matchExpressions": [{"key": key, "operator": operator}]})
        }),
    ]
}

fn pods() -> impl Strategy<Value = Value> {
    let namespaces = || selector("team", &["red", "blue", "ops"]);
    let own = selector("app", &["web", "db", "vault"]);
    prop_oneof![
        namespaces().prop_map(|it| json!({"namespaces": it})),
        (namespaces(), own).prop_map(
            |(namespaces, own)| json!({"pods": {"namespaceSelector": namespaces, "podSelector": own}})
        ),
    ]
}

fn protocol() -> impl Strategy<Value = Value> {
    let transport = || prop::sample::select(vec!["tcp", "udp", "sctp"]);
    let port = prop::sample::select(vec![80, 8080, 53]);
    prop_oneof![
        transport().prop_map(|it| json!({it: {}})),
        (transport(), port)
            .prop_map(|(it, port)| json!({it: {"destinationPort": {"number": port}}})),
        transport()
            .prop_map(|it| json!({it: {"destinationPort": {"range": {"start": 50, "end": 8080}}}})),
        prop::sample::select(vec!["http", "dns", "nobody"])
            .prop_map(|it| json!({"destinationNamedPort": it})),
    ]
}

fn rules(side: &'static str) -> impl Strategy<Value = Vec<Value>> {
    let network = prop::sample::select(vec![
        "10.0.0.0/16",
        "10.0.2.0/24",
        "0.0.0.0/0",
        "fd00::/8",
        "::/0",
    ])
    .prop_map(|net| json!({"networks": [net]}));
    let nodes = selector("role", &["gpu", "web"]).prop_map(|it| json!({"nodes": it}));
    let peer = if side == "to" {
        prop_oneof![3 => pods(), 1 => network, 1 => nodes].boxed()
    } else {
        pods().boxed()
    };
    let action = prop::sample::select(vec!["Accept", "Deny", "Pass"]);
    let protocols = prop::option::of(prop::collection::vec(protocol(), 1..3));
    let rule = (action, prop::collection::vec(peer, 1..3), protocols).prop_map(
        move |(action, peers, protocols)| {
            let mut rule = json!({"action": action, side: peers});
            if let Some(protocols) = protocols {
                rule["protocols"] = protocols.into();
            }
            rule
        },
    );
    prop::collection::vec(rule, 0..4)
}

/// Specs of cluster policies, each with a priority of its own.
fn specs() -> impl Strategy<Value = Vec<Value>> {
    let tier = prop::sample::select(vec!["Admin", "Baseline"]);
    let spec = (tier, pods(), rules("from"), rules("to")).prop_map(
        |(tier, subject, ingress, egress)| {
            json!({"tier": tier, "subject": subject, "ingress": ingress, "egress": egress})
        },
    );
    prop::collection::vec(spec, 1..4).prop_map(|mut specs| {
        for (spec, priority) in specs.iter_mut().zip(1..) {
            spec["priority"] = json!(priority);
        }
        specs
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
