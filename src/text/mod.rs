//! YAML and JSON to a span tree that knows no Kubernetes, and a serde Deserializer over it.

mod span;
mod error;
mod chunk;
mod peek;
mod tree;
mod scalar;
mod mapping;
mod alias;
mod yaml;
mod json;
mod de;

#[cfg(test)]
mod tests;

pub use chunk::{Chunk, Format, chunks};
pub use de::from_node;
pub use error::TextError;
pub use span::{Position, Span, position};
pub use tree::{Document, DuplicateKey, Entry, MAX_DEPTH, Node, Value, parse};
