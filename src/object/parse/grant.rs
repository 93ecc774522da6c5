//! `ReferenceGrant`.

use serde::Deserialize;

use super::Raw;
use super::meta::RawMeta;
use super::wire::{List, Nested, Str, given};
use crate::object::{Body, GrantedFrom, Meta, ReferenceGrant};

/// A `ReferenceGrant` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawGrant<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Nested<RawSpec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawSpec<'a> {
    #[serde(borrow)]
    from: List<Nested<RawFrom<'a>>>,
    to: List<Nested<RawTo<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawFrom<'a> {
    #[serde(borrow)]
    group: Option<Str<'a>>,
    kind: Option<Str<'a>>,
    namespace: Option<Str<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawTo<'a> {
    #[serde(borrow)]
    group: Option<Str<'a>>,
    kind: Option<Str<'a>>,
    name: Option<Str<'a>>,
}

impl<'a> Raw<'a> for RawGrant<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, _: &mut Meta) -> Body {
        let word = |it: &Option<Str<'_>>| given(it.as_ref()).unwrap_or_default().into();
        let from = self.spec.from.iter().map(|from| GrantedFrom {
            group: word(&from.group),
            kind: word(&from.kind),
            namespace: word(&from.namespace),
        });
        let to = self.spec.to.iter();
        let services = to.filter(|to| {
            given(to.group.as_ref()).is_none() && given(to.kind.as_ref()) == Some("Service")
        });
        Body::ReferenceGrant(Box::new(ReferenceGrant {
            from: from.collect(),
            services: services
                .map(|to| given(to.name.as_ref()).map(Into::into))
                .collect(),
        }))
    }
}
