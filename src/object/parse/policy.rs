//! Network policies: the metadata is read here, the rest by the dialect that knows it.

use serde::Deserialize;
use serde::de::value::{Error, MapDeserializer};

use super::Raw;
use super::meta::RawMeta;
use super::wire::Nested;
use crate::finding::FieldPath;
use crate::object::{Body, Kind, Meta, Problem};
use crate::policy::Policy;
use crate::policy::from::{admin_v1alpha1, aws_v1alpha1, cluster_v1alpha2, networking_v1};

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

/// A `spec` of which nothing is given.
fn empty<'a, S: Deserialize<'a>>() -> Option<S> {
    let nothing = MapDeserializer::<_, Error>::new(std::iter::empty::<(&str, &str)>());
    S::deserialize(nothing).ok()
}

fn one((policy, problems): Translated<Policy>, meta: &mut Meta) -> Body {
    refuse(meta, problems);
    Body::Policy(Box::new([policy]))
}

/// Notes what the API server, or the network plugin, would refuse in a policy.
pub(super) fn refuse(meta: &mut Meta, problems: Vec<(FieldPath, String)>) {
    let problems = problems.into_iter().map(|(field, message)| Problem {
        field,
        message,
        of_policy: true,
    });
    meta.problems.extend(problems);
}
