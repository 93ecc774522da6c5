//! The span tree: what a document says, and where it says it.

use std::borrow::Cow;

use super::Span;

/// How deep a document may nest, aliases expanded; real manifests stay under 60.
///
/// Everything that walks a tree may recurse: this many frames fit any stack.
pub const MAX_DEPTH: usize = 200;

/// A value and the text it was written as.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'a> {
    /// Where the value stands: at its definition for one that came by an alias or a merge.
    pub span: Span,
    /// What it is.
    pub value: Value<'a>,
}

/// What a node can be, after the YAML 1.1 rules of kubectl's reader.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`, `~` or nothing.
    Null,
    /// `true`, and for YAML `yes`, `on`, `y` and their like.
    Bool(bool),
    /// A whole number that fits.
    Int(i64),
    /// A whole number too large for `Int`.
    Uint(u64),
    /// Any other number; always finite.
    Float(f64),
    /// Text, borrowed from the file unless escapes or folding changed it.
    Str(Cow<'a, str>),
    /// A list.
    Seq(Vec<Node<'a>>),
    /// A map, in the order of the file, each key once.
    Map(Vec<Entry<'a>>),
}

/// A key of a map with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'a> {
    /// The key; numbers and booleans are spelled as Go spells them.
    pub key: Cow<'a, str>,
    /// Where the key stands.
    pub key_span: Span,
    /// Its value.
    pub value: Node<'a>,
}

/// A key that stands more than once in a map; its last value is the one in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateKey<'a> {
    /// The key.
    pub key: Cow<'a, str>,
    /// Where the key stands whose value is lost.
    pub span: Span,
    /// The key's place in the document, such as `spec.ports[0].name`.
    pub path: String,
    /// Whether both values are the same, so that nothing is lost.
    pub same: bool,
}

/// One document, read whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Document<'a> {
    /// The outermost value; null for an empty document.
    pub root: Node<'a>,
    /// Keys that lost to a later one of the same name; the first 100 of them.
    pub duplicate_keys: Vec<DuplicateKey<'a>>,
}

impl<'a> Node<'a> {
    /// Whether another node holds the same, wherever it stands.
    pub fn says_the_same(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Seq(these), Value::Seq(others)) => {
                these.len() == others.len()
                    && these.iter().zip(others).all(|(a, b)| a.says_the_same(b))
            }
            (Value::Map(these), Value::Map(others)) => {
                let same = |(a, b): (&Entry<'a>, &Entry<'a>)| {
                    a.key == b.key && a.value.says_the_same(&b.value)
                };
                these.len() == others.len() && these.iter().zip(others).all(same)
            }
            (this, that) => this == that,
        }
    }

    /// The value of a key, where this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key, where this is a map that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        self.as_map()?.iter().find(|entry| entry.key == key)
    }

    /// An item, where this is a list that long.
    pub fn index(&self, i: usize) -> Option<&Node<'a>> {
        self.as_seq()?.get(i)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn as_map(&self) -> Option<&[Entry<'a>]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn as_seq(&self) -> Option<&[Node<'a>]> {
        match &self.value {
            Value::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// A boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A whole number that fits an `i64`.
    pub fn as_i64(&self) -> Option<i64> {
        match self.value {
            Value::Int(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the value is null or missing after its key.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }
}
