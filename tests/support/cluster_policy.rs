//! Random specs of `ClusterNetworkPolicy`, over pods `app: web|db|vault` in namespaces
//! `team: red|blue|ops`.

use proptest::prelude::*;
use serde_json::{Value, json};

/// A selector over one label.
pub(crate) fn selector(
    key: &'static str,
    values: &'static [&'static str],
) -> impl Strategy<Value = Value> {
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
pub(crate) fn specs() -> impl Strategy<Value = Vec<Value>> {
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
