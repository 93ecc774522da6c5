//! Network policies: the metadata is read here, the rest by the dialect that knows it.

use serde::Deserialize;
use serde::de::value::{Error, MapDeserializer};

use super::Raw;
use super::meta::RawMeta;
use super::wire::Nested;
use crate::object::{Body, Meta, Problem};
use crate::policy::from::networking_v1::{Spec, translate};

/// A `NetworkPolicy` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawPolicy<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Option<Spec<'a>>,
}

impl<'a> Raw<'a> for RawPolicy<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let nothing = MapDeserializer::<_, Error>::new(std::iter::empty::<(&str, &str)>());
        // An omitted spec is an empty one, which selects every pod.
        let empty = match self.spec {
            Some(_) => None,
            None => Spec::deserialize(nothing).ok(),
        };
        let Some(spec) = self.spec.as_ref().or(empty.as_ref()) else {
            return Body::Opaque;
        };
        let (policy, problems) = translate(spec);
        meta.problems
            .extend(problems.into_iter().map(|(field, message)| Problem {
                field,
                message,
                of_policy: true,
            }));
        Body::Policy([policy].into())
    }
}
