//! Settings that are one word of several.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::finding::{Datapath, Platform, Severity};
use crate::labels::near_name;

/// A value that is written as one word of several.
pub(super) trait Word: Clone + 'static {
    /// What such a word is called: `severity`.
    const WHAT: &'static str;

    /// Every word and its value.
    fn words() -> Vec<(&'static str, Self)>;
}

/// A value read from its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Of<T>(pub(super) T);

impl<'de, T: Word> Deserialize<'de> for Of<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOf(PhantomData))
    }
}

struct OneOf<T>(PhantomData<T>);

impl<T: Word> Visitor<'_> for OneOf<T> {
    type Value = Of<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = T::words().into_iter().map(|(word, _)| word).collect();
        write!(f, "one of {}", words.join(", "))
    }

    fn visit_str<E: Error>(self, given: &str) -> Result<Of<T>, E> {
        let words = T::words();
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == given) {
            return Ok(Of(value.clone()));
        }
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let what = T::WHAT;
        Err(E::custom(match near_name(given, all.iter().copied()) {
            Some(near) => format!("there is no {what} {given}; did you mean {near}?"),
            None => format!(
                "there is no {what} {given}; it is one of {}",
                all.join(", ")
            ),
        }))
    }

    /// YAML 1.1, and so kubectl, reads `off` as a boolean.
    fn visit_bool<E: Error>(self, given: bool) -> Result<Of<T>, E> {
        self.visit_str(if given { "on" } else { "off" })
    }
}

impl<T: Word> JsonSchema for Of<T> {
    fn schema_name() -> Cow<'static, str> {
        T::WHAT.into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut words: Vec<serde_json::Value> = T::words()
            .into_iter()
            .map(|(word, _)| word.into())
            .collect();
        if words.contains(&"off".into()) {
            words.push(false.into());
        }
        json_schema!({"enum": words})
    }
}

impl Word for Severity {
    const WHAT: &'static str = "severity";

    fn words() -> Vec<(&'static str, Self)> {
        [Self::Error, Self::Warning, Self::Notice]
            .map(|severity| (severity.as_str(), severity))
            .into()
    }
}

impl Word for Datapath {
    const WHAT: &'static str = "datapath";

    fn words() -> Vec<(&'static str, Self)> {
        let all = Self::ENFORCING.into_iter().chain([Self::None]);
        all.map(|datapath| (datapath.as_str(), datapath)).collect()
    }
}

impl Word for Platform {
    const WHAT: &'static str = "platform";

    fn words() -> Vec<(&'static str, Self)> {
        Self::ALL
            .map(|platform| (platform.as_str(), platform))
            .into()
    }
}
