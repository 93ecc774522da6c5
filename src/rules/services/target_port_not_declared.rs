//! `target-port-not-declared`: a numeric `targetPort` that the selected pods do not declare.

use crate::cluster::{Known, View};
use crate::finding::{FieldPath, Finding, Mend, Severity};
use crate::object::{ContainerPort, Of, Service, ServicePort, Target, Template};
use crate::rules::backends::{Backend, Backends, backends};
use crate::rules::words::and_more;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "target-port-not-declared",
    page: include_str!("target_port_not_declared.md"),
    check: Check::Service(check),
    gathers: "",
};

/// Words in the names of ports that serve something beside the program's purpose.
const AUXILIARY: [&str; 16] = [
    "health",
    "healthz",
    "liveness",
    "readiness",
    "live",
    "ready",
    "metrics",
    "prometheus",
    "probe",
    "probes",
    "webhook",
    "admin",
    "debug",
    "status",
    "monitor",
    "monitoring",
];

fn check(service: Of<'_, Service>, view: View<'_>) -> Vec<Finding> {
    if service
        .body
        .ports
        .iter()
        .all(|port| port.number().is_none())
    {
        return Vec::new();
    }
    let backends = backends(service, view);
    let numbered = service.body.ports.iter();
    numbered
        .filter_map(|port| of_port(service, port, port.number()?, &backends, view))
        .collect()
}

fn of_port(
    service: Of<'_, Service>,
    port: &ServicePort,
    number: u16,
    backends: &Backends<'_>,
    view: View<'_>,
) -> Option<Finding> {
    let declaring: Vec<&Backend<'_>> = backends
        .all
        .iter()
        .filter(|backend| backend.declares_any())
        .collect();
    let first = *declaring.first()?;
    let has = |backend: &&Backend<'_>| backend.has_number(number, port.protocol);
    if declaring.iter().any(has) || declaring.iter().any(|backend| backend.may_gain_ports) {
        return None;
    }
    let meant = meant(service, number, backends, view);
    let severity = match meant {
        Some(_) if !service.headless && backends.complete != Known::Unknown => Severity::Warning,
        _ => Severity::Notice,
    };
    let meant = meant.filter(|_| severity == Severity::Warning);
    let entry = FieldPath::of("spec.ports").index(port.index);
    let omitted = port.target == Target::Same;
    let field = entry.join(if omitted { "port" } else { "targetPort" });
    let who = and_more(&first.workload.meta.reference, declaring.len());
    let what = if omitted {
        format!("port {number} (targetPort omitted)")
    } else {
        format!("targetPort {number}")
    };
    let ports = first.ports_in_words(port.protocol, false);
    let finding = Finding::new(
        severity,
        field,
        format!("{what} is not declared by {who}, which declares {ports}"),
    )
    .help(help(number, meant))
    .culprit(format!("{number}/{}", port.protocol.as_str()))
    .mend(
        meant
            .filter(|meant| omitted || first.may_listen(meant.number, view))
            .map(|meant| mend(service, port, &entry, meant.number)),
    );
    Some(related(finding, first))
}

/// The one port that was probably meant: the Service has one port, each pod behind it declares
/// one and the same, and nothing suggests that the program listens on both.
fn meant<'b>(
    service: Of<'_, Service>,
    number: u16,
    backends: &'b Backends<'_>,
    view: View<'_>,
) -> Option<&'b ContainerPort> {
    let [port] = service.body.ports.as_slice() else {
        return None;
    };
    let meant = backends.all.first()?.declared().next()?;
    let same =
        |other: &ContainerPort| (other.number, other.protocol) == (meant.number, meant.protocol);
    let fits = backends.all.iter().all(|backend| {
        backend.declares_any()
            && backend.templates.iter().all(|template| is_plain(template))
            && backend.declared().all(same)
            && !backend.may_listen(number, view)
    });
    let names = [
        meant.name.as_deref(),
        port.name.as_deref(),
        Some(service.meta.name()),
    ];
    let auxiliary = names.into_iter().flatten().any(is_auxiliary);
    // The same number with another protocol is an omission that harms nobody.
    (fits && !auxiliary && !is_left_behind(meant.number, number) && meant.protocol == port.protocol)
        .then_some(meant)
}

/// Whether pods declare one port and have no other container that could listen elsewhere.
fn is_plain(template: &Template) -> bool {
    template.spec.ports().count() == 1 && template.spec.running().count() == 1
}

/// Whether what is declared rather than what is asked for is out of date: images that stopped
/// running as root listen above 1023, and the `containerPort: 80` of before does no harm.
fn is_left_behind(declared: u16, asked: u16) -> bool {
    const PRIVILEGED: u16 = 1024;
    declared < PRIVILEGED && asked >= PRIVILEGED
}

/// Whether a port or Service of this name serves something beside the program's purpose.
fn is_auxiliary(name: &str) -> bool {
    name.split('-').any(|word| {
        AUXILIARY.contains(&word) || word.starts_with("webhook") || word.starts_with("health")
    })
}

fn help(number: u16, meant: Option<&ContainerPort>) -> String {
    match meant {
        Some(meant) => format!(
            "set targetPort: {}, or declare containerPort {number}",
            meant.number
        ),
        None => format!(
            "declare containerPort {number} if the pods listen there, or correct the targetPort"
        ),
    }
}

fn mend(service: Of<'_, Service>, port: &ServicePort, entry: &FieldPath, meant: u16) -> Mend {
    let mend = Mend::of(service.meta.reference.clone());
    let target = entry.join("targetPort");
    match port.target {
        Target::Number(number) => mend.test(&target, number).replace(&target, meant),
        Target::Same | Target::Name(_) => mend
            .test(&entry.join("port"), port.port)
            .add(&target, meant),
    }
}

/// Adds the place of the first port that is declared instead.
fn related(finding: Finding, backend: &Backend<'_>) -> Finding {
    let place = backend.templates.iter().find_map(|template| {
        let container = template.spec.running().find(|c| !c.ports.is_empty())?;
        let port = container.ports.first()?;
        let at = template
            .at
            .below(&container.at)
            .join("ports")
            .index(port.index);
        Some(at.join("containerPort"))
    });
    match place {
        Some(at) => finding.related(backend.workload.meta.reference.clone(), at, "declared here"),
        None => finding,
    }
}
