//! `v1 Service`.

use std::net::IpAddr;

use crate::labels::{Labels, Selector};
use crate::policy::Protocol;

/// What rules read of a Service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// `type: ExternalName`: a DNS alias that has neither pods nor ports of its own.
    pub external_name: bool,
    /// `clusterIP: None`.
    pub headless: bool,
    /// The addresses it has been given.
    pub cluster_ips: Vec<IpAddr>,
    /// `spec.selector` as written; empty where there is none.
    pub selector: Labels,
    /// The same as a [`Selector`].
    pub selects: Selector,
    /// `spec.ports`, in order.
    pub ports: Vec<ServicePort>,
}

/// One entry of `spec.ports`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// Its place in `spec.ports`, where entries that the API server would refuse are left out here.
    pub index: usize,
    /// Its name; `None` where it has none.
    pub name: Option<Box<str>>,
    /// The port that clients use.
    pub port: u16,
    /// The port of the pods.
    pub target: Target,
    /// Its protocol.
    pub protocol: Protocol,
}

/// Where a Service's port leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `targetPort` is omitted: the same number as `port`.
    Same,
    /// A number.
    Number(u16),
    /// A name, which each pod resolves by its own declarations.
    Name(Box<str>),
}

impl ServicePort {
    /// The number that it leads to, unless that goes by name.
    pub fn number(&self) -> Option<u16> {
        match self.target {
            Target::Same => Some(self.port),
            Target::Number(number) => Some(number),
            Target::Name(_) => None,
        }
    }
}
