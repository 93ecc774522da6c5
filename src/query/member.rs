//! One end of a question: who asks, or who is asked.

use std::net::IpAddr;

use super::{Shape, well_known};
use crate::cluster::View;
use crate::object::{Of, Service, ServicePort, Workload};
use crate::policy::Protocol;

/// One end of a question.
#[derive(Clone, Copy, Debug)]
pub enum Member<'a> {
    /// The pods of a Workload; one pod, where nothing owns it.
    Pods(Of<'a, Workload>),
    /// An address, whosever it is.
    Address(IpAddr),
    /// A port of a Service, as a destination.
    Service(Of<'a, Service>, &'a ServicePort),
    /// The API server.
    ApiServer,
    /// The cluster's DNS.
    Dns,
    /// What is outside the cluster.
    World,
}

/// The words for members that have no name of their own.
pub(super) const API_SERVER: &str = "apiserver";
pub(super) const DNS: &str = "dns";
pub(super) const WORLD: &str = "world";

impl<'a> Member<'a> {
    /// The member that a word of its own stands for.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        match word {
            API_SERVER => Some(Self::ApiServer),
            DNS => Some(Self::Dns),
            WORLD => Some(Self::World),
            _ => word.parse().map(Self::Address).ok(),
        }
    }

    /// The ports that it has whatever is asked for: those of the API server and of DNS.
    pub fn own_ports(&self, view: View<'a>) -> Vec<(Protocol, u16)> {
        match self {
            Self::ApiServer => {
                let (port, protocol) = well_known::api_server_port(view);
                port.parse()
                    .into_iter()
                    .map(|port| (protocol, port))
                    .collect()
            }
            Self::Dns => [Protocol::Udp, Protocol::Tcp]
                .into_iter()
                .map(|protocol| (protocol, well_known::DNS_PORT))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The pods behind it, where it stands for pods of a Workload: one shape a pod template.
    pub fn shapes(&self, view: View<'a>) -> Vec<Shape<'a>> {
        match self {
            Self::Pods(workload) => Shape::of_workload(*workload, view),
            _ => Vec::new(),
        }
    }
}
