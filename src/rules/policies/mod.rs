//! Rules about network policies, whatever their dialect.

mod policy_isolates_by_accident;
mod policy_peer_matches_nothing;
mod policy_selects_nothing;

pub(super) const RULES: [super::Rule; 3] = [
    policy_selects_nothing::RULE,
    policy_peer_matches_nothing::RULE,
    policy_isolates_by_accident::RULE,
];
