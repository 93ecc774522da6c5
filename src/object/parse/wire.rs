//! What serde needs to read Kubernetes objects as the API server does: strings that borrow, `null`
//! for absent, and no list where a mapping belongs.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// A string that is borrowed from the input where it can be, inside of options and lists too.
pub(super) use crate::text::Word as Str;

/// A string where it is given and not empty: to the API server the two are one.
pub(super) fn given<'s>(text: Option<&'s Str<'_>>) -> Option<&'s str> {
    text.map(|text| &**text).filter(|text| !text.is_empty())
}

/// A mapping with known keys; `null` is the same as an empty one, and a list is an error, which
/// serde's own structs would take for their fields in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Nested<T>(pub(super) T);

impl<T> Deref for Nested<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Nested<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(NullOr(MappingVisitor(PhantomData)))
    }
}

struct MappingVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MappingVisitor<T> {
    type Value = Nested<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Nested<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Nested)
    }
}

/// A list; `null` is the same as an empty one, and a `null` entry as one that says nothing.
#[derive(Clone, Debug)]
pub(super) struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'l, T> IntoIterator for &'l List<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(NullOr(ListVisitor(PhantomData)))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<Option<T>>()? {
            items.push(item.unwrap_or_default());
        }
        Ok(List(items))
    }
}

/// A mapping of strings to strings, in the order given.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs<'a>(Vec<(Str<'a>, Str<'a>)>);

impl Pairs<'_> {
    /// Every key and value.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(NullOr(PairsVisitor))
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
        let mut pairs = Vec::new();
        while let Some((key, value)) = map.next_entry::<Str<'de>, Option<Str<'de>>>()? {
            pairs.push((key, value.unwrap_or_default()));
        }
        Ok(Pairs(pairs))
    }
}

/// Reads `null` as the default and anything else as the visitor inside has it.
struct NullOr<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for NullOr<V>
where
    V::Value: Default,
{
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        Ok(V::Value::default())
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        Ok(V::Value::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        // Not `deserialize_seq` or `_map`: what the value is decides, so that the error names it.
        deserializer.deserialize_any(self.0)
    }
}

/// A 32-bit integer, as every number of the API that matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Int(pub(super) i32);

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = deserializer.deserialize_any(IntVisitor { or_string: false })?;
        Ok(match read {
            IntOrStr::Int(number) => Self(number),
            IntOrStr::Str(_) => Self::default(),
        })
    }
}

/// A number or a name: `targetPort`, `port` of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum IntOrStr<'a> {
    /// A number.
    Int(i32),
    /// A name.
    Str(Str<'a>),
}

impl Default for IntOrStr<'_> {
    fn default() -> Self {
        Self::Int(0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for IntOrStr<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntVisitor { or_string: true })
    }
}

struct IntVisitor {
    or_string: bool,
}

impl IntVisitor {
    fn text<'de, E: Error>(&self, text: Str<'de>) -> Result<IntOrStr<'de>, E> {
        if self.or_string {
            Ok(IntOrStr::Str(text))
        } else {
            Err(E::invalid_type(Unexpected::Str(&text), self))
        }
    }
}

impl<'de> Visitor<'de> for IntVisitor {
    type Value = IntOrStr<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.or_string {
            "an integer of 32 bits or a string"
        } else {
            "an integer of 32 bits"
        })
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<IntOrStr<'de>, E> {
        i32::try_from(number)
            .map(IntOrStr::Int)
            .map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<IntOrStr<'de>, E> {
        i32::try_from(number)
            .map(IntOrStr::Int)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<IntOrStr<'de>, E> {
        self.text(Str::from(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<IntOrStr<'de>, E> {
        self.text(Str::owned(text))
    }
}
