//! Tests of the whole layer: text in, values, spans and errors out.

mod cutting;
mod hostile;
mod peeking;
mod quirks;
mod reading;
mod spans;

use crate::text::{Chunk, Document, TextError, chunks, from_node, parse};
use serde_json::Value as Json;

/// The first chunk of a text.
fn chunk(text: &str) -> Chunk<'_> {
    chunks(text).next().expect("a text has a chunk")
}

fn document(text: &str) -> Document<'_> {
    parse(&chunk(text)).expect("the text can be read")
}

fn refusal(text: &str) -> TextError {
    parse(&chunk(text)).expect_err("the text is refused")
}

/// The first document as JSON, as an API server would meet it.
fn json(text: &str) -> Json {
    from_node(&document(text).root).expect("every tree is JSON")
}
