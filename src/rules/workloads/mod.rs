//! Rules about Workloads.

mod api_server_egress_blocked;
mod dns_egress_blocked;
mod probe_port_name_not_found;
mod service_account_not_found;
mod service_reference_broken;

pub(crate) use api_server_egress_blocked::rules as rules_for_api_server;
pub(crate) use dns_egress_blocked::rule as rule_for_dns;

pub(super) const RULES: [super::Rule; 5] = [
    api_server_egress_blocked::RULE,
    dns_egress_blocked::RULE,
    probe_port_name_not_found::RULE,
    service_account_not_found::RULE,
    service_reference_broken::RULE,
];
