//! Rules about Ingresses and routes, and the Services that they lead to.

mod route_backend_not_found;
mod route_backend_port_not_found;
mod route_reference_not_granted;

pub(super) const RULES: [super::Rule; 3] = [
    route_backend_not_found::RULE,
    route_backend_port_not_found::RULE,
    route_reference_not_granted::RULE,
];
