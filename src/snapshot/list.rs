//! A list in JSON, read an item at a time: a large cluster is never in memory as text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// What is told of a list while it is read.
pub(super) trait Items {
    /// One item, with the kind that the list's own kind gives it, where that came first.
    fn item(&mut self, item: Box<RawValue>, of: Option<(&str, &str)>);
}

/// Everything of one JSON document but the items of a list.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// Its fields, in their order.
    pub(super) fields: Vec<(String, Box<RawValue>)>,
    /// Whether it had items.
    pub(super) had_items: bool,
}

impl Rest {
    /// A field that is a string.
    fn text(&self, name: &str) -> Option<String> {
        let (_, value) = self.fields.iter().find(|(key, _)| key == name)?;
        serde_json::from_str(value.get()).ok()
    }

    /// `apiVersion` and the kind of the items, where the list's kind tells it.
    fn of_items(&self) -> Option<(String, String)> {
        let kind = self.text("kind")?;
        let of = kind.strip_suffix("List").filter(|of| !of.is_empty())?;
        Some((self.text("apiVersion")?, of.to_owned()))
    }

    /// The document as it was, where it is no list.
    pub(super) fn whole(&self) -> Result<Box<RawValue>, serde_json::Error> {
        let mut text = String::from("{");
        for (at, (key, value)) in self.fields.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            text.push_str(&serde_json::to_string(key)?);
            text.push(':');
            text.push_str(value.get());
        }
        text.push('}');
        RawValue::from_string(text)
    }
}

/// Reads one document, giving its items away as they come.
pub(super) struct Document<'i, I>(pub(super) &'i mut I);

impl<'de, I: Items> DeserializeSeed<'de> for Document<'_, I> {
    type Value = Rest;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Rest, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, I: Items> Visitor<'de> for Document<'_, I> {
    type Value = Rest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rest, A::Error> {
        let mut rest = Rest::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == "items" {
                let of = rest.of_items();
                map.next_value_seed(Each {
                    to: &mut *self.0,
                    of,
                })?;
                rest.had_items = true;
            } else {
                rest.fields.push((key, map.next_value()?));
            }
        }
        Ok(rest)
    }
}

/// The items of a list.
struct Each<'i, I> {
    to: &'i mut I,
    of: Option<(String, String)>,
}

impl<'de, I: Items> DeserializeSeed<'de> for Each<'_, I> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, I: Items> Visitor<'de> for Each<'_, I> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let of = self.of.as_ref();
        let of = of.map(|(version, kind)| (version.as_str(), kind.as_str()));
        while let Some(item) = seq.next_element()? {
            self.to.item(item, of);
        }
        Ok(())
    }
}
