//! `discovery.k8s.io/v1 EndpointSlice`.

use std::net::IpAddr;

use crate::policy::Protocol;

/// What rules read of an `EndpointSlice`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndpointSlice {
    /// The Service it belongs to, by its `kubernetes.io/service-name` label.
    pub service: Option<Box<str>>,
    /// Whether the endpoint-slice controller of Kubernetes does not manage it: someone else
    /// fills it in.
    pub foreign: bool,
    /// Addresses of every endpoint.
    pub addresses: Vec<IpAddr>,
    /// Ports of every endpoint.
    pub ports: Vec<EndpointPort>,
}

/// One entry of `ports`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointPort {
    /// Its name.
    pub name: Option<Box<str>>,
    /// The number; `None` is every port.
    pub port: Option<u16>,
    /// Its protocol.
    pub protocol: Protocol,
}
