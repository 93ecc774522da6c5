//! Reads the document of a chunk in its notation.

use super::{Chunk, Document, Format, Span, TextError, json, yaml};

/// Reads one document into its tree; spans count from the start of the file.
pub fn parse<'a>(chunk: &Chunk<'a>) -> Result<Document<'a>, TextError> {
    if u32::try_from(chunk.range.end).is_err() {
        return Err(TextError::new(
            "the file is larger than 4 GiB",
            Span::default(),
        ));
    }
    let document = match chunk.format {
        Format::Yaml => yaml::document(chunk.text, chunk.range.start),
        Format::Json => json::document(chunk.text, chunk.range.start),
    };
    document.map_err(|error| {
        if memchr::memmem::find(chunk.text.as_bytes(), b"{{").is_some() {
            error.in_template()
        } else {
            error
        }
    })
}
