//! The mend of policies that can name a Service: one rule that admits its endpoints.

use serde_json::{Value, json};

use super::blocked::Blocked;
use crate::finding::{FieldPath, Mend};
use crate::object::{Kind, Of};
use crate::policy::from::calico::{Form, Spec, translate};
use crate::policy::{Policy, Rule};
use crate::reach::Egress;

impl Blocked<'_> {
    /// What admits the endpoints of a Service, by its name, where the policy that decided can.
    pub(super) fn help_by_service(&self, (namespace, name): (&str, &str)) -> Option<String> {
        let kind = self.by.policy.meta.kind;
        let can = matches!(kind, Kind::CalicoNetworkPolicy | Kind::GlobalNetworkPolicy);
        can.then(|| {
            format!("admit it by destination.services: {{name: {name}, namespace: {namespace}}}")
        })
    }

    /// The patch that admits egress to the endpoints of a Service, by its name, in the policy that
    /// decided, where its dialect has such rules and the destination is `reached` with it: after
    /// the others, or before the rule that denies.
    pub(super) fn mend_by_service(
        &self,
        (namespace, name): (&str, &str),
        egress: &Egress<'_>,
        reached: impl Fn(&Egress<'_>) -> bool,
    ) -> Option<Mend> {
        let Of { meta, body } = self.by.policy;
        let global = match meta.kind {
            Kind::CalicoNetworkPolicy => false,
            Kind::GlobalNetworkPolicy => true,
            _ => return None,
        };
        let service = json!({ "services": { "name": name, "namespace": namespace } });
        let entry = json!({ "action": "Allow", "destination": service });
        let added = translated(&entry, global)?;
        let amended = amended(body, self.by.rule, added);
        let policies = egress.policies.iter().map(|policy| Of {
            meta: policy.meta,
            body: if std::ptr::eq(policy.body, body) {
                &amended
            } else {
                policy.body
            },
        });
        let egress = egress.under(policies.collect());
        if !reached(&egress) {
            return None;
        }
        let mend = Mend::of(meta.reference.clone())
            .test(&FieldPath::of("metadata.name"), meta.name().to_owned());
        let list = body.at.join("egress");
        Some(match self.by.rule {
            Some(denies) => mend.add(&denies.at, entry),
            None if body.egress.is_empty() => mend.add(&list, vec![entry]),
            None => mend.add(&list.key("-"), entry),
        })
    }
}

/// What an egress rule means.
fn translated(entry: &Value, global: bool) -> Option<Rule> {
    let spec = json!({ "types": ["Egress"], "egress": [entry] }).to_string();
    let spec: Spec<'_> = serde_json::from_str(&spec).ok()?;
    let form = Form {
        global,
        stored: false,
    };
    let (policy, problems) = translate(&spec, form);
    let rule = policy?.egress.into_iter().next()?;
    problems.is_empty().then_some(rule)
}

/// A policy with one more egress rule, after its others or before the one that denies.
fn amended(policy: &Policy, denies: Option<&Rule>, added: Rule) -> Policy {
    let mut amended = policy.clone();
    let last = policy.egress.iter().map(|rule| rule.order).max();
    let order = match (denies, last) {
        (Some(denies), _) => denies.order,
        (None, Some((place, position))) => (place, position.saturating_add(1)),
        (None, None) => (i64::MAX, 0),
    };
    for rule in amended.egress.iter_mut().filter(|rule| rule.order >= order) {
        rule.order.1 = rule.order.1.saturating_add(1);
    }
    amended.egress.push(Rule { order, ..added });
    amended
}
