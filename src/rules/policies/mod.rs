//! Rules about network policies, whatever their dialect.

mod policy_isolates_by_accident;
mod policy_peer_matches_nothing;
mod policy_section_ignored;
mod policy_selects_nothing;
mod policy_uses_service_port;

pub(super) const RULES: [super::Rule; 5] = [
    policy_selects_nothing::RULE,
    policy_peer_matches_nothing::RULE,
    policy_uses_service_port::RULE,
    policy_section_ignored::RULE,
    policy_isolates_by_accident::RULE,
];
