//! The backends of a route, gathered by the Service and port that they name.

use std::collections::BTreeMap;

use crate::object::{Backend, BackendPort, Of, Route, Service, ServicePort};

/// The port by which the AWS load balancer controller is told to look at an annotation: the name
/// beside it is that of an action, and of no Service.
const USE_ANNOTATION: &str = "use-annotation";

/// What cert-manager calls the Services that answer a challenge; they come and go with it.
const SOLVER: &str = "cm-acme-http-solver-";

/// The backends that lead to one Service, or to one port of it, in the order of the route.
pub(super) type Same<'a> = Vec<&'a Backend>;

/// The backends of a route that name a Service as one can be named, by its namespace and name.
pub(super) fn by_service<'a>(route: Of<'a, Route>) -> BTreeMap<(&'a str, &'a str), Same<'a>> {
    let mut all: BTreeMap<_, Same<'a>> = BTreeMap::new();
    let backends = route.body.backends.iter();
    for backend in backends.filter(|backend| is_meant_as_service(backend)) {
        let namespace = backend.namespace.as_deref();
        let place = (
            namespace.unwrap_or(route.meta.namespace()),
            &*backend.service,
        );
        all.entry(place).or_default().push(backend);
    }
    all
}

/// Whether a backend names a Service that somebody writes down: its name is one already, and not
/// `${NAME}`.
fn is_meant_as_service(backend: &Backend) -> bool {
    let is_in_names = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let by_annotation =
        matches!(&backend.port, Some(BackendPort::Name(name)) if &**name == USE_ANNOTATION);
    !by_annotation
        && !backend.service.starts_with(SOLVER)
        && backend.service.chars().all(is_in_names)
}

/// Whether a route that asks for a port means this one of the Service.
pub(super) fn is_asked(asked: &BackendPort, port: &ServicePort) -> bool {
    match asked {
        BackendPort::Number(number) => *number == port.port,
        // Before v1, a number could be written as a string.
        BackendPort::Name(name) => {
            port.name.as_ref() == Some(name) || name.parse() == Ok(port.port)
        }
    }
}

/// Whether a Service has the port that a backend asks for, or cannot be told by its ports.
pub(super) fn has_port(service: Of<'_, Service>, asked: Option<&BackendPort>) -> bool {
    let ports = &service.body.ports;
    let has = |asked: &BackendPort| ports.iter().any(|port| is_asked(asked, port));
    service.external_name
        || ports.is_empty()
        || !service.meta.problems.is_empty()
        || asked.is_none_or(has)
}
