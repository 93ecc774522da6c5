//! The comments of a document, which no tree has.

use granit_parser::{Event, Parser};

use super::{Chunk, Format, MAX_DEPTH, Span};

/// The comments of a document in their order, without their `#`, as far as it can be parsed. What
/// looks like one inside a text is none.
pub fn comments<'a>(chunk: &Chunk<'a>) -> Vec<(Span, &'a str)> {
    if chunk.format == Format::Json {
        return Vec::new();
    }
    let options = granit_parser::options! {
        emit_comments: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let text = chunk.text;
    let mut found = Vec::new();
    let mut events = Parser::new_from_str_with_options(text, options);
    while let Some(Ok((event, span))) = events.next_event() {
        if let Event::Comment(..) = event
            && let Some(range) = span.start.byte_offset().zip(span.end.byte_offset())
            && let Some(comment) = text.get(range.0..range.1)
        {
            let base = chunk.range.start;
            let span = Span::new(base + range.0, base + range.1);
            found.push((span, comment.strip_prefix('#').unwrap_or(comment)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::chunks;

    #[test]
    fn comments_are_told_from_texts_that_look_alike() {
        let text = "# top\na: 1 # beside\n---\nb: |\n  # in a block\nc: \"# quoted\"\n# last\n";
        let found: Vec<(usize, String)> = chunks(text)
            .flat_map(|chunk| comments(&chunk))
            .map(|(span, comment)| (span.range().start, comment.to_owned()))
            .collect();
        let at = |what: &str| text.find(what).unwrap();
        assert_eq!(
            found,
            [
                (at("# top"), " top".to_owned()),
                (at("# beside"), " beside".to_owned()),
                (at("# last"), " last".to_owned()),
            ]
        );
    }

    #[test]
    fn what_cannot_be_parsed_ends_them() {
        let text = "# a\nb: [\n";
        let chunk = chunks(text).next().unwrap();
        assert_eq!(comments(&chunk).len(), 1);
    }
}
