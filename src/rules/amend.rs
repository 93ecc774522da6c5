//! Egress rules added to a policy in its own dialect, where they admit what it stops.

use serde_json::{Value, json};

use crate::finding::Mend;
use crate::finding::{FieldPath, ObjectRef};
use crate::object::{Kind, Of};
use crate::policy::from::{
    admin_v1alpha1, aws_v1alpha1, cilium_v2, cluster_v1alpha2, networking_v1,
};
use crate::policy::{Action, Policy, Rule};

/// How the dialect of a kind writes the rules of a mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// `to` and `ports` of `NetworkPolicy`.
    Networking,
    /// `toEntities`, `toEndpoints` and `toPorts` of Cilium.
    Cilium,
    /// Rules with an action, by the word for admitting; whether they have `protocols` and not
    /// `ports`.
    Tiered {
        /// `Allow` or `Accept`.
        admit: &'static str,
        /// Whether ports stand in `protocols`.
        protocols: bool,
    },
}

impl Writing {
    /// The writing of a kind of policies.
    pub(super) const fn of(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::NetworkPolicy => Self::Networking,
            Kind::CiliumNetworkPolicy | Kind::CiliumClusterwideNetworkPolicy => Self::Cilium,
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
        let list = |one: &dyn Fn(&str, u16) -> Value| -> Vec<Value> {
            ports
                .iter()
                .map(|(protocol, port)| one(protocol, *port))
                .collect()
        };
        match self {
            Self::Networking => {
                let ports = list(&|protocol, port| json!({ "protocol": protocol, "port": port }));
                json!({ "to": to, "ports": ports })
            }
            Self::Cilium => {
                let ports = list(
                    &|protocol, port| json!({ "port": port.to_string(), "protocol": protocol }),
                );
                json!({ "toEndpoints": to, "toPorts": [{ "ports": ports }] })
            }
            Self::Tiered { admit, protocols } if protocols => {
                let ports = list(&|protocol, port| {
                    let port = json!({ "destinationPort": { "number": port } });
                    json!({ protocol.to_lowercase(): port })
                });
                json!({ "action": admit, "to": to, "protocols": ports })
            }
            Self::Tiered { admit, .. } => {
                let ports = list(
                    &|protocol, port| json!({ "portNumber": { "protocol": protocol, "port": port } }),
                );
                json!({ "action": admit, "to": to, "ports": ports })
            }
        }
    }
}

/// A policy with egress rules added, and how they come into it.
pub(super) struct Amended {
    /// What it means then.
    pub(super) policy: Policy,
    at: FieldPath,
    /// Whether the list that they go to is there.
    listed: bool,
    /// Whether they go before what stands at `at`.
    before: bool,
}

impl Amended {
    /// `policy` with `rules` added: after its others, or before the one that denies.
    pub(super) fn of(
        policy: Of<'_, Policy>,
        denies: Option<&Rule>,
        rules: &[Value],
    ) -> Option<Self> {
        let added = translated(policy.meta.kind, rules)?;
        let list = policy.body.at.join("egress");
        let mut amended = policy.body.clone();
        let Some(denies) = denies else {
            let stands = |rule: &Rule| rule.at.segments().starts_with(list.segments());
            let listed = policy.body.egress.iter().any(stands);
            amended.egress.extend(added);
            return Some(Self {
                policy: amended,
                at: list,
                listed,
                before: false,
            });
        };
        // Only where rules are asked in the order in which they are written one can go first.
        if !matches!(Writing::of(policy.meta.kind)?, Writing::Tiered { .. }) {
            return None;
        }
        let (priority, position) = denies.order;
        let count = u32::try_from(added.len()).ok()?;
        for rule in amended
            .egress
            .iter_mut()
            .filter(|rule| rule.order.1 >= position)
        {
            rule.order.1 = rule.order.1.saturating_add(count);
        }
        let numbered = added
            .into_iter()
            .zip(position..)
            .map(|(rule, position)| Rule {
                order: (priority, position),
                ..rule
            });
        amended.egress.extend(numbered);
        Some(Self {
            policy: amended,
            at: denies.at.clone(),
            listed: true,
            before: true,
        })
    }

    /// The patch.
    pub(super) fn mend(&self, policy: ObjectRef, rules: Vec<Value>) -> Mend {
        let name = policy.name.to_string();
        let mend = Mend::of(policy).test(&FieldPath::of("metadata.name"), name);
        if !self.listed {
            return mend.add(&self.at, rules);
        }
        if self.before {
            // Each goes to the same place, so the last comes first.
            let last_first = rules.into_iter().rev();
            return last_first.fold(mend, |mend, rule| mend.add(&self.at, rule));
        }
        let end = self.at.key("-");
        rules
            .into_iter()
            .fold(mend, |mend, rule| mend.add(&end, rule))
    }
}

/// What egress rules mean in the dialect of a kind; `None` where they are not sound there.
fn translated(kind: Kind, rules: &[Value]) -> Option<Vec<Rule>> {
    let spec = json!({
        "policyTypes": ["Egress"], "podSelector": {},
        "endpointSelector": {},
        "tier": "Admin", "priority": 0, "subject": { "namespaces": {} },
        "egress": rules,
    })
    .to_string();
    let tiered = || serde_json::from_str::<admin_v1alpha1::Spec<'_>>(&spec).ok();
    let (policy, problems) = match kind {
        Kind::NetworkPolicy => networking_v1::translate(&serde_json::from_str(&spec).ok()?),
        Kind::AdminNetworkPolicy => admin_v1alpha1::translate(&tiered()?),
        Kind::BaselineAdminNetworkPolicy => admin_v1alpha1::translate_baseline(&tiered()?),
        Kind::ClusterNetworkPolicy => cluster_v1alpha2::translate(&tiered()?),
        Kind::AwsClusterNetworkPolicy => aws_v1alpha1::translate(&tiered()?),
        Kind::CiliumNetworkPolicy | Kind::CiliumClusterwideNetworkPolicy => {
            let scope = if kind == Kind::CiliumNetworkPolicy {
                cilium_v2::Scope::Namespace
            } else {
                cilium_v2::Scope::Cluster
            };
            let spec = serde_json::from_str(&spec).ok()?;
            let (policies, problems) = cilium_v2::translate(Some(&spec), &[], scope);
            (policies.into_iter().next()?, problems)
        }
        _ => return None,
    };
    let sound = problems.is_empty()
        && policy
            .egress
            .iter()
            .all(|rule| rule.action == Action::Allow && rule.undecidable.is_none());
    sound.then_some(policy.egress)
}
