//! A Workload: anything that makes pods, seen through its pod template.

use std::net::IpAddr;
use std::sync::Arc;

use super::Mentions;
use crate::finding::FieldPath;
use crate::labels::{Labels, Selector};
use crate::policy::Protocol;

/// What rules read of anything that makes pods; of a Pod, which is its own template.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Workload {
    /// Its pod template.
    pub template: Template,
    /// Its own `spec.selector`, which cannot change; `None` where it has none.
    pub selector: Option<Selector>,
    /// `spec.replicas`, where it says.
    pub replicas: Option<u32>,
    /// Further templates of a custom kind that has several: a leader's and a worker's.
    pub more: Vec<Template>,
}

/// A pod template.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Template {
    /// Where it stands: `spec.template`; empty for a Pod.
    pub at: FieldPath,
    /// The labels of its pods.
    pub labels: Arc<Labels>,
    /// Those of the pods' annotations that something here reads.
    pub annotations: Labels,
    /// The pods themselves.
    pub spec: Arc<PodSpec>,
}

/// What rules read of a pod's `spec`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PodSpec {
    /// Its containers, init containers included.
    pub containers: Vec<Container>,
    /// `serviceAccountName`, where it says; `default` otherwise.
    pub service_account: Option<Box<str>>,
    /// `automountServiceAccountToken`, where it says.
    pub automount_token: Option<bool>,
    /// Whether a projected volume holds a token for the API server's own audience.
    pub projects_token: bool,
    /// `hostNetwork`.
    pub host_network: bool,
    /// `dnsPolicy`.
    pub dns_policy: DnsPolicy,
    /// `dnsConfig.nameservers`.
    pub nameservers: Vec<IpAddr>,
    /// `ConfigMaps` that are mounted or taken into the environment.
    pub config_maps: Vec<Box<str>>,
}

/// `spec.dnsPolicy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DnsPolicy {
    /// The cluster's DNS, which an omitted policy means.
    #[default]
    ClusterFirst,
    /// The cluster's DNS even on the host's network.
    ClusterFirstWithHostNet,
    /// The node's resolver.
    Default,
    /// Only what `dnsConfig` says.
    None,
}

/// One container of a pod.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Container {
    /// Its name.
    pub name: Box<str>,
    /// Where it stands within the pod: `spec.containers[0]`.
    pub at: FieldPath,
    /// Whether it runs beside the others.
    pub role: ContainerRole,
    /// The ports it declares, in order.
    pub ports: Vec<ContainerPort>,
    /// Ports that its probes and lifecycle hooks name.
    pub references: Vec<PortReference>,
    /// What its arguments, environment and probes mention.
    pub mentions: Mentions,
}

/// When a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContainerRole {
    /// As long as the pod, native sidecars (init containers that always restart) among them.
    Running,
    /// Before the others, so that nobody reaches its ports.
    Init,
}

/// One entry of `ports`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContainerPort {
    /// Its place in the container's `ports`, where entries that the API server would refuse are
    /// left out here.
    pub index: usize,
    /// Its name.
    pub name: Option<Box<str>>,
    /// `containerPort`.
    pub number: u16,
    /// Its protocol.
    pub protocol: Protocol,
}

/// A port that a probe or lifecycle hook names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PortReference {
    /// The name.
    pub name: Box<str>,
    /// Where, within the pod: `spec.containers[0].livenessProbe.httpGet.port`.
    pub at: FieldPath,
}

/// What a live Pod adds to its template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodState {
    /// The node it runs on.
    pub node: Option<Arc<str>>,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Whether it is over: Succeeded or Failed.
    pub over: bool,
}

impl Workload {
    /// Every pod template, the first one first.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        std::iter::once(&self.template).chain(&self.more)
    }
}

impl PodSpec {
    /// The containers that run as long as the pod.
    pub fn running(&self) -> impl Iterator<Item = &Container> {
        self.containers
            .iter()
            .filter(|container| container.role == ContainerRole::Running)
    }

    /// The ports that its running containers declare.
    pub fn ports(&self) -> impl Iterator<Item = &ContainerPort> {
        self.running().flat_map(|container| &container.ports)
    }

    /// The name of its `ServiceAccount`.
    pub fn account(&self) -> &str {
        self.service_account.as_deref().unwrap_or("default")
    }
}
