//! Agents of network plugins, known by the containers of their `DaemonSet`, and Cilium's settings.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::Datapath;

/// What a `DaemonSet` runs, as far as it concerns network policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::watch) enum Agent {
    /// An agent that enforces them.
    Enforcing(Datapath),
    /// Cilium's: its settings say how.
    Cilium,
    /// An agent that brings pods their network and enforces nothing.
    Idle,
    /// Something that may enforce them, or does so in a way of its own.
    Obscure,
}

/// kindnet enforces policies since the image of this day.
const KINDNET_ENFORCES: u32 = 20_240_813;

/// Containers whose name alone says that policies are judged at the endpoint.
const ENDPOINT: [&str; 8] = [
    "antrea-agent",
    "azure-npm",
    "calico-node",
    "kube-network-policies",
    "ovn-controller",
    "ovnkube-controller",
    "weave-npc",
    "sdn",
];

/// Parts of names that only what enforces policies has.
const TELLING: [&str; 5] = [
    "network-polic",
    "networkpolic",
    "netpol",
    "cilium",
    "calico",
];

#[derive(Default, Deserialize)]
#[serde(default)]
struct DaemonSet {
    metadata: Meta,
    spec: Spec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Spec {
    template: Template,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Template {
    spec: PodSpec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PodSpec {
    containers: Vec<Container>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Container {
    name: String,
    image: String,
    command: Option<Vec<String>>,
    args: Option<Vec<String>>,
}

impl Agent {
    /// What a `DaemonSet` runs; `None` where it has nothing to do with policies.
    pub(super) fn of(text: &str) -> Option<Self> {
        let DaemonSet { metadata, spec } = serde_json::from_str(text).ok()?;
        let containers = &spec.template.spec.containers;
        let mut found = containers
            .iter()
            .filter_map(|container| container.agent(containers));
        let strongest = found.by_ref().max_by_key(|agent| match agent {
            Self::Enforcing(_) | Self::Cilium => 2,
            Self::Obscure => 1,
            Self::Idle => 0,
        });
        let named = |name: &str| TELLING.iter().any(|part| name.contains(part));
        let may = || named(&metadata.name) || containers.iter().any(|it| named(&it.name));
        strongest.or_else(|| may().then_some(Self::Obscure))
    }
}

impl Container {
    fn agent(&self, beside: &[Self]) -> Option<Agent> {
        let endpoint = Agent::Enforcing(Datapath::Endpoint);
        Some(match self.name.as_str() {
            name if ENDPOINT.contains(&name) => endpoint,
            "cilium-agent" => Agent::Cilium,
            "kube-router" if self.has_flag("run-firewall", "false") => Agent::Idle,
            "kube-router" => endpoint,
            "kindnet-cni" => match self.image_day() {
                Some(day) if day >= KINDNET_ENFORCES => endpoint,
                Some(_) => Agent::Idle,
                None => Agent::Obscure,
            },
            "aws-eks-nodeagent" if self.has_flag("enable-network-policy", "true") => {
                Agent::Enforcing(Datapath::AwsVpcCni)
            }
            // Weave's agent for policies is a container of its own.
            "aws-eks-nodeagent" | "kube-flannel" | "weave" => Agent::Idle,
            // Without the agent beside it the VPC CNI enforces nothing.
            "aws-node" if !beside.iter().any(|it| it.name == "aws-eks-nodeagent") => Agent::Idle,
            _ => return None,
        })
    }

    fn has_flag(&self, name: &str, value: &str) -> bool {
        let words = self.command.iter().chain(&self.args).flatten();
        words
            .filter_map(|word| word.trim_start_matches('-').split_once('='))
            .any(|it| it == (name, value))
    }

    /// The day in a tag such as `v20240813-c6f155d6`.
    fn image_day(&self) -> Option<u32> {
        let (_, tag) = self.image.split('@').next()?.rsplit_once(":v")?;
        let day = tag.split('-').next()?;
        (day.len() == 8).then(|| day.parse().ok())?
    }
}

/// How Cilium judges, by its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::watch) struct CiliumConfig {
    /// `enable-policy: never`.
    never: bool,
    /// `policy-cidr-match-mode: nodes`.
    nodes: bool,
    /// `enable-k8s-networkpolicy: "false"`: then not every policy counts.
    partial: bool,
}

impl CiliumConfig {
    /// Reads `cilium-config`, the `ConfigMap`.
    pub(in crate::watch) fn of(text: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct ConfigMap {
            #[serde(default)]
            data: BTreeMap<String, String>,
        }
        let ConfigMap { data } = serde_json::from_str(text).ok()?;
        let is = |key: &str, value: &str| data.get(key).is_some_and(|it| it == value);
        let modes = data
            .get("policy-cidr-match-mode")
            .map_or("", String::as_str);
        Some(Self {
            never: is("enable-policy", "never"),
            nodes: modes.split([',', ' ']).any(|mode| mode == "nodes"),
            partial: is("enable-k8s-networkpolicy", "false"),
        })
    }

    /// Which datapath they make; `None` where they make one that nothing here knows.
    pub(super) fn datapath(self) -> Option<Datapath> {
        match self {
            Self { never: true, .. } => Some(Datapath::None),
            Self { partial: true, .. } => None,
            Self { nodes: true, .. } => Some(Datapath::CiliumNodes),
            _ => Some(Datapath::Cilium),
        }
    }
}
