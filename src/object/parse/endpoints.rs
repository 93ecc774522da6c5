//! `EndpointSlices`, and the `Endpoints` that came before them.

use std::net::IpAddr;

use serde::Deserialize;

use super::Raw;
use super::meta::RawMeta;
use super::names::{port_number, protocol};
use super::problems::{At, Problems};
use super::wire::{Int, List, Nested, Str, given};
use crate::object::{Body, EndpointPort, EndpointSlice, Meta};

const SERVICE_NAME: &str = "kubernetes.io/service-name";
const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
const CONTROLLER: &str = "endpointslice-controller.k8s.io";

/// An `EndpointSlice` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawSlice<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    endpoints: List<Nested<RawEndpoint<'a>>>,
    ports: List<Nested<RawPort<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawEndpoint<'a> {
    #[serde(borrow)]
    addresses: List<Str<'a>>,
    conditions: Nested<Conditions>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct Conditions {
    ready: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawPort<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    port: Option<Int>,
    protocol: Option<Str<'a>>,
}

impl RawPort<'_> {
    fn read(&self, at: &At<'_>, problems: &mut Problems) -> Option<EndpointPort> {
        let protocol = protocol(self.protocol.as_ref(), at, problems);
        let port = match self.port {
            None => None,
            Some(Int(number)) => {
                let port = port_number(number);
                if port.is_none() {
                    let message = format!("port {number} is not between 1 and 65535");
                    problems.add(&at.key("port"), message);
                }
                Some(port?)
            }
        };
        Some(EndpointPort {
            name: given(self.name.as_ref()).map(Into::into),
            port,
            protocol: protocol?,
        })
    }
}

fn read_ports(
    raw: &List<Nested<RawPort<'_>>>,
    at: &At<'_>,
    problems: &mut Problems,
) -> Vec<EndpointPort> {
    raw.iter()
        .enumerate()
        .filter_map(|(index, port)| port.read(&at.index(index), problems))
        .collect()
}

impl<'a> Raw<'a> for RawSlice<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let mut problems = Problems::default();
        let ready = |endpoint: &&Nested<RawEndpoint<'_>>| endpoint.conditions.ready != Some(false);
        let slice = EndpointSlice {
            service: meta
                .labels
                .get(SERVICE_NAME)
                .filter(|name| !name.is_empty())
                .map(Into::into),
            foreign: meta.labels.get(MANAGED_BY) != Some(CONTROLLER),
            addresses: self
                .endpoints
                .iter()
                .filter(ready)
                .flat_map(|endpoint| &endpoint.addresses)
                .filter_map(|address| address.parse().ok())
                .collect(),
            ports: read_ports(&self.ports, &At::Root.key("ports"), &mut problems),
        };
        meta.problems.extend(problems.into_vec());
        Body::EndpointSlice(Box::new(slice))
    }
}

/// `v1 Endpoints` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawEndpoints<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    subsets: List<Nested<RawSubset<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawSubset<'a> {
    #[serde(borrow)]
    addresses: List<Nested<RawAddress<'a>>>,
    ports: List<Nested<RawPort<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawAddress<'a> {
    #[serde(borrow)]
    ip: Option<Str<'a>>,
}

impl RawSubset<'_> {
    fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.addresses
            .iter()
            .filter_map(|address| address.ip.as_deref()?.parse().ok())
    }
}

impl<'a> Raw<'a> for RawEndpoints<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let mut problems = Problems::default();
        let mut slice = EndpointSlice {
            service: Some(meta.name().into()),
            foreign: true,
            ..EndpointSlice::default()
        };
        let at = At::Root.key("subsets");
        for (index, subset) in self.subsets.iter().enumerate() {
            slice.addresses.extend(subset.addresses());
            let at = at.index(index);
            let ports = read_ports(&subset.ports, &at.key("ports"), &mut problems);
            slice.ports.extend(ports);
        }
        meta.problems.extend(problems.into_vec());
        Body::EndpointSlice(Box::new(slice))
    }
}
