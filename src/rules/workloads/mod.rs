//! Rules about Workloads.

mod api_client;
mod api_server_egress_blocked;
mod blocked;
mod dns_egress_blocked;

pub(super) const RULES: [super::Rule; 2] =
    [api_server_egress_blocked::RULE, dns_egress_blocked::RULE];
