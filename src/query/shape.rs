//! Pods that policies cannot tell apart, with all that a Flow needs to know of them.

use std::net::IpAddr;

use crate::cluster::View;
use crate::labels::Labels;
use crate::object::{ContainerPort, Key, Kind, Of, PodSpec, PodState, Template, Workload};
use crate::policy::Policy;
use crate::reach::{Egress, Facts, NamedPort, Party, Pod};

/// Pods that policies cannot tell apart: those of one template, or one pod. Of a Workload the
/// addresses are not known, so what turns on them is undecided.
#[derive(Clone, Debug)]
pub struct Shape<'a> {
    /// The Workload that they are of.
    pub workload: Of<'a, Workload>,
    /// What they are made of.
    pub template: &'a Template,
    /// The name, where this is one pod.
    pub name: Option<&'a str>,
    /// The policies of any dialect that select them, or may.
    pub policies: Vec<Of<'a, Policy>>,
    /// The ports that they declare, injected ones among them.
    pub ports: Vec<&'a ContainerPort>,
    namespace_labels: Result<Labels, Labels>,
    labels: Labels,
    addresses: &'a [IpAddr],
    named: Vec<NamedPort<'a>>,
    node: Option<&'a str>,
}

impl<'a> Shape<'a> {
    /// The pods of a Workload, by template; of a Pod, itself.
    pub fn of_workload(workload: Of<'a, Workload>, view: View<'a>) -> Vec<Self> {
        let templates = workload.body.templates();
        templates
            .map(|template| Self::of_template(workload, template, view))
            .collect()
    }

    /// The pods of one template of a Workload.
    pub fn of_template(workload: Of<'a, Workload>, template: &'a Template, view: View<'a>) -> Self {
        let namespace = workload.meta.namespace();
        let spec: &'a PodSpec = &template.spec;
        let labels = view.with_account(namespace, &template.labels, spec.account());
        let state = state_of(workload, view);
        let ports: Vec<&'a ContainerPort> = spec.ports().collect();
        Self {
            workload,
            template,
            name: (workload.meta.kind == Kind::Pod).then(|| workload.meta.name()),
            policies: view.policies_of(namespace, &labels),
            namespace_labels: view.namespace_labels(namespace),
            labels,
            addresses: state.map_or(&[], |state| &state.addresses),
            named: ports.iter().filter_map(|port| named(port)).collect(),
            node: state.and_then(|state| state.node.as_deref()),
            ports,
        }
    }

    /// The namespace.
    pub fn namespace(&self) -> &'a str {
        self.workload.meta.namespace()
    }

    /// What the pods say of themselves.
    pub fn spec(&self) -> &'a PodSpec {
        &self.template.spec
    }

    /// Their addresses; none where they are not known.
    pub fn addresses(&self) -> &'a [IpAddr] {
        self.addresses
    }

    /// The same pods, asked at one of their addresses.
    pub(super) fn at(mut self, address: IpAddr) -> Self {
        let mut all = self.addresses.iter();
        let found = all.find(|it| **it == address);
        self.addresses = found.map_or(&[], std::slice::from_ref);
        self
    }

    /// The policies over what they send.
    pub(super) fn egress(&self, view: View<'a>) -> Egress<'a> {
        Egress::over(
            self.namespace(),
            self.labels.clone(),
            self.policies.clone(),
            view,
        )
    }

    /// The pods as one end of a Flow.
    pub fn party(&self) -> Party<'_> {
        self.party_at(self.addresses)
    }

    /// The pods as one end of a Flow over some of their addresses.
    pub fn party_at<'s>(&'s self, addresses: &'s [IpAddr]) -> Party<'s> {
        Party::Pod(Pod {
            namespace: self.namespace(),
            namespace_labels: match &self.namespace_labels {
                Ok(labels) => Facts::all(labels),
                Err(labels) => Facts::some(labels),
            },
            name: self.name,
            labels: Facts::all(&self.labels),
            addresses,
            host_network: self.spec().host_network,
            ports: Some(&self.named),
            node: self.node,
        })
    }
}

fn named(port: &ContainerPort) -> Option<NamedPort<'_>> {
    Some(NamedPort {
        name: port.name.as_deref()?,
        number: port.number,
        protocol: port.protocol,
    })
}

/// What a live Pod adds to its template.
fn state_of<'a>(workload: Of<'a, Workload>, view: View<'a>) -> Option<&'a PodState> {
    let meta = workload.meta;
    if meta.kind != Kind::Pod {
        return None;
    }
    let key = Key::new(Kind::Pod, meta.namespace(), meta.name());
    view.object_of(&key)?.pod.as_deref()
}
