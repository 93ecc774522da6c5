//! A Flow and who stands at its two ends.

use std::net::IpAddr;

use super::{Because, Certainty};
use crate::labels::{Labels, Selector};
use crate::policy::{Family, Protocol};

/// Traffic that may or may not pass.
#[derive(Clone, Copy, Debug)]
pub struct Flow<'a> {
    /// Who opens the connection.
    pub source: Party<'a>,
    /// To whom.
    pub destination: Party<'a>,
    /// Over which protocol.
    pub protocol: Protocol,
    /// To which port of the destination.
    pub port: u16,
    /// Over which family of addresses; `None` is any that both ends have, so that what holds of
    /// one of two only is not decided.
    pub family: Option<Family>,
}

/// One end of a Flow.
#[derive(Clone, Copy, Debug)]
pub enum Party<'a> {
    /// A pod.
    Pod(Pod<'a>),
    /// An address that is no pod's and no node's.
    Address(IpAddr),
    /// A node.
    Node {
        /// Its name, where it is known.
        name: Option<&'a str>,
        /// Its address.
        address: IpAddr,
    },
    /// An endpoint of the API server.
    ApiServer(ApiServer),
    /// Something whose address is not known.
    Unknown {
        /// Whether it may be a pod.
        may_be_pod: bool,
    },
}

/// What is known of one endpoint of the API server.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApiServer {
    /// Its address.
    pub address: Option<IpAddr>,
    /// Whether that is an address of a node of the cluster.
    pub on_node: Option<bool>,
    /// Whether it may run as a pod of the cluster, always on its host's network.
    pub may_be_pod: bool,
    /// Whether the network may be OVN-Kubernetes, where peers that ask for pods find such pods too.
    pub may_be_on_ovn: bool,
}

/// What is known of a pod.
#[derive(Clone, Copy, Debug)]
pub struct Pod<'a> {
    /// Its namespace.
    pub namespace: &'a str,
    /// The labels of that namespace.
    pub namespace_labels: Facts<'a>,
    /// Its name; `None` where it stands for every pod of a Workload.
    pub name: Option<&'a str>,
    /// Its labels.
    pub labels: Facts<'a>,
    /// Its addresses; none where they are not known.
    pub addresses: &'a [IpAddr],
    /// Whether it uses its node's network.
    pub host_network: bool,
    /// The ports that it declares by name; `None` where they are not known.
    pub ports: Option<&'a [NamedPort<'a>]>,
    /// The node that it runs on.
    pub node: Option<&'a str>,
}

/// A port that a pod declares by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedPort<'a> {
    /// The name.
    pub name: &'a str,
    /// The number.
    pub number: u16,
    /// The protocol.
    pub protocol: Protocol,
}

/// Labels, and whether they are all there are.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Those that are known.
    pub labels: &'a Labels,
    /// Whether there are no others.
    pub complete: bool,
}

impl Flow<'_> {
    /// The families over which both ends can talk, as far as their addresses are known.
    pub fn families(&self) -> Vec<Family> {
        let ends = [&self.source, &self.destination];
        let mut all = Family::ALL.to_vec();
        all.retain(|family| ends.iter().all(|end| end.may_have(*family)));
        all
    }
}

impl<'a> Party<'a> {
    /// The node whose traffic it sends, as far as its name is known; `None` where it has a network
    /// of its own or is no part of the cluster.
    pub fn on_node(&self) -> Option<Option<&'a str>> {
        match self {
            Self::Pod(pod) if pod.host_network => Some(pod.node),
            Self::Node { name, .. } => Some(*name),
            _ => None,
        }
    }

    /// Its addresses; none where they are not known.
    pub fn addresses(&self) -> &[IpAddr] {
        match self {
            Self::Pod(pod) => pod.addresses,
            Self::Address(address) | Self::Node { address, .. } => std::slice::from_ref(address),
            Self::ApiServer(server) => server.address.as_slice(),
            Self::Unknown { .. } => &[],
        }
    }

    /// Whether it has an address of a family, or may have one.
    pub fn may_have(&self, family: Family) -> bool {
        let addresses = self.addresses();
        addresses.is_empty() || addresses.iter().any(|it| Family::of(it) == family)
    }
}

impl<'a> Facts<'a> {
    /// Labels that are all there are.
    pub fn all(labels: &'a Labels) -> Self {
        Self {
            labels,
            complete: true,
        }
    }

    /// Labels beside which there may be others.
    pub fn some(labels: &'a Labels) -> Self {
        Self {
            labels,
            complete: false,
        }
    }

    /// Labels as a View tells them: all of them, or else some.
    pub fn of(labels: &'a Result<Labels, Labels>) -> Self {
        match labels {
            Ok(labels) => Self::all(labels),
            Err(labels) => Self::some(labels),
        }
    }

    /// Whether a selector matches; where a label is not known that is why.
    pub(super) fn meet(self, selector: &Selector, because: &Because) -> Certainty {
        match selector.decide(self.labels, self.complete) {
            Some(met) => met.into(),
            None => Certainty::Maybe(because.clone()),
        }
    }
}

impl Pod<'_> {
    /// Whether two stand for one and the same pod.
    pub(super) fn is(&self, other: &Pod<'_>) -> bool {
        self.name.is_some() && self.name == other.name && self.namespace == other.namespace
    }
}
