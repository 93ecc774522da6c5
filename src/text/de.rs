//! A serde Deserializer over the span tree that gives every error its place.
//!
//! Types decide what null means: `Option` reads it as `None`, a list, a map, a string or a
//! number refuses it (`expected a list, found null`) unless the field's own deserializer asks
//! for an `Option` or takes `visit_unit`. Nothing is converted: a number is no string. A float
//! is no whole number, but YAML's `80.0` is already 80 in the tree.

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Entry, Node, Span, TextError, Value};

/// Reads a value from a node; any error carries the span of the innermost node it is about.
///
/// Strings can be borrowed for as long as the tree is: from the file where the tree borrows,
/// else from the tree.
pub fn from_node<'de, T: Deserialize<'de>>(node: &'de Node<'de>) -> Result<T, TextError> {
    T::deserialize(NodeDeserializer(node)).map_err(|error| error.or_at(node.span))
}

impl<'a> Node<'a> {
    /// A Deserializer of this node, for what is more than one type's own reading.
    pub fn deserializer(&'a self) -> impl Deserializer<'a, Error = TextError> {
        NodeDeserializer(self)
    }
}

#[derive(Clone, Copy)]
struct NodeDeserializer<'de>(&'de Node<'de>);

impl<'de> NodeDeserializer<'de> {
    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        match &self.0.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(value) => visitor.visit_i64(*value),
            Value::Uint(value) => visitor.visit_u64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Str(text) => visitor.visit_borrowed_str(text),
            Value::Seq(items) => visitor.visit_seq(Items(items.iter())),
            Value::Map(entries) => visitor.visit_map(Entries {
                rest: entries.iter(),
                value: None,
            }),
        }
    }

    fn visit_variant<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        match &self.0.value {
            Value::Str(name) => visitor.visit_enum(Variant {
                name,
                name_span: self.0.span,
                content: None,
            }),
            Value::Map(entries) => match entries.as_slice() {
                [entry] => visitor.visit_enum(Variant {
                    name: &entry.key,
                    name_span: entry.key_span,
                    content: Some(&entry.value),
                }),
                _ => Err(TextError::custom(format!(
                    "expected a map with one key, found {} keys",
                    entries.len()
                ))),
            },
            _ => Err(TextError::invalid_type(unexpected(self.0), &"a string")),
        }
    }
}

impl<'de> Deserializer<'de> for NodeDeserializer<'de> {
    type Error = TextError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        self.visit(visitor)
            .map_err(|error| error.or_at(self.0.span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
        .map_err(|error: TextError| error.or_at(self.0.span))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor
            .visit_newtype_struct(self)
            .map_err(|error: TextError| error.or_at(self.0.span))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.visit_variant(visitor)
            .map_err(|error| error.or_at(self.0.span))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier
    }
}

fn unexpected<'n>(node: &'n Node<'_>) -> Unexpected<'n> {
    match &node.value {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Int(value) => Unexpected::Signed(*value),
        Value::Uint(value) => Unexpected::Unsigned(*value),
        Value::Float(value) => Unexpected::Float(*value),
        Value::Str(text) => Unexpected::Str(text),
        Value::Seq(_) => Unexpected::Seq,
        Value::Map(_) => Unexpected::Map,
    }
}

/// Reads a child; errors that its type raises after reading it are about the child too.
fn child<'de, S: DeserializeSeed<'de>>(
    seed: S,
    node: &'de Node<'de>,
) -> Result<S::Value, TextError> {
    seed.deserialize(NodeDeserializer(node))
        .map_err(|error| error.or_at(node.span))
}

struct Items<'de>(std::slice::Iter<'de, Node<'de>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = TextError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, TextError> {
        self.0.next().map(|node| child(seed, node)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Entries<'de> {
    rest: std::slice::Iter<'de, Entry<'de>>,
    value: Option<&'de Node<'de>>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = TextError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, TextError> {
        let Some(entry) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some(&entry.value);
        key(seed, &entry.key, entry.key_span).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, TextError> {
        match self.value.take() {
            Some(node) => child(seed, node),
            None => Err(TextError::custom("a value was asked for before its key")),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

fn key<'de, S: DeserializeSeed<'de>>(
    seed: S,
    text: &'de str,
    span: Span,
) -> Result<S::Value, TextError> {
    seed.deserialize(KeyDeserializer(text))
        .map_err(|error| error.or_at(span))
}

/// A key, which the tree holds as text whatever it was; number types read it back.
#[derive(Clone, Copy)]
struct KeyDeserializer<'de>(&'de str);

macro_rules! numeric_key {
    ($($method:ident $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => visitor.visit_borrowed_str(self.0),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for KeyDeserializer<'de> {
    type Error = TextError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_borrowed_str(self.0)
    }

    numeric_key! {
        deserialize_bool visit_bool
        deserialize_i8 visit_i8 deserialize_i16 visit_i16
        deserialize_i32 visit_i32 deserialize_i64 visit_i64
        deserialize_u8 visit_u8 deserialize_u16 visit_u16
        deserialize_u32 visit_u32 deserialize_u64 visit_u64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map struct identifier ignored_any
    }
}

struct Variant<'de> {
    name: &'de str,
    name_span: Span,
    content: Option<&'de Node<'de>>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = TextError;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), TextError> {
        let variant = key(seed, self.name, self.name_span)?;
        Ok((variant, self))
    }
}

impl<'de> Variant<'de> {
    fn content(&self) -> Result<&'de Node<'de>, TextError> {
        self.content.ok_or_else(|| {
            let message = format!(
                "expected a map with the key `{}`, found a string",
                self.name
            );
            TextError::new(message, self.name_span)
        })
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = TextError;

    fn unit_variant(self) -> Result<(), TextError> {
        match self.content {
            None => Ok(()),
            Some(node) => <()>::deserialize(NodeDeserializer(node)),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, TextError> {
        child(seed, self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, TextError> {
        NodeDeserializer(self.content()?).deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        NodeDeserializer(self.content()?).deserialize_any(visitor)
    }
}
