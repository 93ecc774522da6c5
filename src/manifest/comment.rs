//! Comments that ask to leave findings out: `# portcullis: ignore[rule] reason`.

use std::ops::Range;

use super::place::Place;
use super::source::Source;
use crate::text::{Chunk, Format, Span, comments};

/// A comment that asks to leave out what is found in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands.
    pub place: Place,
    /// Its line.
    pub line: usize,
    /// The line that it is about: its own, or the next one where nothing else stands in its own.
    pub covers: usize,
    /// The rules, by the names that were given.
    pub rules: Vec<String>,
    /// Why; empty where nobody says.
    pub reason: String,
}

/// A comment as it stands in a source.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// Its document.
    pub document: Range<usize>,
    /// The document's notation.
    pub format: Format,
    /// The comment.
    pub span: Span,
    /// The same, but for its place.
    pub comment: Comment,
}

/// What such a comment starts with.
pub(super) const MARK: &str = "portcullis:";

/// The comments of a document that ask for something.
pub(super) fn written(source: &Source, chunk: &Chunk<'_>) -> Vec<Written> {
    let asking = |(span, text): (Span, &str)| {
        let (rules, reason) = asked(text)?;
        let line = source.position(span.range().start).line;
        let comment = Comment {
            place: Place(0),
            line,
            covers: covered(&source.text, span, line),
            rules,
            reason,
        };
        Some(Written {
            document: chunk.range.clone(),
            format: chunk.format,
            span,
            comment,
        })
    };
    comments(chunk).into_iter().filter_map(asking).collect()
}

/// The rules that a comment names, and why.
fn asked(comment: &str) -> Option<(Vec<String>, String)> {
    let rest = comment.trim_start().strip_prefix(MARK)?.trim_start();
    let rest = rest.strip_prefix("ignore")?.trim_start();
    let (rules, reason) = rest.strip_prefix('[')?.split_once(']')?;
    let rules = rules.split([',', ' ']).filter(|rule| !rule.is_empty());
    Some((rules.map(str::to_owned).collect(), reason.trim().to_owned()))
}

/// The line that a comment is about: several may stand above one.
fn covered(text: &str, span: Span, line: usize) -> usize {
    let range = span.range();
    let before = text.get(..range.start).unwrap_or_default();
    let before = before.rsplit('\n').next().unwrap_or_default();
    if !before.trim_matches('\u{feff}').trim().is_empty() {
        return line;
    }
    let after = text.get(range.end..).unwrap_or_default();
    let below = after.lines().skip(1);
    line + 1
        + below
            .take_while(|line| line.trim_start().starts_with('#'))
            .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::chunks;

    fn found(text: &str) -> Vec<(Vec<String>, String, usize)> {
        let source = Source::new("x", text, false);
        chunks(text)
            .flat_map(|chunk| written(&source, &chunk))
            .map(|it| (it.comment.rules, it.comment.reason, it.comment.covers))
            .collect()
    }

    #[test]
    fn a_comment_is_about_its_line_or_the_next_that_is_none() {
        let rules = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let text = "a: 1 # portcullis: ignore[one] for now\n---\n# portcullis:ignore[two, three]\n# more\nb: 2\n";
        assert_eq!(
            found(text),
            [
                (rules(&["one"]), "for now".to_owned(), 1),
                (rules(&["two", "three"]), String::new(), 5),
            ]
        );
    }

    #[test]
    fn what_looks_alike_is_no_such_comment() {
        for text in [
            "a: \"# portcullis: ignore[one]\"\n",
            "a: |\n  # portcullis: ignore[one]\n",
            "# see portcullis: ignore[one]\na: 1\n",
            "# portcullis: ignore one\na: 1\n",
            "{\"a\": \"# portcullis: ignore[one]\"}",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
