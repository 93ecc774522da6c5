//! Rules about network policies, whatever their dialect.

mod policy_selects_nothing;

pub(super) const RULES: [super::Rule; 1] = [policy_selects_nothing::RULE];
