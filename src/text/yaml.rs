//! YAML to the span tree; the only module that knows the YAML parser.

use std::borrow::Cow;

use granit_parser::{
    ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, StructureStyle, Tag,
};

use super::alias::Anchors;
use super::mapping::{self, Mapping, Step};
use super::tree::{DuplicateKey, Entry, MAX_DEPTH};
use super::{Document, Node, Span, TextError, Value, scalar};

/// Reads the first document of a text that starts at `base` of its file.
pub(super) fn document(text: &str, base: usize) -> Result<Document<'_>, TextError> {
    refuse_early(text, base)?;
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

/// What kubectl refuses before it parses.
fn refuse_early(text: &str, base: usize) -> Result<(), TextError> {
    if text.starts_with("---") {
        let line = text.lines().next().unwrap_or_default();
        let span = Span::new(base, base + line.len());
        let message = "a document separator `---` must stand alone on its line";
        return Err(TextError::new(message, span));
    }
    if let Some(at) = control_character(text) {
        let span = Span::new(base + at, base + at + 1);
        return Err(TextError::new(
            "control characters are not allowed in YAML",
            span,
        ));
    }
    Ok(())
}

fn control_character(text: &str) -> Option<usize> {
    let control =
        |byte: u8| (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0x7f;
    // Without an early exit the compiler reads many bytes at once.
    if !text.bytes().fold(false, |any, byte| any | control(byte)) {
        return None;
    }
    text.bytes().position(control)
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
                    // Text that cannot follow a document shows when its end is asked for.
                    self.next()?;
                    return Ok(root);
                }
            }
        }
    }

    fn next(&mut self) -> Result<Placed<'a>, TextError> {
        match self.events.next_event() {
            Some(Ok((event, span))) => {
                let offset =
                    |mark: granit_parser::Marker| self.base + mark.byte_offset().unwrap_or(0);
                Ok((event, Span::new(offset(span.start), offset(span.end))))
            }
            Some(Err(error)) => Err(self.refusal(&error)),
            None => Ok((Event::StreamEnd, Span::new(self.base, self.base))),
        }
    }

    fn node(&mut self, (event, span): Placed<'a>, depth: usize) -> Result<Node<'a>, TextError> {
        if depth > MAX_DEPTH {
            return Err(too_deep(span));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = finite(scalar_value(text, style, tag.as_deref(), span)?, span)?;
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

    /// The parser's error in the words of this program.
    fn refusal(&self, error: &ScanError) -> TextError {
        let at = error
            .marker()
            .byte_offset()
            .unwrap_or(self.text.len())
            .min(self.text.len());
        if let Some(tab) = indenting_tab(self.text, at) {
            let span = Span::new(self.base + tab, self.base + tab + 1);
            return TextError::new(
                "a tab is used as indentation, where YAML allows only spaces",
                span,
            );
        }
        let width = self
            .text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        let span = Span::new(self.base + at, self.base + at + width);
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => too_deep(span),
            kind => TextError::new(kind.to_string(), span),
        }
    }
}

fn too_deep(span: Span) -> TextError {
    TextError::new(format!("nested more than {MAX_DEPTH} levels deep"), span)
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
        Some(tag) => tagged(text, tag, span),
    }
}

/// A scalar whose author says what it is; tags nobody knows leave a string.
fn tagged<'a>(text: Cow<'a, str>, tag: &Tag, span: Span) -> Result<Value<'a>, TextError> {
    let name = tag.suffix_in_namespace(YAML).unwrap_or_default();
    if !matches!(&*name, "int" | "float" | "bool" | "null" | "binary") {
        return Ok(Value::Str(text));
    }
    if name == "binary" {
        return scalar::base64(&text)
            .map(|decoded| Value::Str(decoded.into()))
            .ok_or_else(|| TextError::new("the value of `!!binary` is not base64", span));
    }
    match (&*name, scalar::plain(text)) {
        ("int", value @ (Value::Int(_) | Value::Uint(_)))
        | ("float", value @ (Value::Float(_) | Value::Int(_)))
        | ("bool", value @ Value::Bool(_))
        | ("null", value @ Value::Null) => Ok(value),
        _ => Err(TextError::new(
            format!("the value is not what its tag `!!{name}` says"),
            span,
        )),
    }
}

/// The value as it survives JSON, which kubectl turns every document into.
fn finite(value: Value<'_>, span: Span) -> Result<Value<'_>, TextError> {
    match value {
        Value::Float(number) if number.is_finite() => Ok(scalar::through_json(number)),
        Value::Float(_) => Err(TextError::new(
            "infinity and NaN cannot be sent to the API server",
            span,
        )),
        value => Ok(value),
    }
}

/// A tab in the indentation of the line of an error, or of the line before it: parsers notice
/// late.
fn indenting_tab(text: &str, at: usize) -> Option<usize> {
    let line_start = |end: usize| {
        text.get(..end)?
            .rfind('\n')
            .map_or(Some(0), |found| Some(found + 1))
    };
    let tab_of = |start: usize| {
        let line = text.get(start..)?;
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        line.get(..indent)?.find('\t').map(|tab| start + tab)
    };
    let this = line_start(at)?;
    tab_of(this).or_else(|| tab_of(line_start(this.checked_sub(1)?)?))
}
