//! Two Workloads' pods, and whether what one of them sends gets to the other.

use super::dns::named_ports;
use super::{Facts, Flow, NamedPort, Party, Pod, Verdict, evaluate_in};
use crate::cluster::View;
use crate::labels::Labels;
use crate::object::{Kind, Of, Template, Workload};
use crate::policy::{Datapath, Policy, Protocol};

/// The pods of a template, and the policies over them.
#[derive(Clone, Debug)]
pub struct Pods<'a> {
    /// What makes them.
    pub workload: Of<'a, Workload>,
    /// Their template.
    pub template: &'a Template,
    /// The policies that select them, or may.
    pub policies: Vec<Of<'a, Policy>>,
    labels: Labels,
    namespace_labels: Result<Labels, Labels>,
}

impl<'a> Pods<'a> {
    /// Those of every template of a Workload that are known, and have a network of their own.
    pub fn of(workload: Of<'a, Workload>, view: View<'a>) -> Vec<Self> {
        // The controllers of custom kinds give their pods labels of their own.
        if workload.meta.kind == Kind::Custom {
            return Vec::new();
        }
        let templates = workload.body.templates();
        let templates = templates.filter(|template| !template.spec.host_network);
        let namespace = workload.meta.namespace();
        let new = |template: &'a Template| {
            let labels = view.with_account(namespace, &template.labels, template.spec.account());
            Self {
                workload,
                template,
                policies: view.policies_of(namespace, &labels),
                labels,
                namespace_labels: view.namespace_labels(namespace),
            }
        };
        templates.map(new).collect()
    }

    /// What `then` answers about them as an end of a Flow.
    pub fn as_pod<T>(&self, then: impl FnOnce(&Pod<'_>) -> T) -> T {
        let named: Vec<NamedPort<'_>> = named_ports(&self.template.spec).collect();
        then(&Pod {
            namespace: self.workload.meta.namespace(),
            namespace_labels: Facts::of(&self.namespace_labels),
            name: None,
            labels: Facts::all(&self.labels),
            addresses: &[],
            host_network: false,
            ports: Some(&named),
            node: None,
        })
    }

    /// Whether what these pods send to a port of others passes.
    pub fn to(
        &self,
        others: &Self,
        (protocol, port): (Protocol, u16),
        datapath: Datapath,
        view: View<'_>,
    ) -> Verdict<'a> {
        self.as_pod(|source| {
            others.as_pod(|destination| {
                let flow = Flow {
                    source: Party::Pod(*source),
                    destination: Party::Pod(*destination),
                    protocol,
                    port,
                    family: None,
                };
                evaluate_in(
                    &flow,
                    &self.policies,
                    &others.policies,
                    datapath,
                    Some(view),
                )
            })
        })
    }
}
