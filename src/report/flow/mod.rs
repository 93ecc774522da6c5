//! Reports of questions: who may talk to whom, and which policy decides.

mod kubectl;
pub mod human;
pub mod json;

use crate::manifest::Location;
use crate::policy::Direction;
use crate::query::{Answered, Decider, Side};

/// An answer, and where what decided it stands in the inputs.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// The answer.
    pub answered: Answered<'a>,
    /// What decided egress, if a policy did.
    pub egress: Option<Decided<'a>>,
    /// What decided ingress, if a policy did.
    pub ingress: Option<Decided<'a>>,
}

/// What decided one side, and where it stands.
#[derive(Clone, Debug)]
pub struct Decided<'a> {
    /// The policy and the rule.
    pub by: Decider<'a>,
    /// Where they stand; `None` where they came from no file.
    pub location: Option<Location>,
}

impl<'a> Told<'a> {
    /// An answer and what decided it, of which nobody says yet where it stands.
    pub fn of(answered: Answered<'a>) -> Self {
        let decided = |side: &Side<'a>, direction| {
            side.by.map(|by| Decided {
                by: Decider::of(by, direction),
                location: None,
            })
        };
        Self {
            egress: decided(&answered.answer.egress, Direction::Egress),
            ingress: decided(&answered.answer.ingress, Direction::Ingress),
            answered,
        }
    }
}
