//! A second, naive reading of `ClusterNetworkPolicy`, straight from the text of its type: a loop
//! over tiers, policies by priority, and rules as they are written.

use serde_json::Value;

use super::world::{NAMESPACES, PODS};

/// What a rule says of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Accept,
    Deny,
    Pass,
    Nothing,
}

fn meets(labels: &[(&str, &str)], selector: &Value) -> bool {
    let has = |key: &str| labels.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
    let pairs = selector["matchLabels"].as_object();
    let pairs = pairs.into_iter().flatten();
    let listed = selector["matchExpressions"].as_array();
    let mut listed = listed.into_iter().flatten();
    pairs
        .into_iter()
        .all(|(key, value)| has(key) == value.as_str())
        && listed.all(|it| {
            let value = has(it["key"].as_str().unwrap());
            let among = || {
                let values = it["values"].as_array().unwrap().iter();
                values
                    .map(|v| v.as_str().unwrap())
                    .any(|v| Some(v) == value)
            };
            match it["operator"].as_str().unwrap() {
                "In" => among(),
                "NotIn" => !among(),
                "Exists" => value.is_some(),
                _ => value.is_none(),
            }
        })
}

/// Whether `{namespaces}` or `{pods}` of a subject or a peer holds a pod.
fn holds(set: &Value, pod: usize) -> bool {
    let (namespace, _, labels, address, host) = PODS[pod];
    if set["nodes"].is_object() {
        // The only pod on a host's network is on a node with this label.
        return host && meets(&[("role", "gpu")], &set["nodes"]);
    }
    if let Some(networks) = set["networks"].as_array() {
        return networks.iter().any(|net| {
            let net: ipnet::IpNet = net.as_str().unwrap().parse().unwrap();
            net.contains(&address.parse::<std::net::IpAddr>().unwrap())
        });
    }
    let found = NAMESPACES.iter().find(|(name, _)| *name == namespace);
    let mut of_namespace = found.unwrap().1.to_vec();
    of_namespace.push(("kubernetes.io/metadata.name", namespace));
    if host {
        return false;
    }
    if set["namespaces"].is_object() {
        return meets(&of_namespace, &set["namespaces"]);
    }
    meets(&of_namespace, &set["pods"]["namespaceSelector"])
        && meets(labels, &set["pods"]["podSelector"])
}

fn protocol_holds(entry: &Value, protocol: &str, port: u64) -> bool {
    if let Some(name) = entry["destinationNamedPort"].as_str() {
        let named = [
            ("http", "tcp", 8080),
            ("metrics", "tcp", 9090),
            ("dns", "udp", 53),
        ];
        return named.contains(&(name, protocol, port));
    }
    let entry = &entry[protocol];
    let number = &entry["destinationPort"]["number"];
    let range = &entry["destinationPort"]["range"];
    if entry.is_null() {
        false
    } else if let Some(number) = number.as_u64() {
        number == port
    } else if range.is_object() {
        (range["start"].as_u64().unwrap()..=range["end"].as_u64().unwrap()).contains(&port)
    } else {
        true
    }
}

/// What one tier says of a connection in one direction.
pub(crate) fn tier(
    specs: &[Value],
    tier: &str,
    direction: &str,
    (from, to): (usize, usize),
    (protocol, port): (&str, u64),
) -> Says {
    let (own, other) = if direction == "ingress" {
        (to, from)
    } else {
        (from, to)
    };
    let side = if direction == "ingress" { "from" } else { "to" };
    let mut specs: Vec<&Value> = specs.iter().filter(|spec| spec["tier"] == tier).collect();
    specs.sort_by_key(|spec| spec["priority"].as_i64());
    for spec in specs {
        if PODS[own].4 || !holds(&spec["subject"], own) {
            continue;
        }
        for rule in spec[direction].as_array().into_iter().flatten() {
            let peers = rule[side].as_array().unwrap();
            let protocols = rule["protocols"].as_array();
            let matches = peers.iter().any(|peer| holds(peer, other))
                && protocols
                    .is_none_or(|all| all.iter().any(|it| protocol_holds(it, protocol, port)));
            if matches {
                return match rule["action"].as_str().unwrap() {
                    "Accept" => Says::Accept,
                    "Deny" => Says::Deny,
                    _ => Says::Pass,
                };
            }
        }
    }
    Says::Nothing
}

/// What a `NetworkPolicy` of namespace shop says, which has ingress rules with one peer each, a
/// podSelector.
fn network(spec: &Value, direction: &str, (from, to): (usize, usize)) -> Says {
    let here = |pod: usize| PODS[pod].0 == "shop" && !PODS[pod].4;
    let chosen = here(to) && meets(PODS[to].2, &spec["podSelector"]);
    if direction != "ingress" || !chosen {
        return Says::Nothing;
    }
    let mut rules = spec["ingress"].as_array().unwrap().iter();
    let admitted =
        rules.any(|rule| here(from) && meets(PODS[from].2, &rule["from"][0]["podSelector"]));
    if admitted { Says::Accept } else { Says::Deny }
}

/// Whether a connection is denied in one direction: the Admin tier, then the `NetworkPolicy` for
/// the pods that it selects, then the Baseline tier, and allowed where none of them decides.
pub(crate) fn denied(
    (specs, policy): (&[Value], &Value),
    direction: &str,
    ends: (usize, usize),
    way: (&str, u64),
) -> bool {
    for name in ["Admin", "NetworkPolicy", "Baseline"] {
        let says = match name {
            "NetworkPolicy" => network(policy, direction, ends),
            name => tier(specs, name, direction, ends, way),
        };
        match says {
            Says::Accept => return false,
            Says::Deny => return true,
            Says::Pass | Says::Nothing => {}
        }
    }
    false
}
