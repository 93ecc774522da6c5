//! `v1 ConfigMap`.

use serde::Deserialize;

use super::Raw;
use super::evidence::Seen;
use super::meta::RawMeta;
use super::problems::At;
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
        let at = At::Root.key("data");
        for (key, value) in self.data.iter() {
            if is_prose(key) {
                seen.text(value);
            } else {
                seen.text_at(value, &at.key(key));
            }
        }
        Body::ConfigMap(Box::new(ConfigMap {
            mentions: seen.into_mentions(),
        }))
    }
}

/// Whether what stands under a key is for people to read, and no program does what it says.
fn is_prose(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let mut words = key.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| matches!(word, "example" | "examples" | "md" | "readme"))
}
