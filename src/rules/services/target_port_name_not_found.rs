//! `target-port-name-not-found`: a named `targetPort` that no selected pod declares.

use std::collections::BTreeSet;

use crate::cluster::{Known, View};
use crate::finding::{FieldPath, Finding, Mend, Severity};
use crate::labels::near_name;
use crate::object::{Of, Service, ServicePort, Target};
use crate::rules::backends::{Backend, Backends, backends};
use crate::rules::words::and_more;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "target-port-name-not-found",
    page: include_str!("target_port_name_not_found.md"),
    check: Check::Service(check),
    gathers: "",
};

fn check(service: Of<'_, Service>, view: View<'_>) -> Vec<Finding> {
    let named = || {
        service
            .body
            .ports
            .iter()
            .filter_map(|port| match &port.target {
                Target::Name(name) => Some((port, &**name)),
                Target::Same | Target::Number(_) => None,
            })
    };
    if named().next().is_none() {
        return Vec::new();
    }
    let backends = backends(service, view);
    named()
        .filter_map(|(port, name)| of_port(service, port, name, &backends))
        .collect()
}

fn of_port(
    service: Of<'_, Service>,
    port: &ServicePort,
    name: &str,
    backends: &Backends<'_>,
) -> Option<Finding> {
    let lacking: Vec<&Backend<'_>> = backends
        .all
        .iter()
        .filter(|backend| !backend.has_name(name, port.protocol))
        .collect();
    let first = lacking.first()?;
    if lacking.iter().any(|backend| backend.may_gain_ports) {
        return None;
    }
    let nowhere = lacking.len() == backends.all.len();
    let certain = nowhere && backends.complete != Known::Unknown && !service.headless;
    let severity = if certain {
        Severity::Error
    } else {
        Severity::Notice
    };
    let near = nowhere.then(|| candidate(name, port, &lacking)).flatten();
    let field = FieldPath::of("spec.ports")
        .index(port.index)
        .join("targetPort");
    let message = message(port, name, &lacking, nowhere, near)?;
    let reference = &first.workload.meta.reference;
    let containers = first.templates.first()?.at.join("spec.containers");
    let finding = Finding::new(severity, field.clone(), message)
        .help(help(name, near, &lacking, port))
        .related(
            reference.clone(),
            containers,
            "its containers declare the ports",
        )
        .culprit(name)
        .mend(near.map(|near| {
            Mend::of(service.meta.reference.clone())
                .test(&field, name)
                .replace(&field, near)
        }));
    Some(finding)
}

fn message(
    port: &ServicePort,
    name: &str,
    lacking: &[&Backend<'_>],
    nowhere: bool,
    near: Option<&str>,
) -> Option<String> {
    let first = lacking.first()?;
    let who = and_more(&first.workload.meta.reference, lacking.len());
    if !nowhere {
        let message = format!("targetPort {name} is not declared by {who}");
        return Some(format!("{message}, left out of the endpoints"));
    }
    let what = what(first, port, name);
    let message = format!("targetPort {name} is declared by no selected pod: {who} {what}");
    Some(match near {
        Some(near) => format!("{message}; did you mean {near}?"),
        None => message,
    })
}

/// What the first of those that lack the port declares instead.
fn what(backend: &Backend<'_>, port: &ServicePort, name: &str) -> String {
    let other = backend
        .ports()
        .find(|declared| declared.name.as_deref() == Some(name));
    if let Some(other) = other {
        return format!(
            "declares it for {}, not {}",
            other.protocol.as_str(),
            port.protocol.as_str()
        );
    }
    let ports = backend.ports_in_words(port.protocol, true);
    if ports.is_empty() {
        "declares no port".to_owned()
    } else {
        format!("has {ports}")
    }
}

/// The one name that was probably meant: near, and declared by every Workload in question.
fn candidate<'b>(name: &str, port: &ServicePort, lacking: &[&'b Backend<'_>]) -> Option<&'b str> {
    let names: BTreeSet<&'b str> = lacking
        .first()?
        .ports()
        .filter_map(|declared| declared.name.as_deref())
        .filter(|found| near_name(name, [*found]).is_some())
        .filter(|found| {
            lacking
                .iter()
                .all(|backend| backend.has_name(found, port.protocol))
        })
        .collect();
    let mut names = names.into_iter();
    let (Some(near), None) = (names.next(), names.next()) else {
        return None;
    };
    Some(near)
}

fn help(name: &str, near: Option<&str>, lacking: &[&Backend<'_>], port: &ServicePort) -> String {
    if let Some(near) = near {
        return format!("set targetPort: {near}, or name the container's port {name}");
    }
    let names: BTreeSet<&str> = lacking
        .iter()
        .flat_map(|backend| backend.ports())
        .filter(|declared| declared.protocol == port.protocol)
        .filter_map(|declared| declared.name.as_deref())
        .collect();
    let mut names = names.into_iter();
    match (names.next(), names.next()) {
        (Some(only), None) => {
            format!("set targetPort: {only}, or name the container's port {name}")
        }
        _ => format!("name the container's port {name}, or set targetPort to a name that is there"),
    }
}
