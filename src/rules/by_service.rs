//! The mend of policies that can name a Service: one rule that admits its endpoints.

use serde_json::json;

use super::amend::Amended;
use super::blocked::Blocked;
use super::writing::Writing;
use crate::finding::Mend;
use crate::object::{Kind, Of};
use crate::policy::Direction;
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
        if Writing::of(meta.kind)? != Writing::Calico {
            return None;
        }
        let service = json!({ "services": { "name": name, "namespace": namespace } });
        let rules = vec![json!({ "action": "Allow", "destination": service })];
        let amended = Amended::of(self.by.policy, Direction::Egress, self.by.rule, &rules)?;
        let policies = egress.policies.iter().map(|policy| Of {
            meta: policy.meta,
            body: if std::ptr::eq(policy.body, body) {
                &amended.policy
            } else {
                policy.body
            },
        });
        let egress = egress.under(policies.collect());
        reached(&egress).then(|| amended.mend(meta.reference.clone(), rules))
    }
}
