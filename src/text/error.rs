//! The one error of this layer: a sentence and the place it is about.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};

use super::Span;

/// Why a document or a value could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TextError {
    /// One line, lower-case start, no final period.
    pub message: String,
    /// What it is about, in offsets of the whole file.
    pub span: Span,
    /// Whether the document holds `{{` and is most likely a template that was not rendered.
    pub template: bool,
    /// Whether `span` was set: errors raised inside serde learn their place on the way out.
    placed: bool,
}

impl TextError {
    /// An error about a place.
    pub fn new(message: impl Into<String>, span: Span) -> Self {
        Self {
            message: message.into(),
            span,
            template: false,
            placed: true,
        }
    }

    /// Gives the error a place unless it has one: the innermost caller comes first and wins.
    pub(super) fn or_at(mut self, span: Span) -> Self {
        if !self.placed {
            self.span = span;
            self.placed = true;
        }
        self
    }

    /// Says that the document looks like a template, which explains most other errors in it.
    pub(super) fn in_template(mut self) -> Self {
        self.template = true;
        self.message = format!(
            "looks like a template that was not rendered (`{{{{`): {}",
            self.message
        );
        self
    }

    fn unplaced(message: String) -> Self {
        Self {
            message,
            span: Span::default(),
            template: false,
            placed: false,
        }
    }
}

impl de::Error for TextError {
    fn custom<T: Display>(message: T) -> Self {
        Self::unplaced(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::unplaced(format!(
            "expected {}, found {}",
            Wanted(expected),
            Found(found)
        ))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        let near = known
            .iter()
            .map(|it| (strsim::osa_distance(field, it), *it));
        Self::unplaced(match near.min().filter(|(slips, _)| *slips <= MOST_SLIPS) {
            Some((_, near)) => format!("unknown field `{}`; did you mean {near}?", Short(field)),
            None => format!(
                "unknown field `{}`; known are {}",
                Short(field),
                known.join(", ")
            ),
        })
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::unplaced(format!(
            "expected {}, found {length} items",
            Wanted(expected)
        ))
    }
}

/// How many slips of the keyboard a key may be away from the one that was meant.
const MOST_SLIPS: usize = 2;

/// What was wanted, in words a manifest's author uses rather than Rust's.
struct Wanted<'a>(&'a dyn Expected);

impl Display for Wanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.to_string();
        let range = |f: &mut fmt::Formatter<'_>, low: i128, high: i128| {
            write!(f, "a whole number from {low} to {high}")
        };
        match words.as_str() {
            "u8" => range(f, 0, u8::MAX.into()),
            "u16" => range(f, 0, u16::MAX.into()),
            "u32" => range(f, 0, u32::MAX.into()),
            "i8" => range(f, i8::MIN.into(), i8::MAX.into()),
            "i16" => range(f, i16::MIN.into(), i16::MAX.into()),
            "i32" => range(f, i32::MIN.into(), i32::MAX.into()),
            "i64" | "i128" | "isize" => f.write_str("a whole number"),
            "u64" | "u128" | "usize" => f.write_str("a whole number from 0"),
            "f32" | "f64" => f.write_str("a number"),
            "a borrowed string" => f.write_str("a string"),
            "a sequence" => f.write_str("a list"),
            "unit" => f.write_str("null"),
            other if other.starts_with("struct ") => f.write_str("a map"),
            other if other.starts_with("enum ") => f.write_str("a string"),
            other => f.write_str(other),
        }
    }
}

/// What stood there instead.
struct Found<'a>(Unexpected<'a>);

impl Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Unexpected::Bool(value) => write!(f, "the boolean {value}"),
            Unexpected::Unsigned(value) => write!(f, "the number {value}"),
            Unexpected::Signed(value) => write!(f, "the number {value}"),
            Unexpected::Float(value) => write!(f, "the number {value}"),
            Unexpected::Str(value) => write!(f, "the string {:?}", Short(value)),
            Unexpected::Unit | Unexpected::Option => f.write_str("null"),
            Unexpected::Seq => f.write_str("a list"),
            Unexpected::Map => f.write_str("a map"),
            other => other.fmt(f),
        }
    }
}

/// A text cut to what fits a message.
pub(super) struct Short<'a>(pub(super) &'a str);

impl Short<'_> {
    const MOST: usize = 60;

    fn cut(&self) -> Option<&str> {
        self.0
            .char_indices()
            .nth(Self::MOST)
            .and_then(|(at, _)| self.0.get(..at))
    }
}

impl fmt::Debug for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cut() {
            Some(start) => write!(f, "{start:?}…"),
            None => write!(f, "{:?}", self.0),
        }
    }
}

impl Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cut() {
            Some(start) => write!(f, "{}…", start.escape_debug()),
            None => write!(f, "{}", self.0.escape_debug()),
        }
    }
}
