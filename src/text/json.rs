//! JSON to the span tree, as strict as Go's reader.

use std::borrow::Cow;

use super::mapping::{self, Mapping, Step};
use super::tree::{DuplicateKey, Entry, MAX_DEPTH};
use super::{Document, Node, Span, TextError, Value};

/// Reads a text that holds one JSON value and starts at `base` of its file.
pub(super) fn document(text: &str, base: usize) -> Result<Document<'_>, TextError> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        base,
        at: 0,
        duplicates: Vec::new(),
    };
    reader.skip_space();
    let root = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.unexpected("the end of the value"));
    }
    mapping::at_root(&mut reader.duplicates);
    Ok(Document {
        root,
        duplicate_keys: reader.duplicates,
    })
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    base: usize,
    at: usize,
    duplicates: Vec<DuplicateKey<'a>>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(self.base + start, self.base + self.at)
    }

    fn unexpected(&self, expected: &str) -> TextError {
        let found = self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next());
        let width = found.map_or(0, char::len_utf8);
        let span = Span::new(self.base + self.at, self.base + self.at + width);
        TextError::new(
            match found {
                Some(found) => format!("expected {expected}, found {found:?}"),
                None => format!("expected {expected}, found the end of the text"),
            },
            span,
        )
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, TextError> {
        let start = self.at;
        if depth > MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} levels deep");
            return Err(TextError::new(message, self.span_from(start)));
        }
        let value = match self.peek() {
            Some(b'{') => Value::Map(self.map(depth)?),
            Some(b'[') => Value::Seq(self.list(depth)?),
            Some(b'"') => Value::Str(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ if self.word("true") => Value::Bool(true),
            _ if self.word("false") => Value::Bool(false),
            _ if self.word("null") => Value::Null,
            _ => return Err(self.unexpected("a JSON value")),
        };
        Ok(Node {
            span: self.span_from(start),
            value,
        })
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self
            .bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word.as_bytes()));
        if found {
            self.at += word.len();
        }
        found
    }

    /// Passes a byte and the space around it.
    fn take(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
            self.skip_space();
        }
        found
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node<'a>>, TextError> {
        self.at += 1;
        self.skip_space();
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items);
        }
        loop {
            let known = self.duplicates.len();
            let item = self.value(depth + 1)?;
            self.locate(known, Step::Index(items.len()));
            items.push(item);
            if !self.take(b',') {
                return self.close(b']', "`,` or `]`").map(|()| items);
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<Entry<'a>>, TextError> {
        self.at += 1;
        self.skip_space();
        let mut mapping = Mapping::default();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Vec::new());
        }
        loop {
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = self.string()?;
            let key_span = self.span_from(start);
            if !self.take(b':') {
                return Err(self.unexpected("`:`"));
            }
            let known = self.duplicates.len();
            let value = self.value(depth + 1)?;
            self.locate(known, Step::Key(&key));
            mapping.push(Entry {
                key,
                key_span,
                value,
            });
            if !self.take(b',') {
                self.close(b'}', "`,` or `}`")?;
                return Ok(mapping.finish(&mut self.duplicates));
            }
        }
    }

    fn close(&mut self, bracket: u8, expected: &str) -> Result<(), TextError> {
        if self.peek() != Some(bracket) {
            return Err(self.unexpected(expected));
        }
        self.at += 1;
        Ok(())
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

    fn number(&mut self) -> Result<Value<'a>, TextError> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
            whole = false;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
            whole = false;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if whole {
            if let Ok(value) = text.parse() {
                return Ok(Value::Int(value));
            }
            if let Ok(value) = text.parse() {
                return Ok(Value::Uint(value));
            }
        }
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Value::Float(value)),
            _ => Err(TextError::new(
                "the number is out of range",
                self.span_from(start),
            )),
        }
    }

    fn digits(&mut self) -> Result<(), TextError> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.unexpected("a digit"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    /// Reads a string, borrowed where no escape stands in it.
    fn string(&mut self) -> Result<Cow<'a, str>, TextError> {
        self.at += 1;
        let mut text: Cow<'a, str> = Cow::Borrowed("");
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let stop = rest
                .iter()
                .position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20);
            let end = self.at + stop.unwrap_or(rest.len());
            let run = self.text.get(self.at..end).unwrap_or_default();
            self.at = end;
            if text.is_empty() {
                text = Cow::Borrowed(run);
            } else {
                text.to_mut().push_str(run);
            }
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    let character = self.escape()?;
                    text.to_mut().push(character);
                }
                Some(_) => return Err(self.unexpected("no bare control character in a string")),
                None => return Err(self.unexpected("a closing quote")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, TextError> {
        self.at += 1;
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.unexpected("an escape that JSON knows")),
        };
        self.at += 1;
        Ok(character)
    }

    /// The character of one `\u` escape or of a pair; a lone half is U+FFFD, as in Go.
    fn unicode(&mut self) -> Result<char, TextError> {
        let first = self.hex()?;
        if !(0xD800..0xDC00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let after_first = self.at;
        if self.word("\\u") {
            let second = self.hex()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = after_first;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Result<u32, TextError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.unexpected("a hexadecimal digit"));
            };
            code = code << 4 | digit;
            self.at += 1;
        }
        Ok(code)
    }
}
