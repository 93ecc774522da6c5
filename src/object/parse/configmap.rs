//! `v1 ConfigMap`.

use serde::Deserialize;

use super::Raw;
use super::evidence::Seen;
use super::meta::RawMeta;
use super::wire::{Nested, Pairs};
use crate::object::{Body, ConfigMap, Meta};

/// A `ConfigMap` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawConfigMap<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    data: Pairs<'a>,
}

impl<'a> Raw<'a> for RawConfigMap<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, _: &mut Meta) -> Body {
        let mut seen = Seen::default();
        for (_, value) in self.data.iter() {
            seen.text(value);
        }
        Body::ConfigMap(Box::new(ConfigMap {
            mentions: seen.into_mentions(),
        }))
    }
}
