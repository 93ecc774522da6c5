//! Network policies: the metadata is read here, the rest by the dialect that knows it.

use serde::Deserialize;
use serde::de::value::{Error, MapDeserializer};

use super::Raw;
use super::meta::RawMeta;
use super::wire::Nested;
use crate::finding::FieldPath;
use crate::object::{Body, Kind, Meta, Problem};
use crate::policy::Policy;
use crate::policy::from::{
    admin_v1alpha1, aws_v1alpha1, cilium_v2, cluster_v1alpha2, networking_v1,
};

/// What a dialect translated, and what the API server would refuse in it.
type Translated<P> = (P, Vec<(FieldPath, String)>);

/// A `NetworkPolicy` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawPolicy<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Option<networking_v1::Spec<'a>>,
}

impl<'a> Raw<'a> for RawPolicy<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        // An omitted spec is an empty one, which selects every pod.
        let Some(spec) = self.spec.clone().or_else(empty) else {
            return Body::Opaque;
        };
        one(networking_v1::translate(&spec), meta)
    }
}

/// A policy of the administrator's as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawTiered<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Option<admin_v1alpha1::Spec<'a>>,
}

impl<'a> Raw<'a> for RawTiered<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let Some(spec) = self.spec.clone().or_else(empty) else {
            return Body::Opaque;
        };
        let mut translated = match meta.kind {
            Kind::AdminNetworkPolicy => admin_v1alpha1::translate(&spec),
            Kind::BaselineAdminNetworkPolicy => admin_v1alpha1::translate_baseline(&spec),
            Kind::AwsClusterNetworkPolicy => aws_v1alpha1::translate(&spec),
            _ => cluster_v1alpha2::translate(&spec),
        };
        let only = admin_v1alpha1::BASELINE_NAME;
        if meta.kind == Kind::BaselineAdminNetworkPolicy && meta.name() != only {
            let wrong = format!(
                "name {:?} is not {only:?}, the only one allowed",
                meta.name()
            );
            translated.1.push((FieldPath::of("metadata.name"), wrong));
        }
        one(translated, meta)
    }
}

/// A Cilium policy as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawCilium<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Option<cilium_v2::Spec<'a>>,
    specs: Option<Vec<cilium_v2::Spec<'a>>>,
}

impl<'a> Raw<'a> for RawCilium<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let scope = match meta.kind {
            Kind::CiliumNetworkPolicy => cilium_v2::Scope::Namespace,
            _ => cilium_v2::Scope::Cluster,
        };
        let specs = self.specs.as_deref().unwrap_or_default();
        let (policies, problems) = cilium_v2::translate(self.spec.as_ref(), specs, scope);
        several((policies, problems), meta)
    }
}

/// A `spec` of which nothing is given.
fn empty<'a, S: Deserialize<'a>>() -> Option<S> {
    let nothing = MapDeserializer::<_, Error>::new(std::iter::empty::<(&str, &str)>());
    S::deserialize(nothing).ok()
}

fn one((policy, problems): Translated<Policy>, meta: &mut Meta) -> Body {
    several((vec![policy], problems), meta)
}

fn several((policies, problems): Translated<Vec<Policy>>, meta: &mut Meta) -> Body {
    let problems = problems.into_iter().map(|(field, message)| Problem {
        field,
        message,
        of_policy: true,
    });
    meta.problems.extend(problems);
    Body::Policy(policies.into())
}
