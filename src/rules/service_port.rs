//! Ports of Services that lead to other ports of the pods behind them: what policies see is the
//! port of the pod.

use super::backends::Backend;
use crate::cluster::View;
use crate::object::{Of, Service, ServicePort, Target};
use crate::policy::{PortMatch, Ports, Protocol, Rule};

/// A port of a Service that was taken for one of its pods.
#[derive(Debug)]
pub(super) struct Mistaken<'a> {
    /// The Service.
    pub(super) service: Of<'a, Service>,
    /// The port of the pods that it leads to.
    pub(super) target: u16,
    /// The protocol.
    pub(super) protocol: Protocol,
}

/// What an entry of a rule's ports asks for, where that is one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked<'p> {
    /// A number.
    Number(u16),
    /// A name, which each pod resolves by its own declarations.
    Name(&'p str),
}

impl<'p> Asked<'p> {
    /// The one port that an entry asks for, and its protocol, where it names one.
    pub(super) fn of(port: &'p PortMatch) -> Option<(Self, Option<Protocol>)> {
        match port {
            PortMatch::Range {
                protocol,
                first,
                last,
            } => (first == last).then_some((Self::Number(*first), *protocol)),
            PortMatch::Named { protocol, name } => Some((Self::Name(name), *protocol)),
        }
    }

    /// Whether a Service's port has this number or name.
    fn is(self, port: &ServicePort) -> bool {
        match self {
            Self::Number(number) => port.port == number,
            Self::Name(name) => port.name.as_deref() == Some(name),
        }
    }

    /// Whether pods have such a port, or may.
    fn is_of_pods(self, backend: &Backend<'_>, protocol: Protocol, view: View<'_>) -> bool {
        match self {
            Self::Number(number) => {
                backend.has_number(number, protocol) || backend.may_listen(number, view)
            }
            Self::Name(name) => backend.has_name(name, protocol),
        }
    }
}

/// The Service whose port was taken for one of these pods', all of which get its traffic on
/// another one or declare others; `None` where some may have such a port after all.
pub(super) fn mistaken<'a>(
    (asked, protocol): (Asked<'_>, Option<Protocol>),
    pods: &[Backend<'a>],
    view: View<'a>,
) -> Option<Mistaken<'a>> {
    let mut found: Option<Mistaken<'a>> = None;
    for backend in pods {
        let mut behind = false;
        for service in services(backend, view) {
            for port in &service.body.ports {
                if protocol.is_some_and(|protocol| protocol != port.protocol) {
                    continue;
                }
                let targets = targets(port, backend);
                if matches!(asked, Asked::Number(number) if targets.contains(&number))
                    || asked.is_of_pods(backend, port.protocol, view)
                {
                    return None;
                }
                if !asked.is(port) || service.headless {
                    continue;
                }
                let [target] = targets.as_slice() else {
                    return None;
                };
                behind = true;
                match &found {
                    Some(other) if other.target != *target => return None,
                    Some(_) => {}
                    None => {
                        found = Some(Mistaken {
                            service,
                            target: *target,
                            protocol: port.protocol,
                        });
                    }
                }
            }
        }
        if !behind && !backend.declares_any() {
            return None;
        }
    }
    found
}

/// The Services in front of pods.
fn services<'a>(backend: &Backend<'a>, view: View<'a>) -> Vec<Of<'a, Service>> {
    let namespace = backend.workload.meta.namespace();
    let mut all: Vec<Of<'a, Service>> = Vec::new();
    for template in &backend.templates {
        for service in view.services_of(namespace, &template.labels) {
            if all.iter().all(|it| it.meta != service.meta) {
                all.push(service);
            }
        }
    }
    all
}

/// The ports of pods that a Service's port leads to.
fn targets(port: &ServicePort, backend: &Backend<'_>) -> Vec<u16> {
    let mut found: Vec<u16> = match &port.target {
        Target::Name(name) => backend
            .ports()
            .filter(|it| it.name.as_ref() == Some(name) && it.protocol == port.protocol)
            .map(|it| it.number)
            .collect(),
        Target::Same | Target::Number(_) => port.number().into_iter().collect(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a rule's ports hold one of pods, or may: names may stand for it.
pub(super) fn holds(rule: &Rule, number: u16, protocol: Protocol, pods: &[Backend<'_>]) -> bool {
    let Ports::OneOf(ports) = &rule.ports else {
        return true;
    };
    ports.iter().any(|port| match &port.matches {
        PortMatch::Range {
            protocol: of,
            first,
            last,
        } => of.is_none_or(|of| of == protocol) && (*first..=*last).contains(&number),
        PortMatch::Named { protocol: of, name } => {
            of.is_none_or(|of| of == protocol)
                && pods
                    .iter()
                    .flat_map(Backend::ports)
                    .any(|it| it.name.as_deref() == Some(name) && it.number == number)
        }
    })
}
