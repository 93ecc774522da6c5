//! Cilium's kinds: the metadata is read here, the rest by the dialect that knows it.

use serde::Deserialize;

use super::Raw;
use super::meta::RawMeta;
use super::policy::refuse;
use super::wire::Nested;
use crate::object::{Body, Kind, Meta, NetworkSet};
use crate::policy::from::cilium_v2::{GroupSpec, Scope, Spec, nets, translate};

/// A policy as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawPolicy<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Option<Spec<'a>>,
    specs: Option<Vec<Spec<'a>>>,
}

/// A group of blocks as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawGroup<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Option<GroupSpec<'a>>,
}

impl<'a> Raw<'a> for RawPolicy<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let scope = match meta.kind {
            Kind::CiliumNetworkPolicy => Scope::Namespace,
            _ => Scope::Cluster,
        };
        let specs = self.specs.as_deref().unwrap_or_default();
        let (policies, problems) = translate(self.spec.as_ref(), specs, scope);
        refuse(meta, problems);
        Body::Policy(policies.into())
    }
}

impl<'a> Raw<'a> for RawGroup<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let empty = GroupSpec::default();
        let (nets, problems) = nets(self.spec.as_ref().unwrap_or(&empty));
        refuse(meta, problems);
        Body::NetworkSet(Box::new(NetworkSet {
            nets,
            has_domains: false,
        }))
    }
}
