//! Rules added to a policy in its own dialect, where they admit what it stops.

use serde_json::{Value, json};

use super::writing::Writing;
use crate::finding::{FieldPath, Mend, ObjectRef};
use crate::object::{Kind, Of};
use crate::policy::from::{
    admin_v1alpha1, aws_v1alpha1, calico, cilium_v2, cluster_v1alpha2, networking_v1,
};
use crate::policy::{Action, Direction, Policy, Rule};

/// A policy with rules added, and how they come into it.
pub(crate) struct Amended {
    /// What it means then.
    pub(crate) policy: Policy,
    at: FieldPath,
    /// Whether the list that they go to is there.
    listed: bool,
    /// Whether they go before what stands at `at`.
    before: bool,
}

impl Amended {
    /// `policy` with `rules` on one direction added: after its others, or before the one that
    /// denies.
    pub(crate) fn of(
        policy: Of<'_, Policy>,
        direction: Direction,
        denies: Option<&Rule>,
        rules: &[Value],
    ) -> Option<Self> {
        let writing = Writing::of(policy.meta.kind)?;
        let added = translated(policy.meta.kind, direction, rules)?;
        let list = policy.body.at.join(field(direction));
        // Only where rules are asked in the order in which they are written one can go first.
        let in_order = matches!(writing, Writing::Tiered { .. } | Writing::Calico);
        if denies.is_some() && !in_order {
            return None;
        }
        let stands = |rule: &Rule| rule.at.segments().starts_with(list.segments());
        let listed = policy.body.rules(direction).iter().any(stands);
        let mut amended = policy.body.clone();
        let all = match direction {
            Direction::Ingress => &mut amended.ingress,
            Direction::Egress => &mut amended.egress,
        };
        if in_order {
            insert(all, added, denies)?;
        } else {
            all.extend(added);
        }
        Some(Self {
            policy: amended,
            at: denies.map_or(list, |denies| denies.at.clone()),
            listed,
            before: denies.is_some(),
        })
    }

    /// The patch.
    pub(crate) fn mend(&self, policy: ObjectRef, rules: Vec<Value>) -> Mend {
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

/// The field of the rules on a direction.
const fn field(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}

/// Puts rules where they are asked before the one that denies, or after all others.
fn insert(all: &mut Vec<Rule>, added: Vec<Rule>, denies: Option<&Rule>) -> Option<()> {
    let last = all.iter().map(|rule| rule.order).max();
    let (place, position) = match (denies, last) {
        (Some(denies), _) => denies.order,
        (None, Some((place, position))) => (place, position.saturating_add(1)),
        (None, None) => (i64::MAX, 0),
    };
    let count = u32::try_from(added.len()).ok()?;
    for rule in all.iter_mut().filter(|rule| rule.order.1 >= position) {
        rule.order.1 = rule.order.1.saturating_add(count);
    }
    let numbered = added.into_iter().zip(position..);
    all.extend(numbered.map(|(rule, position)| Rule {
        order: (place, position),
        ..rule
    }));
    Some(())
}

/// What rules on one direction mean in the dialect of a kind; `None` where they are not sound
/// there.
fn translated(kind: Kind, direction: Direction, rules: &[Value]) -> Option<Vec<Rule>> {
    let types = match direction {
        Direction::Ingress => "Ingress",
        Direction::Egress => "Egress",
    };
    let spec = if Writing::of(kind)? == Writing::Calico {
        json!({ "types": [types], field(direction): rules })
    } else {
        json!({
            "policyTypes": [types], "podSelector": {},
            "endpointSelector": {},
            "tier": "Admin", "priority": 0, "subject": { "namespaces": {} },
            field(direction): rules,
        })
    };
    let (policy, problems) = of_kind(kind, &spec.to_string())?;
    let added = match direction {
        Direction::Ingress => policy.ingress,
        Direction::Egress => policy.egress,
    };
    let allows = |rule: &Rule| rule.action == Action::Allow && rule.undecidable.is_none();
    (problems.is_empty() && added.iter().all(allows)).then_some(added)
}

fn of_kind(kind: Kind, spec: &str) -> Option<(Policy, Vec<(FieldPath, String)>)> {
    let tiered = || serde_json::from_str::<admin_v1alpha1::Spec<'_>>(spec).ok();
    Some(match kind {
        Kind::NetworkPolicy => networking_v1::translate(&serde_json::from_str(spec).ok()?),
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
            let spec = serde_json::from_str(spec).ok()?;
            let (policies, problems) = cilium_v2::translate(Some(&spec), &[], scope);
            (policies.into_iter().next()?, problems)
        }
        Kind::CalicoNetworkPolicy | Kind::GlobalNetworkPolicy => {
            let form = calico::Form {
                global: kind == Kind::GlobalNetworkPolicy,
                stored: false,
            };
            let (policy, problems) = calico::translate(&serde_json::from_str(spec).ok()?, form);
            (policy?, problems)
        }
        _ => return None,
    })
}
