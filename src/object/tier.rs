//! The place of a tier of policies.

use crate::policy::AtEnd;

/// What rules read of a Tier.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TierOrder {
    /// Lower is asked first; without one it is asked last.
    pub order: Option<f64>,
    /// What becomes of what no rule of it matches.
    pub end: AtEnd,
}
