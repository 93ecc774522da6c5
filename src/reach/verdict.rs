//! What is answered about a Flow, and which policy and rule decided.

use super::{Because, Certainty};
use crate::object::Of;
use crate::policy::{Policy, Rule};

/// Whether a Flow passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It passes.
    Allowed,
    /// It does not.
    Denied,
    /// That depends on something that is not known.
    Depends(Because),
}

/// What decided one side of a Flow.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// The policy.
    pub policy: Of<'a, Policy>,
    /// Its rule; `None` where no rule matched and the policy isolates.
    pub rule: Option<&'a Rule>,
}

/// The answer of one side of a Flow.
#[derive(Clone, Debug)]
pub struct Decision<'a> {
    /// What it is.
    pub outcome: Outcome,
    /// What decided it; `None` where no policy has a say.
    pub by: Option<By<'a>>,
}

/// The answer about a Flow: it passes where both sides let it.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// Egress at the source.
    pub egress: Decision<'a>,
    /// Ingress at the destination.
    pub ingress: Decision<'a>,
}

impl Decision<'_> {
    /// What no policy has a say in.
    pub(super) const FREE: Self = Self {
        outcome: Outcome::Allowed,
        by: None,
    };

    /// The answer about several ways of which one is enough.
    pub(super) fn one_of(ways: impl IntoIterator<Item = Self>) -> Option<Self> {
        ways.into_iter().reduce(|one, other| match other.outcome {
            Outcome::Allowed => other,
            Outcome::Depends(_) if one.outcome == Outcome::Denied => other,
            Outcome::Depends(_) | Outcome::Denied => one,
        })
    }

    /// The answer about one way of which only this much is known, that it is one of these.
    pub(super) fn among(ways: impl IntoIterator<Item = Self>, because: &Because) -> Option<Self> {
        ways.into_iter().reduce(|one, other| {
            if one.outcome == other.outcome {
                one
            } else {
                Self {
                    outcome: Outcome::Depends(because.clone()),
                    by: one.by.or(other.by),
                }
            }
        })
    }
}

impl Verdict<'_> {
    /// What no policy has a say in.
    pub(super) const FREE: Self = Self {
        egress: Decision::FREE,
        ingress: Decision::FREE,
    };

    /// The same where policies have no say if it is internal, or if it may be.
    #[must_use]
    pub fn where_internal(mut self, internal: Certainty) -> Self {
        match internal {
            Certainty::Yes => Self::FREE,
            Certainty::No => self,
            Certainty::Maybe(because) => {
                if self.ingress.outcome == Outcome::Denied {
                    self.ingress.outcome = Outcome::Depends(because);
                }
                self
            }
        }
    }

    /// Both sides together.
    pub fn outcome(&self) -> &Outcome {
        match (&self.egress.outcome, &self.ingress.outcome) {
            (Outcome::Allowed, _) | (Outcome::Depends(_), Outcome::Denied) => &self.ingress.outcome,
            (Outcome::Denied | Outcome::Depends(_), _) => &self.egress.outcome,
        }
    }
}
