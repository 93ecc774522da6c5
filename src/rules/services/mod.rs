//! Rules about Services and what stands behind them.

mod selector_mixes_workloads;
mod service_blocked_by_policy;
mod service_selects_nothing;
mod target_port_name_not_found;
mod target_port_not_declared;

pub(super) const RULES: [super::Rule; 5] = [
    service_selects_nothing::RULE,
    target_port_name_not_found::RULE,
    target_port_not_declared::RULE,
    selector_mixes_workloads::RULE,
    service_blocked_by_policy::RULE,
];
