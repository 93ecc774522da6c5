//! `probe-port-name-not-found`: a probe or lifecycle hook names a port that its container does
//! not declare.

use crate::cluster::View;
use crate::finding::{Finding, Mend, Segment, Severity};
use crate::labels::near_name;
use crate::object::{Container, ContainerRole, Of, PortReference, Template, Workload};
use crate::rules::words::listed;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "probe-port-name-not-found",
    page: include_str!("probe_port_name_not_found.md"),
    check: Check::Workload(check),
    gathers: "",
};

fn check(workload: Of<'_, Workload>, _: View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for template in workload.body.templates() {
        // Probes of other init containers are refused, not resolved.
        for container in template.spec.running() {
            let unknown = container
                .references
                .iter()
                .filter(|reference| !declares(container, &reference.name));
            findings
                .extend(unknown.map(|reference| finding(workload, template, container, reference)));
        }
    }
    findings
}

/// Whether a container has a port of this name, whatever its protocol: kubelet looks no closer.
fn declares(container: &Container, name: &str) -> bool {
    names(container).any(|declared| declared == name)
}

fn names(container: &Container) -> impl Iterator<Item = &str> {
    container
        .ports
        .iter()
        .filter_map(|port| port.name.as_deref())
}

fn finding(
    workload: Of<'_, Workload>,
    template: &Template,
    container: &Container,
    reference: &PortReference,
) -> Finding {
    let name = &*reference.name;
    let at = template.at.below(&reference.at);
    let near = only(names(container).filter(|declared| near_name(name, [*declared]).is_some()));
    let probe = probe_of(container, reference);
    let mut message = format!(
        "{probe} names port {name}, {}",
        instead(template, container, name)
    );
    if let Some(near) = near {
        message = format!("{message}; did you mean {near}?");
    }
    let help = match near.or_else(|| only(names(container))) {
        Some(declared) => format!("use port {declared}, or name a port of the container {name}"),
        None => format!("name a port of the container {name}, or give the number"),
    };
    let mend = near.map(|near| {
        Mend::of(workload.meta.reference.clone())
            .test(&at, name)
            .replace(&at, near)
    });
    Finding::new(Severity::Error, at, message)
        .help(help)
        .culprit(name)
        .mend(mend)
}

/// What the container has instead, or which other one of the pod has the port.
fn instead(template: &Template, container: &Container, name: &str) -> String {
    let other = template
        .spec
        .containers
        .iter()
        .find(|other| other.role == ContainerRole::Running && declares(other, name));
    if let Some(other) = other {
        return format!(
            "which is a port of container {}, not of {}",
            other.name, container.name
        );
    }
    let declared = listed(container.ports.iter().map(|port| match &port.name {
        Some(name) => name.to_string(),
        None => port.number.to_string(),
    }));
    if declared.is_empty() {
        format!("but container {} declares no port", container.name)
    } else {
        format!("but container {} has {declared}", container.name)
    }
}

/// `livenessProbe`, `preStop`: the part of the container that names the port.
fn probe_of<'r>(container: &Container, reference: &'r PortReference) -> &'r str {
    let below = reference
        .at
        .segments()
        .iter()
        .skip(container.at.segments().len());
    let mut keys = below.filter_map(|segment| match segment {
        Segment::Key(key) if &**key != "lifecycle" => Some(&**key),
        _ => None,
    });
    keys.next().unwrap_or("a probe")
}

/// The only item, if there is exactly one.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}
