//! What stands behind a Service: the Workloads it selects, and the ports that their pods have.

use super::aim::Aim;
use super::injection;
use super::words::listed;
use crate::cluster::{Answer, Known, View};
use crate::labels::Selector;
use crate::object::{ConfigMap, ContainerPort, Kind, Of, Service, Template, Workload};
use crate::policy::Protocol;

/// What stands behind a Service.
#[derive(Debug)]
pub(crate) struct Backends<'a> {
    /// The Workloads that it selects, by kind and name.
    pub(crate) all: Vec<Backend<'a>>,
    /// Whether that is all there is.
    pub(super) complete: Known,
}

/// One Workload behind a Service.
#[derive(Debug)]
pub(crate) struct Backend<'a> {
    /// The Workload.
    pub(crate) workload: Of<'a, Workload>,
    /// Those of its pod templates that the Service selects.
    pub(crate) templates: Vec<&'a Template>,
    /// Ports that its live pods have beyond its templates'.
    injected: Vec<ContainerPort>,
    /// Whether something may still give its pods ports that nothing in view shows.
    pub(super) may_gain_ports: bool,
}

/// What stands behind `service`, nothing where it selects nothing that a template could show.
pub(crate) fn backends<'a>(service: Of<'_, Service>, view: View<'a>) -> Backends<'a> {
    let Some(aim) = Aim::of_service(service) else {
        return Backends {
            all: Vec::new(),
            complete: Known::Unknown,
        };
    };
    let matches = view.workloads(service.meta.namespace(), &service.selects);
    let all = matches
        .found
        .into_iter()
        .map(|workload| Backend::new(workload, &aim.selector, view))
        .collect();
    Backends {
        all,
        complete: matches.complete,
    }
}

impl<'a> Backend<'a> {
    /// A Workload of which `selector` selects pods.
    pub(super) fn new(workload: Of<'a, Workload>, selector: &Selector, view: View<'a>) -> Self {
        let templates = || workload.body.templates();
        let mut selected: Vec<&Template> = templates()
            .filter(|template| selector.matches(&template.labels))
            .collect();
        if selected.is_empty() {
            // Live pods match by labels that no template shows, so any template may be theirs.
            selected = templates().collect();
        }
        let injected = view.injected_ports(workload);
        let may_gain_ports = injected.is_empty()
            && selected
                .iter()
                .any(|template| injection::is_expected(workload.meta, template, view));
        Self {
            workload,
            templates: selected,
            injected,
            may_gain_ports,
        }
    }

    /// Every port that its pods have.
    pub(super) fn ports(&self) -> impl Iterator<Item = &ContainerPort> {
        self.declared().chain(&self.injected)
    }

    /// The ports that its templates declare.
    pub(super) fn declared(&self) -> impl Iterator<Item = &ContainerPort> {
        self.templates
            .iter()
            .flat_map(|template| template.spec.ports())
    }

    /// Whether its templates declare any port: those that don't tell nothing.
    pub(super) fn declares_any(&self) -> bool {
        self.declared().next().is_some()
    }

    /// Whether it has a port of this number and protocol.
    pub(super) fn has_number(&self, number: u16, protocol: Protocol) -> bool {
        self.ports()
            .any(|port| port.number == number && port.protocol == protocol)
    }

    /// Whether it has a port of this name and protocol.
    pub(super) fn has_name(&self, name: &str, protocol: Protocol) -> bool {
        self.ports()
            .any(|port| port.name.as_deref() == Some(name) && port.protocol == protocol)
    }

    /// Whether arguments, environment, probes or `ConfigMaps` of its pods mention a number, so
    /// that a program may listen there after all; yes where that can't be looked up.
    pub(super) fn may_listen(&self, number: u16, view: View<'_>) -> bool {
        let namespace = self.workload.meta.namespace();
        self.templates.iter().any(|template| {
            let spec = &template.spec;
            spec.containers
                .iter()
                .any(|container| container.mentions.number(number))
                || spec.config_maps.iter().any(|name| {
                    match view.get::<ConfigMap>(Kind::ConfigMap, namespace, name) {
                        Answer::Found(map) => map.mentions.number(number),
                        Answer::Absent => false,
                        Answer::Unknown => true,
                    }
                })
        })
    }

    /// The ports that it declares, in words: `http, 9090`.
    pub(super) fn ports_in_words(&self, protocol: Protocol, by_name: bool) -> String {
        listed(self.declared().map(|port| match &port.name {
            Some(name) if by_name => of_protocol(name, port.protocol, protocol),
            _ => of_protocol(&port.number.to_string(), port.protocol, protocol),
        }))
    }
}

/// A port's word, with its protocol where that is not the one expected.
fn of_protocol(word: &str, protocol: Protocol, expected: Protocol) -> String {
    if protocol == expected {
        word.to_owned()
    } else {
        format!("{word}/{}", protocol.as_str())
    }
}
