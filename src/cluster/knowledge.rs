//! What is known of the cluster beside its objects.

use crate::finding::{Datapath, Platform};

/// What is known of the cluster beside its objects: from detection, flags or configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Knowledge {
    /// How policies are enforced; `None` where that is not known.
    pub datapath: Option<Datapath>,
    /// Who set the cluster up; `None` where that is not known.
    pub platform: Option<Platform>,
}

impl Knowledge {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        datapath: None,
        platform: None,
    };

    /// This, and where it says nothing, what `other` says.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            datapath: self.datapath.or(other.datapath),
            platform: self.platform.or(other.platform),
        }
    }

    /// The datapaths in question: the known one, or every one that enforces policies where such a
    /// cluster comes from. Empty where nothing enforces them.
    pub fn datapaths(&self) -> &[Datapath] {
        match &self.datapath {
            Some(Datapath::None) => &[],
            Some(known) => std::slice::from_ref(known),
            None => match self.platform {
                Some(Platform::Openshift) => &[Datapath::Endpoint],
                Some(Platform::Kubeadm | Platform::K3s | Platform::Gke | Platform::Aks) => {
                    &[Datapath::Endpoint, Datapath::Cilium, Datapath::CiliumNodes]
                }
                Some(Platform::Eks) | None => &Datapath::ENFORCING,
            },
        }
    }
}
