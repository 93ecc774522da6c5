//! Places: from an object's field back to line and column of the file it came from.

use std::ops::Range;

use super::source::Source;
use crate::finding::{FieldPath, Segment};
use crate::text::{Chunk, Format, Node, Span, parse};

/// Where an object, or a fault, is: a handle that only its own Set understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(pub(super) u32);

/// What a [`Place`] stands for.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// The file, by its number.
    pub file: usize,
    /// The document in it.
    pub document: Range<usize>,
    /// The document's notation.
    pub format: Format,
    /// The list item within the document.
    pub at: FieldPath,
    /// The exact place, where no field leads to it.
    pub span: Option<Span>,
}

/// A place for people, and for tools that show its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The file, as it was given or found; `<stdin>` for the pipe.
    pub file: String,
    /// The line where it starts, from 1.
    pub line: usize,
    /// The column where it starts, in characters, from 1.
    pub column: usize,
    /// The line where it ends.
    pub end_line: usize,
    /// The column after its last character.
    pub end_column: usize,
    /// Its bytes in the file.
    pub span: Range<usize>,
    /// The bytes of its document in the file.
    pub document: Range<usize>,
}

/// The locations of several fields of one document, parsed once for all of them.
pub(super) fn locate<'f>(
    source: &Source,
    sites: impl IntoIterator<Item = (&'f Site, &'f FieldPath)>,
) -> Vec<Location> {
    let mut parsed = None;
    sites
        .into_iter()
        .map(|(site, field)| {
            let span = site.span.unwrap_or_else(|| {
                let tree = parsed.get_or_insert_with(|| {
                    parse(&Chunk {
                        range: site.document.clone(),
                        text: source.text.get(site.document.clone()).unwrap_or_default(),
                        format: site.format,
                    })
                });
                match tree {
                    Ok(document) => spot(descend(&document.root, &site.at).node, field),
                    Err(error) => error.span,
                }
            });
            location(source, site, span)
        })
        .collect()
}

fn location(source: &Source, site: &Site, span: Span) -> Location {
    let mut range = span.range();
    range.start = range.start.min(source.text.len());
    range.end = range.end.clamp(range.start, source.text.len());
    // A block value reaches to where the next begins: what is underlined ends with its text.
    if let Some(text) = source.text.get(range.clone()) {
        range.end = range.start + text.trim_end().len();
    }
    let start = source.position(range.start);
    let end = source.position(range.end);
    Location {
        file: source.name.clone(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        span: range,
        document: site.document.clone(),
    }
}

/// What to point at for a field of an object: its value; where there is none, its key; where
/// that is missing, the key of what lacks it; for the object itself, its name.
fn spot(object: &Node<'_>, field: &FieldPath) -> Span {
    if field.segments().is_empty() {
        return name(object);
    }
    let found = descend(object, field);
    match found.key {
        Some(key) if found.missing || found.node.span.is_empty() => key,
        None if found.depth == 0 => name(object),
        _ => found.span,
    }
}

fn name(object: &Node<'_>) -> Span {
    let name = object.get("metadata").and_then(|it| it.get("name"));
    let name = name.or_else(|| object.get("kind"));
    name.map_or(object.span, |name| name.span)
}

/// How far a path leads into a node.
pub(super) struct Descent<'n, 'a> {
    /// The innermost node on the path that exists.
    pub node: &'n Node<'a>,
    /// Its span.
    pub span: Span,
    /// Its key, unless it is a list item.
    pub key: Option<Span>,
    /// How many steps led to it.
    pub depth: usize,
    /// Whether the path leads further than the document.
    pub missing: bool,
}

/// Follows a path as far as it exists.
pub(super) fn descend<'n, 'a>(from: &'n Node<'a>, path: &FieldPath) -> Descent<'n, 'a> {
    let mut found = Descent {
        node: from,
        span: from.span,
        key: None,
        depth: 0,
        missing: false,
    };
    for segment in path.segments() {
        let next = match segment {
            Segment::Key(key) => found
                .node
                .entry(key)
                .map(|entry| (&entry.value, Some(entry.key_span))),
            Segment::Index(index) => found.node.index(*index).map(|item| (item, None)),
        };
        let Some((node, key)) = next else {
            found.missing = true;
            return found;
        };
        found.node = node;
        found.span = node.span;
        found.key = key;
        found.depth += 1;
    }
    found
}
