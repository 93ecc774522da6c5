//! Rules about Workloads.

mod api_client;
mod api_server_egress_blocked;
mod blocked;
mod dns_egress_blocked;
mod probe_port_name_not_found;
mod service_account_not_found;

pub(super) const RULES: [super::Rule; 4] = [
    api_server_egress_blocked::RULE,
    dns_egress_blocked::RULE,
    probe_port_name_not_found::RULE,
    service_account_not_found::RULE,
];
