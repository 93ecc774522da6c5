//! `v1 Node`.

use serde::Deserialize;

use super::Raw;
use super::meta::RawMeta;
use super::wire::{List, Nested, Str};
use crate::object::{Body, Meta, Node};

/// A Node as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawNode<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    status: Nested<RawStatus<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawStatus<'a> {
    #[serde(borrow)]
    addresses: List<Nested<RawAddress<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawAddress<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Str<'a>>,
    address: Option<Str<'a>>,
}

impl<'a> Raw<'a> for RawNode<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, _: &mut Meta) -> Body {
        let is_ip = |address: &&Nested<RawAddress<'_>>| {
            matches!(address.kind.as_deref(), Some("InternalIP" | "ExternalIP"))
        };
        let addresses = self.status.addresses.iter().filter(is_ip);
        Body::Node(Box::new(Node {
            addresses: addresses
                .filter_map(|address| address.address.as_deref()?.parse().ok())
                .collect(),
        }))
    }
}
