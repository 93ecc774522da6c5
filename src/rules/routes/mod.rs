//! Rules about Ingresses and routes, and the Services that they lead to.

mod route_backend_not_found;
mod route_backend_port_not_found;

pub(super) const RULES: [super::Rule; 2] = [
    route_backend_not_found::RULE,
    route_backend_port_not_found::RULE,
];
