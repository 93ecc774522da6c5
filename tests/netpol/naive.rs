//! A second reading of `NetworkPolicies`, straight from the API's text.

use std::net::IpAddr;

use portcullis::labels::Labels;
use portcullis::policy::Protocol;
use serde_json::Value;

use super::Inhabitant;

/// Whether labels meet a `LabelSelector`, by the API's text; null selects nothing.
fn naive_selects(selector: &Value, labels: &Labels) -> bool {
    let pairs = selector["matchLabels"].as_object().into_iter().flatten();
    let expressions = selector["matchExpressions"]
        .as_array()
        .into_iter()
        .flatten();
    let mut pairs = pairs.map(|(key, value)| labels.get(key) == value.as_str());
    let mut expressions = expressions.map(|expression| {
        let value = labels.get(expression["key"].as_str().unwrap());
        let listed = expression["values"]
            .as_array()
            .is_some_and(|values| values.iter().any(|it| it.as_str() == value));
        match expression["operator"].as_str().unwrap() {
            "In" => value.is_some() && listed,
            "NotIn" => value.is_none() || !listed,
            "Exists" => value.is_some(),
            _ => value.is_none(),
        }
    });
    selector.is_object() && pairs.all(|it| it) && expressions.all(|it| it)
}

/// Whether an address is in a block of its own family, by its bits.
fn naive_holds(block: &Value, address: IpAddr) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(four) => (32, u128::from(u32::from(four))),
        IpAddr::V6(six) => (128, u128::from(six)),
    };
    let (net, prefix) = block.as_str().unwrap().split_once('/').unwrap();
    let ((width, net), (own, address)) = (bits(net.parse().unwrap()), bits(address));
    let shift = width - prefix.parse::<u32>().unwrap();
    let top = |bits: u128| bits.checked_shr(shift).unwrap_or(0);
    width == own && top(net) == top(address)
}

fn naive_peer(peer: &Value, policy: &Value, other: &Inhabitant) -> bool {
    if let Some(block) = peer.get("ipBlock") {
        let except = block["except"].as_array().into_iter().flatten();
        return naive_holds(&block["cidr"], other.address)
            && !except
                .into_iter()
                .any(|less| naive_holds(less, other.address));
    }
    let there = match peer.get("namespaceSelector") {
        Some(selector) => naive_selects(selector, &other.namespace_labels),
        None => policy["metadata"]["namespace"] == *other.namespace,
    };
    let pods = peer.get("podSelector");
    there && pods.is_none_or(|selector| naive_selects(selector, &other.labels))
}

fn naive_port(entry: &Value, (protocol, port): (Protocol, u16)) -> bool {
    let wanted = entry["protocol"].as_str().unwrap_or("TCP");
    wanted == protocol.as_str()
        && match (&entry["port"], &entry["endPort"]) {
            (Value::Null, _) => true,
            (Value::String(name), _) => *name == format!("serve-{port}-{protocol}").to_lowercase(),
            (first, Value::Null) => *first == port,
            (first, last) => (first.as_u64()..=last.as_u64()).contains(&Some(port.into())),
        }
}

/// Whether one side lets a Flow pass: it is not isolated, or a rule admits it.
pub(super) fn naive_side(
    policies: &Value,
    (kind, section, peers): (&str, &str, &str),
    (subject, other): (&Inhabitant, &Inhabitant),
    ports: (Protocol, u16),
) -> bool {
    let empty = |list: &Value| list.as_array().is_none_or(Vec::is_empty);
    let mut isolating = policies
        .as_array()
        .unwrap()
        .iter()
        .filter(|policy| {
            let types = &policy["spec"]["policyTypes"];
            let applies = match types.as_array().filter(|types| !types.is_empty()) {
                Some(types) => types.iter().any(|it| it == kind),
                None => kind == "Ingress" || !empty(&policy["spec"]["egress"]),
            };
            applies
                && policy["metadata"]["namespace"] == *subject.namespace
                && naive_selects(&policy["spec"]["podSelector"], &subject.labels)
        })
        .peekable();
    isolating.peek().is_none()
        || isolating.any(|policy| {
            let rules = policy["spec"][section].as_array().into_iter().flatten();
            rules.into_iter().any(|rule| {
                let any = |list: &Value, holds: &dyn Fn(&Value) -> bool| {
                    empty(list) || list.as_array().unwrap().iter().any(holds)
                };
                any(&rule[peers], &|peer| naive_peer(peer, policy, other))
                    && any(&rule["ports"], &|entry| naive_port(entry, ports))
            })
        })
}
