//! YAML to the span tree; the only module that knows the YAML parser.

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, StrInput, StructureStyle, Tag};

use super::alias::Anchors;
use super::mapping::{self, Mapping, Step};
use super::refusal;
use super::tree::{DuplicateKey, Entry, MAX_DEPTH};
use super::{Document, Node, Span, TextError, Value, scalar};

/// Reads the first document of a text that starts at `base` of its file.
pub(super) fn document(text: &str, base: usize) -> Result<Document<'_>, TextError> {
    refusal::early(text, base)?;
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut reader = Reader {
        text,
        base,
        events: Parser::new_from_str_with_options(text, options),
        anchors: Anchors::new(text),
        duplicates: Vec::new(),
    };
    let root = reader.root()?;
    mapping::at_root(&mut reader.duplicates);
    Ok(Document {
        root,
        duplicate_keys: reader.duplicates,
    })
}

struct Reader<'a> {
    text: &'a str,
    base: usize,
    events: Parser<'a, StrInput<'a>>,
    anchors: Anchors<'a>,
    duplicates: Vec<DuplicateKey<'a>>,
}

/// An event and its bytes in the file.
type Placed<'a> = (Event<'a>, Span);

impl<'a> Reader<'a> {
    fn root(&mut self) -> Result<Node<'a>, TextError> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::StreamEnd => {
                    return Ok(Node {
                        span,
                        value: Value::Null,
                    });
                }
                event => {
                    let root = self.node((event, span), 0)?;
                    self.end()?;
                    refusal::tab_before(&root, self.text, self.base)?;
                    return Ok(root);
                }
            }
        }
    }

    /// Refuses text that does not belong to the document, unless `...` says to drop it.
    fn end(&mut self) -> Result<(), TextError> {
        let (_, span) = self.next()?;
        let at = span.start as usize - self.base;
        if self
            .text
            .get(at..)
            .is_some_and(|rest| rest.starts_with("..."))
        {
            return Ok(());
        }
        match self.next()? {
            (Event::StreamEnd, _) => Ok(()),
            (_, span) => Err(TextError::new("text after the end of the document", span)),
        }
    }

    fn next(&mut self) -> Result<Placed<'a>, TextError> {
        match self.events.next_event() {
            Some(Ok((event, span))) => {
                let offset =
                    |mark: granit_parser::Marker| self.base + mark.byte_offset().unwrap_or(0);
                Ok((event, Span::new(offset(span.start), offset(span.end))))
            }
            Some(Err(error)) => Err(refusal::of(&error, self.text, self.base)),
            None => Ok((Event::StreamEnd, Span::new(self.base, self.base))),
        }
    }

    fn node(&mut self, (event, span): Placed<'a>, depth: usize) -> Result<Node<'a>, TextError> {
        if depth > MAX_DEPTH {
            return Err(refusal::too_deep(span));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value =
                    scalar::sendable(scalar_value(text, style, tag.as_deref(), span)?, span)?;
                let node = Node {
                    span: self.written(span, style),
                    value,
                };
                self.anchors.define(anchor, &node)?;
                Ok(node)
            }
            Event::SequenceStart(style, anchor, _) => {
                let node = self.sequence(span, style, depth)?;
                self.anchors.define(anchor, &node)?;
                Ok(node)
            }
            Event::MappingStart(style, anchor, _) => {
                let node = self.mapping(span, style, depth)?;
                self.anchors.define(anchor, &node)?;
                Ok(node)
            }
            Event::Alias(id) => self.anchors.expand(id, span, depth),
            _ => Err(TextError::new("expected a value", span)),
        }
    }

    fn sequence(
        &mut self,
        mut span: Span,
        style: StructureStyle,
        depth: usize,
    ) -> Result<Node<'a>, TextError> {
        let mut items = Vec::new();
        let mut last = span.start;
        loop {
            let (event, at) = self.next()?;
            if event == Event::SequenceEnd {
                span.end = end_of(style, at, last);
                return Ok(Node {
                    span,
                    value: Value::Seq(items),
                });
            }
            let known = self.duplicates.len();
            let item = self.node((event, at), depth + 1)?;
            last = reach(last, at, item.span);
            let item = self.whole_scalar(item);
            self.locate(known, Step::Index(items.len()));
            items.push(item);
        }
    }

    fn mapping(
        &mut self,
        mut span: Span,
        style: StructureStyle,
        depth: usize,
    ) -> Result<Node<'a>, TextError> {
        let mut mapping = Mapping::default();
        let mut last = span.start;
        loop {
            let (event, at) = self.next()?;
            if event == Event::MappingEnd {
                span.end = end_of(style, at, last);
                let entries = mapping.finish(&mut self.duplicates);
                return Ok(Node {
                    span,
                    value: Value::Map(entries),
                });
            }
            span.start = span.start.min(at.start);
            let key = if is_merge(&event) {
                None
            } else {
                Some(self.key(event, at)?)
            };
            let next = self.next()?;
            let written = next.1;
            let known = self.duplicates.len();
            let mut value = self.node(next, depth + 1)?;
            if value.is_null() && value.span.is_empty() {
                value.span = self.after_colon(at);
            }
            last = reach(last.max(at.end), written, value.span);
            match key {
                Some(key) => {
                    self.locate(known, Step::Key(&key));
                    mapping.push(Entry {
                        key,
                        key_span: at,
                        value,
                    });
                }
                None if mapping.merge(value) => {}
                None => {
                    return Err(TextError::new(
                        "`<<` wants a map or a list of maps",
                        written,
                    ));
                }
            }
        }
    }

    fn key(&mut self, event: Event<'a>, span: Span) -> Result<Cow<'a, str>, TextError> {
        let value = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar_value(text, style, tag.as_deref(), span)?;
                if anchor != 0 {
                    self.anchors.define(
                        anchor,
                        &Node {
                            span,
                            value: value.clone(),
                        },
                    )?;
                }
                value
            }
            Event::Alias(id) => self.anchors.expand(id, span, 0)?.value,
            _ => {
                return Err(TextError::new(
                    "a map key must be a scalar, not a map or a list",
                    span,
                ));
            }
        };
        scalar::key(value).ok_or_else(|| {
            TextError::new("a map key must be a string, a number or a boolean", span)
        })
    }

    /// The span of a scalar's text: the parser ends a block scalar at the next token.
    fn written(&self, span: Span, style: ScalarStyle) -> Span {
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return span;
        }
        let (start, end) = (
            span.start as usize - self.base,
            span.end as usize - self.base,
        );
        let text = self.text.get(start..end).unwrap_or_default();
        Span::new(
            span.start as usize,
            span.start as usize + text.trim_end().len(),
        )
    }

    /// `[fd00::]` is a map to the parser, since a bracket follows the last colon; to Go a plain
    /// value goes on until a colon with a space.
    fn whole_scalar(&self, item: Node<'a>) -> Node<'a> {
        let Some(
            [
                Entry {
                    key_span, value, ..
                },
            ],
        ) = item.as_map()
        else {
            return item;
        };
        let bare = key_span.start == item.span.start
            && value.is_null()
            && value.span.is_empty()
            && value.span.start == key_span.end + 1;
        let at = |offset: u32| offset as usize - self.base;
        let end = at(value.span.start);
        if !bare || !matches!(self.text.as_bytes().get(end), Some(b',' | b']')) {
            return item;
        }
        match self.text.get(at(item.span.start)..end) {
            Some(text) if !text.starts_with(['"', '\'', '{']) => {
                let span = Span {
                    end: value.span.start,
                    ..item.span
                };
                Node {
                    span,
                    value: scalar::plain(text.into()),
                }
            }
            _ => item,
        }
    }

    /// Where the value would stand of a key that has none.
    fn after_colon(&self, key: Span) -> Span {
        let end = key.end as usize - self.base;
        let rest = self.text.get(end..).unwrap_or_default();
        let space = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let colon = rest.as_bytes().get(space) == Some(&b':');
        let at = key.end as usize + if colon { space + 1 } else { 0 };
        Span::new(at, at)
    }

    fn locate(&mut self, known: usize, step: Step<'_>) {
        if let Some(found) = self
            .duplicates
            .get_mut(known..)
            .filter(|found| !found.is_empty())
        {
            mapping::below(found, step);
        }
    }
}

/// Where a collection ends: at its bracket, or with the last thing in it.
fn end_of(style: StructureStyle, end: Span, last: u32) -> u32 {
    match style {
        StructureStyle::Flow => end.end,
        StructureStyle::Block => last,
    }
}

/// How far a collection reaches once a node is read in it: one that came by an alias stands
/// elsewhere, and only the alias is written here.
fn reach(last: u32, written: Span, node: Span) -> u32 {
    let here = if node.start < written.start {
        written.end
    } else {
        node.end
    };
    last.max(here)
}

fn is_merge(event: &Event<'_>) -> bool {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, _, tag) => {
            text == "<<"
                && tag.as_deref().is_none_or(|tag| {
                    tag.suffix_in_namespace(YAML)
                        .is_some_and(|name| name == "merge")
                })
        }
        _ => false,
    }
}

/// The namespace of the tags written `!!name`.
const YAML: &str = "tag:yaml.org,2002:";

fn scalar_value<'a>(
    text: Cow<'a, str>,
    style: ScalarStyle,
    tag: Option<&Tag>,
    span: Span,
) -> Result<Value<'a>, TextError> {
    match tag {
        None if style == ScalarStyle::Plain => Ok(scalar::plain(text)),
        None => Ok(Value::Str(text)),
        Some(tag) => {
            let name = tag.suffix_in_namespace(YAML).unwrap_or_default();
            scalar::tagged(text, &name).map_err(|message| TextError::new(message, span))
        }
    }
}
