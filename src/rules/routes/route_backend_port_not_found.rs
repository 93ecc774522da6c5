//! `route-backend-port-not-found`: an Ingress or a route leads to a port that the Service does not
//! have.

use std::collections::BTreeMap;

use serde_json::json;

use crate::cluster::{Answer, View};
use crate::finding::{FieldPath, Finding, Mend, Severity};
use crate::labels::near_name;
use crate::object::{
    Backend, BackendForm, BackendPort, Kind, Of, Route, Service, ServicePort, Target,
};
use crate::rules::routed::{Same, by_service, has_port};
use crate::rules::words::listed;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "route-backend-port-not-found",
    page: include_str!("route_backend_port_not_found.md"),
    check: Check::Route(check),
    gathers: "",
};

fn check(route: Of<'_, Route>, view: View<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for ((namespace, name), backends) in by_service(route) {
        let answer = view.get::<Service>(Kind::Service, namespace, name);
        let Answer::Found(service) = answer else {
            continue;
        };
        let mut by_port: BTreeMap<&BackendPort, Same<'_>> = BTreeMap::new();
        for backend in backends {
            if let Some(port) = &backend.port {
                by_port.entry(port).or_default().push(backend);
            }
        }
        found.extend(
            by_port
                .into_iter()
                .filter(|(port, _)| !has_port(service, Some(port)))
                .filter_map(|(port, backends)| of_port(route, service, port, &backends)),
        );
    }
    found
}

fn of_port(
    route: Of<'_, Route>,
    service: Of<'_, Service>,
    asked: &BackendPort,
    backends: &Same<'_>,
) -> Option<Finding> {
    let field = backends.first()?.port_field();
    let target = service.ports.iter().find(|port| leads_to(port, asked));
    let meant = meant(service, asked, target);
    let why = target.map_or(", which has", |_| ", its targetPort: it has");
    let mut message = format!(
        "leads to port {} of {}{why} {}",
        said(asked),
        service.meta,
        listed(service.ports.iter().map(described))
    );
    if let (Some(meant), true) = (meant, service.ports.len() > 1) {
        message = format!("{message}; did you mean {}?", described(meant));
    }
    let severity = target.map_or(Severity::Error, |_| of_target(route));
    let help = match meant {
        Some(meant) => format!(
            "lead to port {}, or give the Service port {}",
            described(meant),
            said(asked)
        ),
        None => format!(
            "lead to a port of the Service, or give it port {}",
            said(asked)
        ),
    };
    let mend = meant.map(|meant| mend(route, meant, backends));
    Some(
        Finding::new(severity, field, message)
            .help(help)
            .related(
                service.meta.reference.clone(),
                FieldPath::of("spec.ports"),
                "its ports",
            )
            .culprit(format!("{} {}", service.meta, said(asked)))
            .mend(mend),
    )
}

/// Whether a port of a Service leads to what a route asks for.
fn leads_to(port: &ServicePort, asked: &BackendPort) -> bool {
    match (&port.target, asked) {
        (Target::Number(target), BackendPort::Number(number)) => target == number,
        (Target::Name(target), BackendPort::Name(name)) => target == name,
        _ => false,
    }
}

/// How bad it is to ask for a `targetPort`: ingress-nginx takes one for the port of its Service.
fn of_target(route: Of<'_, Route>) -> Severity {
    match route.class.as_deref() {
        _ if route.meta.kind != Kind::Ingress => Severity::Error,
        Some(class) if class.contains("nginx") => Severity::Notice,
        Some(_) => Severity::Error,
        None => Severity::Warning,
    }
}

/// The port that is meant: the one that leads to what is asked for, the only one, or the one of
/// almost that name.
fn meant<'a>(
    service: Of<'a, Service>,
    asked: &BackendPort,
    target: Option<&'a ServicePort>,
) -> Option<&'a ServicePort> {
    let ports = &service.body.ports;
    let by_name = || {
        let BackendPort::Name(asked) = asked else {
            return None;
        };
        let near = near_name(asked, ports.iter().filter_map(|port| port.name.as_deref()))?;
        ports.iter().find(|port| port.name.as_deref() == Some(near))
    };
    match ports.as_slice() {
        [only] => Some(only),
        _ => target.or_else(by_name),
    }
}

/// A port as a route asks for it.
fn said(port: &BackendPort) -> String {
    match port {
        BackendPort::Number(number) => number.to_string(),
        BackendPort::Name(name) => name.to_string(),
    }
}

/// A port as its Service has it: `80 (http)`.
fn described(port: &ServicePort) -> String {
    match &port.name {
        Some(name) => format!("{} ({name})", port.port),
        None => port.port.to_string(),
    }
}

/// The patch that leads to another port.
fn mend(route: Of<'_, Route>, meant: &ServicePort, backends: &Same<'_>) -> Mend {
    let mend = Mend::of(route.meta.reference.clone());
    let tested = backends
        .iter()
        .fold(mend, |mend, backend| match &backend.port {
            Some(BackendPort::Number(number)) => mend.test(&backend.port_field(), *number),
            Some(BackendPort::Name(name)) => mend.test(&backend.port_field(), &**name),
            None => mend,
        });
    backends
        .iter()
        .fold(tested, |mend, backend| lead_to(mend, backend, meant))
}

/// Leads one backend to a port: by name where it is asked for by name and has one.
fn lead_to(mend: Mend, backend: &Backend, meant: &ServicePort) -> Mend {
    let field = backend.port_field();
    match (&backend.port, &meant.name, backend.form) {
        (Some(BackendPort::Name(_)), Some(name), _) => mend.replace(&field, &**name),
        (Some(BackendPort::Name(_)), None, BackendForm::Ingress) => mend.replace(
            &backend.at.join("service.port"),
            json!({"number": meant.port}),
        ),
        _ => mend.replace(&field, meant.port),
    }
}
