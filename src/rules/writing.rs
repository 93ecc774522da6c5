//! How the dialect of a kind of policies writes a rule that admits something.

use ipnet::IpNet;
use serde_json::{Map, Value, json};

use crate::labels::Labels;
use crate::object::Kind;
use crate::policy::{Direction, NAMESPACE_NAME_LABEL, Protocol};

/// How the dialect of a kind writes the rules of a mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writing {
    /// `to` and `ports` of `NetworkPolicy`.
    Networking,
    /// `toEntities`, `toEndpoints` and `toPorts` of Cilium.
    Cilium,
    /// `source` and `destination` of Calico.
    Calico,
    /// Rules with an action, by the word for admitting; whether they have `protocols` and not
    /// `ports`.
    Tiered {
        /// `Allow` or `Accept`.
        admit: &'static str,
        /// Whether ports stand in `protocols`.
        protocols: bool,
    },
}

/// Whom a rule is to admit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    /// Pods of a namespace with these labels.
    Pods {
        /// The namespace.
        namespace: String,
        /// The labels.
        labels: Labels,
    },
    /// Addresses.
    Block(IpNet),
    /// What is outside the cluster.
    World {
        /// By its IPv6 addresses, and not by IPv4.
        six: bool,
    },
}

impl Writing {
    /// The writing of a kind of policies.
    pub(crate) const fn of(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::NetworkPolicy => Self::Networking,
            Kind::CiliumNetworkPolicy | Kind::CiliumClusterwideNetworkPolicy => Self::Cilium,
            Kind::CalicoNetworkPolicy | Kind::GlobalNetworkPolicy => Self::Calico,
            Kind::AdminNetworkPolicy | Kind::BaselineAdminNetworkPolicy => Self::Tiered {
                admit: "Allow",
                protocols: false,
            },
            Kind::AwsClusterNetworkPolicy => Self::Tiered {
                admit: "Accept",
                protocols: false,
            },
            Kind::ClusterNetworkPolicy => Self::Tiered {
                admit: "Accept",
                protocols: true,
            },
            _ => return None,
        })
    }

    /// A rule that admits egress to `to`, a peer in this writing, on some ports.
    pub(super) fn rule(self, to: &Value, ports: &[(&str, u16)]) -> Value {
        self.rule_on(Direction::Egress, to, ports)
    }

    fn rule_on(self, direction: Direction, other: &Value, ports: &[(&str, u16)]) -> Value {
        let list = |one: &dyn Fn(&str, u16) -> Value| -> Vec<Value> {
            ports
                .iter()
                .map(|(protocol, port)| one(protocol, *port))
                .collect()
        };
        let side = match direction {
            Direction::Egress => "to",
            Direction::Ingress => "from",
        };
        match self {
            Self::Networking => {
                let ports = list(&|protocol, port| json!({ "protocol": protocol, "port": port }));
                json!({ side: other, "ports": ports })
            }
            Self::Cilium => {
                let ports = list(
                    &|protocol, port| json!({ "port": port.to_string(), "protocol": protocol }),
                );
                json!({ format!("{side}Endpoints"): other, "toPorts": [{ "ports": ports }] })
            }
            Self::Calico => other.clone(),
            Self::Tiered { admit, protocols } if protocols => {
                let ports = list(&|protocol, port| {
                    let port = json!({ "destinationPort": { "number": port } });
                    json!({ protocol.to_lowercase(): port })
                });
                json!({ "action": admit, side: other, "protocols": ports })
            }
            Self::Tiered { admit, .. } => {
                let ports = list(
                    &|protocol, port| json!({ "portNumber": { "protocol": protocol, "port": port } }),
                );
                json!({ "action": admit, side: other, "ports": ports })
            }
        }
    }

    /// The rules of a policy in `namespace` that admit one direction from or to `others` on a
    /// port; none where the dialect cannot say so.
    pub(crate) fn admitting(
        self,
        direction: Direction,
        namespace: &str,
        others: &[Other],
        (port, protocol): (u16, Protocol),
    ) -> Vec<Value> {
        let ports = [(protocol.as_str(), port)];
        match self {
            Self::Networking => {
                let peers = others.iter().map(|it| networking(it, namespace));
                let peers: Value = peers.collect();
                vec![self.rule_on(direction, &peers, &ports)]
            }
            Self::Tiered { .. } => {
                let peers: Option<Value> = others.iter().map(|it| tiered(it, direction)).collect();
                let rule = peers.map(|peers| self.rule_on(direction, &peers, &ports));
                rule.into_iter().collect()
            }
            Self::Cilium => {
                let each = others.iter();
                each.map(|it| self.cilium(it, direction, namespace, &ports))
                    .collect()
            }
            Self::Calico => {
                let each = others.iter();
                each.map(|it| calico(it, direction, namespace, (port, protocol)))
                    .collect()
            }
        }
    }

    fn cilium(
        self,
        other: &Other,
        direction: Direction,
        own: &str,
        ports: &[(&str, u16)],
    ) -> Value {
        let side = match direction {
            Direction::Egress => "to",
            Direction::Ingress => "from",
        };
        let (field, peers) = match other {
            Other::Pods { namespace, labels } => {
                let mut labels = map(labels);
                if namespace != own {
                    let key = "k8s:io.kubernetes.pod.namespace".to_owned();
                    labels.insert(key, namespace.as_str().into());
                }
                let peers = json!([{ "matchLabels": labels }]);
                return self.rule_on(direction, &peers, ports);
            }
            Other::Block(block) => ("CIDR", json!([block.to_string()])),
            Other::World { .. } => ("Entities", json!(["world"])),
        };
        let mut rule = self.rule_on(direction, &Value::Null, ports);
        if let Some(rule) = rule.as_object_mut() {
            rule.remove(&format!("{side}Endpoints"));
            rule.insert(format!("{side}{field}"), peers);
        }
        rule
    }
}

const fn everything(six: bool) -> &'static str {
    if six { "::/0" } else { "0.0.0.0/0" }
}

fn map(labels: &Labels) -> Map<String, Value> {
    let labels = labels.iter();
    labels
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect()
}

fn selectors(namespace: &str, labels: &Labels) -> Value {
    json!({
        "namespaceSelector": { "matchLabels": { NAMESPACE_NAME_LABEL: namespace } },
        "podSelector": { "matchLabels": map(labels) },
    })
}

fn networking(other: &Other, own: &str) -> Value {
    match other {
        Other::Pods { namespace, labels } if namespace == own => {
            json!({ "podSelector": { "matchLabels": map(labels) } })
        }
        Other::Pods { namespace, labels } => selectors(namespace, labels),
        Other::Block(block) => json!({ "ipBlock": { "cidr": block.to_string() } }),
        Other::World { six } => json!({ "ipBlock": { "cidr": everything(*six) } }),
    }
}

/// A peer of a rule with an action: what comes in is told by its pods only.
fn tiered(other: &Other, direction: Direction) -> Option<Value> {
    match (other, direction) {
        (Other::Pods { namespace, labels }, _) => {
            Some(json!({ "pods": selectors(namespace, labels) }))
        }
        (_, Direction::Ingress) => None,
        (Other::Block(block), _) => Some(json!({ "networks": [block.to_string()] })),
        (Other::World { six }, _) => Some(json!({ "networks": [everything(*six)] })),
    }
}

fn calico(
    other: &Other,
    direction: Direction,
    own: &str,
    (port, protocol): (u16, Protocol),
) -> Value {
    let (port, protocol) = (json!([port]), protocol.as_str());
    let entity = match other {
        Other::Pods { namespace, labels } => {
            let all = labels.iter();
            let all: Vec<String> = all
                .map(|(key, value)| format!("{key} == \"{value}\""))
                .collect();
            let mut entity = Map::from_iter([("selector".to_owned(), all.join(" && ").into())]);
            if namespace != own {
                let there = format!("projectcalico.org/name == \"{namespace}\"");
                entity.insert("namespaceSelector".to_owned(), there.into());
            }
            entity
        }
        Other::Block(block) => nets(&block.to_string()),
        Other::World { six } => nets(everything(*six)),
    };
    match direction {
        Direction::Egress => {
            let mut entity = entity;
            entity.insert("ports".to_owned(), port);
            json!({ "action": "Allow", "protocol": protocol, "destination": entity })
        }
        Direction::Ingress => json!({
            "action": "Allow", "protocol": protocol, "source": entity,
            "destination": { "ports": port },
        }),
    }
}

fn nets(block: &str) -> Map<String, Value> {
    Map::from_iter([("nets".to_owned(), json!([block]))])
}
