//! A pod's `spec`, and `v1 Pod` itself.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use serde::Deserialize;

use super::Raw;
use super::container::RawContainer;
use super::meta::RawMeta;
use super::problems::{At, Problems};
use super::volume::RawVolume;
use super::wire::{List, Nested, Str, given};
use crate::finding::FieldPath;
use crate::labels::Labels;
use crate::object::{
    Body, Container, ContainerRole, DnsPolicy, Meta, PodSpec, PodState, Template, Workload,
};

/// Labels by which the pods of one template differ.
const LABELS_OF_ONE_POD: [&str; 3] = [
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/job-completion-index",
    "statefulset.kubernetes.io/pod-name",
];

/// A pod's `spec` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
pub(super) struct RawPodSpec<'a> {
    #[serde(borrow)]
    containers: List<Nested<RawContainer<'a>>>,
    init_containers: List<Nested<RawContainer<'a>>>,
    service_account_name: Option<Str<'a>>,
    /// The old name of `serviceAccountName`, which the API server still reads.
    service_account: Option<Str<'a>>,
    automount_service_account_token: Option<bool>,
    host_network: Option<bool>,
    dns_policy: Option<Str<'a>>,
    dns_config: Nested<RawDnsConfig<'a>>,
    volumes: List<Nested<RawVolume<'a>>>,
    node_name: Option<Str<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawDnsConfig<'a> {
    #[serde(borrow)]
    nameservers: List<Str<'a>>,
}

impl RawPodSpec<'_> {
    /// What rules read; the paths of problems start at the pod.
    pub(super) fn read(&self, problems: &mut Problems) -> PodSpec {
        let at = At::Root.key("spec");
        let mut config_maps = Vec::new();
        for volume in &self.volumes {
            volume.config_maps(&mut config_maps);
        }
        let account = given(self.service_account_name.as_ref());
        PodSpec {
            containers: self.containers(&at, &mut config_maps, problems),
            service_account: account
                .or(given(self.service_account.as_ref()))
                .map(Into::into),
            automount_token: self.automount_service_account_token,
            projects_token: self.volumes.iter().any(|volume| volume.projects_token()),
            host_network: self.host_network.unwrap_or(false),
            dns_policy: self.dns_policy(&at, problems),
            nameservers: self.nameservers(&at, problems),
            config_maps: {
                config_maps.sort();
                config_maps.dedup();
                config_maps
            },
        }
    }

    fn containers(
        &self,
        at: &At<'_>,
        config_maps: &mut Vec<Box<str>>,
        problems: &mut Problems,
    ) -> Vec<Container> {
        let mut names = HashSet::new();
        let mut containers = Vec::with_capacity(self.containers.len() + self.init_containers.len());
        let lists = [
            ("containers", &self.containers, ContainerRole::Running),
            ("initContainers", &self.init_containers, ContainerRole::Init),
        ];
        if self.containers.is_empty() {
            problems.add(&at.key("containers"), "containers is missing");
        }
        for (key, list, role) in lists {
            let at = at.key(key);
            for (index, raw) in list.iter().enumerate() {
                let at = at.index(index);
                raw.check_name(&mut names, &at.key("name"), problems);
                raw.config_maps(config_maps);
                let on_host = self.host_network == Some(true);
                containers.push(raw.read(role, on_host, &at, problems));
            }
        }
        containers
    }

    fn dns_policy(&self, at: &At<'_>, problems: &mut Problems) -> DnsPolicy {
        match given(self.dns_policy.as_ref()) {
            None | Some("ClusterFirst") => DnsPolicy::ClusterFirst,
            Some("ClusterFirstWithHostNet") => DnsPolicy::ClusterFirstWithHostNet,
            Some("Default") => DnsPolicy::Default,
            Some("None") => {
                if self.dns_config.nameservers.is_empty() {
                    let message = "dnsConfig.nameservers is missing, and dnsPolicy is None";
                    problems.add(&at.key("dnsConfig").key("nameservers"), message);
                }
                DnsPolicy::None
            }
            Some(word) => {
                let known = "ClusterFirst, ClusterFirstWithHostNet, Default, None";
                let message = format!("dnsPolicy {word:?} is not one of {known}");
                problems.add(&at.key("dnsPolicy"), message);
                // Of a pod with a resolver of its own no rule expects the cluster's.
                DnsPolicy::None
            }
        }
    }

    fn nameservers(&self, at: &At<'_>, problems: &mut Problems) -> Vec<IpAddr> {
        let at = at.key("dnsConfig");
        let at = at.key("nameservers");
        let mut servers = Vec::new();
        for (index, text) in self.dns_config.nameservers.iter().enumerate() {
            if let Ok(address) = text.parse() {
                servers.push(address);
            } else {
                let message = format!("nameserver {:?} is not an IP address", &**text);
                problems.add(&at.index(index), message);
            }
        }
        servers
    }
}

/// A Pod as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawPod<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Nested<RawPodSpec<'a>>,
    status: Nested<RawStatus<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawStatus<'a> {
    #[serde(borrow)]
    phase: Option<Str<'a>>,
    #[serde(rename = "podIP")]
    pod_ip: Option<Str<'a>>,
    #[serde(rename = "podIPs")]
    pod_ips: List<Nested<RawPodIp<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawPodIp<'a> {
    #[serde(borrow)]
    ip: Option<Str<'a>>,
}

impl<'a> Raw<'a> for RawPod<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let mut problems = Problems::default();
        let spec = self.spec.read(&mut problems);
        meta.problems.extend(problems.into_vec());
        Body::Workload(Arc::new(Workload {
            template: Template {
                at: FieldPath::default(),
                labels: template_labels(meta),
                annotations: meta.annotations.clone(),
                spec: spec.into(),
            },
            selector: None,
            replicas: None,
            more: Vec::new(),
        }))
    }

    fn pod(&self) -> Option<Box<PodState>> {
        let status = &self.status;
        let addresses = status.pod_ips.iter().map(|ip| ip.ip.as_deref());
        let mut addresses: Vec<IpAddr> = addresses.filter_map(|ip| ip?.parse().ok()).collect();
        if addresses.is_empty() {
            let only = status.pod_ip.as_deref();
            addresses.extend(only.and_then(|ip| ip.parse::<IpAddr>().ok()));
        }
        Some(Box::new(PodState {
            node: given(self.spec.node_name.as_ref()).map(Arc::from),
            addresses,
            over: matches!(status.phase.as_deref(), Some("Succeeded" | "Failed")),
        }))
    }
}

/// The labels that a pod has of its template: equal for every pod of one owner.
fn template_labels(meta: &Meta) -> Arc<Labels> {
    let of_one_pod = |key: &str| LABELS_OF_ONE_POD.contains(&key);
    if meta.owner.is_some() && meta.labels.iter().any(|(key, _)| of_one_pod(key)) {
        Arc::new(meta.labels.without(of_one_pod))
    } else {
        meta.labels.clone()
    }
}
