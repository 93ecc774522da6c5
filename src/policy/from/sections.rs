//! The two lists of rules of a policy that says which of them count.

use crate::finding::FieldPath;
use crate::policy::{Action, Ignored, Isolates, Peers, Ports, Rule};

/// The rules of a policy, those left out whose direction it does not name, and where those stand.
pub(super) struct Sections {
    /// Rules on traffic to the subject.
    pub(super) ingress: Vec<Rule>,
    /// Rules on traffic from the subject.
    pub(super) egress: Vec<Rule>,
    /// The lists that were left out.
    pub(super) ignored: Vec<Ignored>,
}

impl Sections {
    /// Rules of a direction that is not named admit nothing to what other policies isolate.
    pub(super) fn named(
        named: Isolates,
        (ingress, egress): (Vec<Rule>, Vec<Rule>),
        at: &FieldPath,
    ) -> Self {
        let mut ignored = Vec::new();
        let mut keep = |named: bool, rules: Vec<Rule>, field: &str| {
            if named || rules.is_empty() {
                return rules;
            }
            let open = |rule: &Rule| {
                rule.action == Action::Allow
                    && rule.peers == Peers::Any
                    && rule.ports == Ports::Any
                    && rule.undecidable.is_none()
            };
            ignored.push(Ignored {
                at: at.join(field),
                open: rules.iter().any(open),
            });
            Vec::new()
        };
        Self {
            ingress: keep(named.ingress, ingress, "ingress"),
            egress: keep(named.egress, egress, "egress"),
            ignored,
        }
    }
}
