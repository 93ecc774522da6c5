//! Which policy decided one side, by which rule, and what to say of it.

use crate::finding::{FieldPath, ObjectRef, Segment};
use crate::object::Meta;
use crate::policy::{Action, Direction, Policy};
use crate::reach::By;

/// What decided one side of a question.
#[derive(Clone, Debug)]
pub struct Decider<'a> {
    /// The policy.
    pub policy: &'a Meta,
    /// The rule, or the list of rules of which none matched: `spec.egress[0]`, `spec.egress`.
    pub field: FieldPath,
    /// The rule's place in its list; `None` where isolation decided.
    pub rule: Option<usize>,
    /// What to point at: the rule, or what makes the policy isolate.
    pub at: FieldPath,
    /// What the policy does, as after its name.
    pub does: &'static str,
}

impl<'a> Decider<'a> {
    /// What decided one direction.
    pub fn of(by: By<'a>, direction: Direction) -> Self {
        let policy: &'a Policy = by.policy.body;
        let list = policy.at.join(match direction {
            Direction::Ingress => "ingress",
            Direction::Egress => "egress",
        });
        let Some(rule) = by.rule else {
            let rules = policy.rules(direction);
            return Self {
                policy: by.policy.meta,
                at: if rules.is_empty() {
                    policy.subject_at.clone()
                } else {
                    list.clone()
                },
                field: list,
                rule: None,
                does: match (direction, rules.is_empty()) {
                    (Direction::Ingress, true) => "isolates the pods and admits no ingress",
                    (Direction::Egress, true) => "isolates the pods and admits no egress",
                    (_, false) => "isolates the pods and admits it by none of its rules",
                },
            };
        };
        Self {
            policy: by.policy.meta,
            field: rule.at.clone(),
            rule: index(&rule.at, &policy.at),
            at: rule.at.clone(),
            does: match rule.action {
                Action::Allow => "admits it",
                Action::Deny => "denies it",
                Action::Pass => "leaves it to others",
            },
        }
    }

    /// The object that holds the policy.
    pub fn object(&self) -> &'a ObjectRef {
        &self.policy.reference
    }
}

/// The place of a rule in its list, which is the first below the policy's own.
fn index(rule: &FieldPath, policy: &FieldPath) -> Option<usize> {
    let below = rule.segments().get(policy.segments().len()..)?;
    below.iter().find_map(|segment| match segment {
        Segment::Index(index) => Some(*index),
        Segment::Key(_) => None,
    })
}
