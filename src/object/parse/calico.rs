//! Calico's kinds: the metadata is read here, the rest by the dialect that knows it.

use serde::Deserialize;

use super::Raw;
use super::meta::RawMeta;
use super::policy::refuse;
use super::wire::Nested;
use crate::object::{Body, Kind, Meta, NetworkSet, TierOrder};
use crate::policy::from::calico::{Form, SetSpec, Spec, TierSpec, end, nets, translate};

/// A policy as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawPolicy<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Option<Spec<'a>>,
}

/// A Tier as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawTier<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Option<TierSpec<'a>>,
}

/// A set of addresses as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawSet<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Option<SetSpec<'a>>,
}

impl<'a> Raw<'a> for RawPolicy<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let form = Form {
            global: meta.kind == Kind::GlobalNetworkPolicy,
            stored: meta.reference.api_version.starts_with("crd."),
        };
        let empty = Spec::default();
        let (policy, found) = translate(self.spec.as_ref().unwrap_or(&empty), form);
        refuse(meta, found);
        Body::Policy(policy.into_iter().collect())
    }
}

impl<'a> Raw<'a> for RawTier<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let empty = TierSpec::default();
        let spec = self.spec.as_ref().unwrap_or(&empty);
        let (end, found) = end(spec);
        refuse(meta, found);
        Body::TierOrder(TierOrder {
            order: spec.order(),
            end,
        })
    }
}

impl<'a> Raw<'a> for RawSet<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let empty = SetSpec::default();
        let spec = self.spec.as_ref().unwrap_or(&empty);
        let (nets, found) = nets(spec);
        refuse(meta, found);
        Body::NetworkSet(Box::new(NetworkSet {
            nets,
            has_domains: spec.has_domains(),
        }))
    }
}
