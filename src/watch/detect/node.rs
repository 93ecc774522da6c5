//! Who set a cluster up, known by marks that they leave on their Nodes.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::Platform;

/// What a Node tells of its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::watch) struct Origin {
    /// Who set it up.
    pub(super) platform: Platform,
    /// Whether what it runs without an agent, as k3s does, was told not to enforce policies.
    pub(super) built_in: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Node {
    metadata: Meta,
    status: Status,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    node_info: NodeInfo,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NodeInfo {
    kubelet_version: String,
    os_image: String,
}

impl Origin {
    /// What a Node tells of its origin, if anything.
    pub(super) fn of(text: &str) -> Option<Self> {
        let node: Node = serde_json::from_str(text).ok()?;
        let version = &node.status.node_info.kubelet_version;
        let arguments = node.metadata.annotations.get("k3s.io/node-args");
        let off = arguments.is_some_and(|it| it.contains("--disable-network-policy"));
        Some(Self {
            platform: node.platform()?,
            built_in: version.contains("+k3s").then_some(off),
        })
    }
}

impl Node {
    fn platform(&self) -> Option<Platform> {
        let version = &self.status.node_info.kubelet_version;
        let label = |key: &str| self.metadata.labels.contains_key(key);
        let prefix = |prefix: &str| {
            self.metadata
                .labels
                .keys()
                .any(|key| key.starts_with(prefix))
        };
        // kubeadm's own marks come last: others build on it.
        let marks = [
            (
                Platform::Openshift,
                label("node.openshift.io/os_id")
                    || self.status.node_info.os_image.contains("CoreOS 4"),
            ),
            (
                Platform::Eks,
                version.contains("-eks-") || prefix("eks.amazonaws.com/"),
            ),
            (
                Platform::Gke,
                version.contains("-gke.") || label("cloud.google.com/gke-nodepool"),
            ),
            (Platform::Aks, label("kubernetes.azure.com/cluster")),
            (
                Platform::K3s,
                version.contains("+k3s") || version.contains("+rke2"),
            ),
            (Platform::Kubeadm, self.is_kubeadms()),
        ];
        let mut marks = marks.into_iter();
        marks.find_map(|(platform, holds)| holds.then_some(platform))
    }

    fn is_kubeadms(&self) -> bool {
        let Meta {
            labels,
            annotations,
        } = &self.metadata;
        let empty = |key: &str| labels.get(key).is_some_and(String::is_empty);
        annotations.contains_key("kubeadm.alpha.kubernetes.io/cri-socket")
            || (empty("node-role.kubernetes.io/control-plane")
                && empty("node.kubernetes.io/exclude-from-external-load-balancers"))
    }
}
