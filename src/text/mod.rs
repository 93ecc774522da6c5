//! YAML and JSON to a span tree that knows no Kubernetes, and a serde Deserializer over it.
//!
//! A file is cut into [`chunks`], each chunk read by [`parse`] into a [`Document`] or passed over
//! after a [`Chunk::peek`], and typed values are read from a document's nodes by [`from_node`].
//! Every value is what kubectl would send to the API server, and every span counts from the start
//! of the file. As in `lib.rs`, a module imports only from those named before it.

mod span;
mod error;
mod chunk;
mod tree;
mod base64;
mod scalar;
mod peek;
mod mapping;
mod alias;
mod refusal;
mod yaml;
mod json;
mod comments;
mod parse;
mod de;

#[cfg(test)]
mod tests;
mod word;

pub use chunk::{Chunk, Format, chunks};
pub use comments::comments;
pub use de::from_node;
pub use error::TextError;
pub use parse::parse;
pub use span::{Position, Span, position};
pub use tree::{Document, DuplicateKey, Entry, MAX_DEPTH, Node, Value};
pub use word::Word;
