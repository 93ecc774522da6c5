//! `v1 Service`.

use std::collections::HashSet;

use serde::Deserialize;

use super::Raw;
use super::meta::RawMeta;
use super::names::{Port, check_labels, dns_label_flaw, port, port_or_name, protocol};
use super::problems::{At, Problems};
use super::wire::{Int, IntOrStr, List, Nested, Pairs, Str, given};
use crate::labels::{Labels, Selector};
use crate::object::{Body, Meta, Service, ServicePort, Target};

/// A Service as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawService<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Nested<RawSpec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawSpec<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Str<'a>>,
    #[serde(rename = "clusterIP")]
    cluster_ip: Option<Str<'a>>,
    #[serde(rename = "clusterIPs")]
    cluster_ips: List<Str<'a>>,
    selector: Pairs<'a>,
    ports: List<Nested<RawPort<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawPort<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    port: Option<Int>,
    target_port: Option<IntOrStr<'a>>,
    protocol: Option<Str<'a>>,
}

impl<'a> Raw<'a> for RawService<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let mut problems = Problems::default();
        let service = self.spec.read(&At::Root.key("spec"), &mut problems);
        meta.problems.extend(problems.into_vec());
        Body::Service(Box::new(service))
    }
}

impl RawSpec<'_> {
    fn read(&self, at: &At<'_>, problems: &mut Problems) -> Service {
        let kind = given(self.kind.as_ref()).unwrap_or("ClusterIP");
        if !matches!(
            kind,
            "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName"
        ) {
            let known = "ClusterIP, NodePort, LoadBalancer, ExternalName";
            problems.add(
                &at.key("type"),
                format!("type {kind:?} is not one of {known}"),
            );
        }
        let external_name = kind == "ExternalName";
        let headless = self.addresses().any(|address| address == "None");
        if headless && matches!(kind, "NodePort" | "LoadBalancer") {
            problems.add(
                &at.key("clusterIP"),
                format!("clusterIP may not be \"None\" where type is {kind}"),
            );
        }
        if self.ports.is_empty() && !headless && !external_name {
            problems.add(&at.key("ports"), "ports is missing");
        }
        check_labels(&self.selector, &at.key("selector"), problems);
        let selector: Labels = self.selector.iter().collect();
        Service {
            external_name,
            headless,
            cluster_ips: self.cluster_ips(),
            selects: Selector::equal_to(selector.iter()),
            selector,
            ports: self.ports(&at.key("ports"), problems),
        }
    }

    fn addresses(&self) -> impl Iterator<Item = &str> {
        self.cluster_ip
            .iter()
            .chain(&self.cluster_ips)
            .map(|address| &**address)
    }

    fn cluster_ips(&self) -> Vec<std::net::IpAddr> {
        let mut ips = Vec::new();
        for ip in self.addresses().filter_map(|address| address.parse().ok()) {
            if !ips.contains(&ip) {
                ips.push(ip);
            }
        }
        ips
    }

    fn ports(&self, at: &At<'_>, problems: &mut Problems) -> Vec<ServicePort> {
        let mut names = HashSet::new();
        let mut numbers = HashSet::new();
        let mut ports = Vec::with_capacity(self.ports.len());
        for (index, raw) in self.ports.iter().enumerate() {
            let at = at.index(index);
            let name = given(raw.name.as_ref());
            check_name(name, self.ports.len() > 1, &at.key("name"), problems);
            if name.is_some_and(|name| !names.insert(name)) {
                let name = name.unwrap_or_default();
                problems.add(&at.key("name"), format!("name {name:?} is given twice"));
            }
            let Some(port) = raw.read(index, &at, problems) else {
                continue;
            };
            if !numbers.insert((port.port, port.protocol)) {
                let message = format!("port {}/{} is given twice", port.port, port.protocol);
                problems.add(&at.key("port"), message);
            }
            ports.push(port);
        }
        ports
    }
}

fn check_name(name: Option<&str>, required: bool, at: &At<'_>, problems: &mut Problems) {
    match name {
        None if required => problems.add(at, "name is missing, and there are several ports"),
        None => {}
        Some(name) => {
            if let Some(flaw) = dns_label_flaw(name) {
                problems.add(at, format!("name {name:?} is not valid: {flaw}"));
            }
        }
    }
}

impl RawPort<'_> {
    fn read(&self, index: usize, at: &At<'_>, problems: &mut Problems) -> Option<ServicePort> {
        let number = port("port", self.port, &at.key("port"), problems);
        let protocol = protocol(self.protocol.as_ref(), at, problems);
        let target = self.target(&at.key("targetPort"), problems);
        Some(ServicePort {
            index,
            name: given(self.name.as_ref()).map(Into::into),
            port: number?,
            target: target?,
            protocol: protocol?,
        })
    }

    fn target(&self, at: &At<'_>, problems: &mut Problems) -> Option<Target> {
        match &self.target_port {
            // The API server takes both for an omitted one.
            None | Some(IntOrStr::Int(0)) => Some(Target::Same),
            Some(IntOrStr::Str(name)) if name.is_empty() => Some(Target::Same),
            Some(port) => match port_or_name("targetPort", port, at, problems)? {
                Port::Number(number) => Some(Target::Number(number)),
                Port::Name(name) => Some(Target::Name(name.into())),
            },
        }
    }
}
