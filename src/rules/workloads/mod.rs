//! Rules about Workloads.

mod probe_port_name_not_found;
mod service_account_not_found;

pub(super) const RULES: [super::Rule; 2] = [
    probe_port_name_not_found::RULE,
    service_account_not_found::RULE,
];
