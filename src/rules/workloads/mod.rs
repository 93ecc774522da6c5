//! Rules about Workloads.

mod api_server_egress_blocked;
mod dns_egress_blocked;
mod probe_port_name_not_found;
mod service_account_not_found;
mod service_reference_broken;

pub(super) const RULES: [super::Rule; 5] = [
    api_server_egress_blocked::RULE,
    dns_egress_blocked::RULE,
    probe_port_name_not_found::RULE,
    service_account_not_found::RULE,
    service_reference_broken::RULE,
];
