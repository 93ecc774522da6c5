//! Datapath and Platform as words: under which network plugin a finding holds, and where a
//! cluster of a kind keeps its API server and DNS.

use std::fmt;

/// How the cluster's network plugin evaluates a Flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Datapath {
    /// Judges at the endpoint's address and port: Calico, Antrea, OVN-Kubernetes, kube-router …
    Endpoint,
    /// Cilium and its derivatives: addresses match neither pods nor nodes.
    Cilium,
    /// Cilium with `policyCIDRMatchMode: nodes`: addresses match nodes too.
    CiliumNodes,
    /// AWS VPC CNI with its policy agent: judges at the Service address and at the endpoints.
    AwsVpcCni,
    /// Nothing enforces policies.
    None,
}

impl Datapath {
    /// Every datapath that enforces policies: what is in question where none is known.
    pub const ENFORCING: [Self; 4] = [
        Self::Endpoint,
        Self::Cilium,
        Self::CiliumNodes,
        Self::AwsVpcCni,
    ];

    /// The word used in flags and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Cilium => "cilium",
            Self::CiliumNodes => "cilium:nodes",
            Self::AwsVpcCni => "aws-vpc-cni",
            Self::None => "none",
        }
    }

    /// What a sentence calls it: `blocked with Cilium`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Endpoint => "most network plugins",
            Self::Cilium => "Cilium",
            Self::CiliumNodes => "Cilium (policyCIDRMatchMode: nodes)",
            Self::AwsVpcCni => "the AWS VPC CNI",
            Self::None => "no policy engine",
        }
    }
}

impl fmt::Display for Datapath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Who set the cluster up, which tells on which ports its API server listens and where its DNS
/// is; never an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// kubeadm and what is built on it, kind among them.
    Kubeadm,
    /// k3s and RKE2.
    K3s,
    /// Amazon EKS.
    Eks,
    /// Google GKE.
    Gke,
    /// Azure AKS.
    Aks,
    /// `OpenShift`.
    Openshift,
}

impl Platform {
    /// Every platform, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Kubeadm,
        Self::K3s,
        Self::Eks,
        Self::Gke,
        Self::Aks,
        Self::Openshift,
    ];

    /// The word used in flags and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kubeadm => "kubeadm",
            Self::K3s => "k3s",
            Self::Eks => "eks",
            Self::Gke => "gke",
            Self::Aks => "aks",
            Self::Openshift => "openshift",
        }
    }
}
