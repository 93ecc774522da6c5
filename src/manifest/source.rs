//! One input's text, read whole, with its lines found when the first place in it is asked for.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;

use crate::text::{Position, Span, TextError, position};

/// The largest input that is read; larger ones are data, not manifests.
const MOST_BYTES: u64 = 256 << 20;

/// One input's text.
#[derive(Debug)]
pub(super) struct Source {
    /// The path that people are shown.
    pub name: String,
    /// Everything in it.
    pub text: String,
    /// Whether it was named, rather than found in a folder.
    pub named: bool,
    lines: OnceLock<Vec<usize>>,
}

impl Source {
    /// A source of this text.
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>, named: bool) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            named,
            lines: OnceLock::new(),
        }
    }

    /// A source of bytes, and what is wrong with them. What is no text is replaced, so that the
    /// offset of the error, and all before it, stands.
    pub(super) fn of_bytes(
        name: impl Into<String>,
        bytes: Vec<u8>,
        named: bool,
    ) -> (Self, Option<TextError>) {
        match String::from_utf8(bytes) {
            Ok(text) => (Self::new(name, text, named), None),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let bytes = error.as_bytes();
                let message = match bytes {
                    [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "is UTF-16 text; save it as UTF-8",
                    _ => "is not UTF-8 text",
                };
                let text = String::from_utf8_lossy(bytes).into_owned();
                let end = at + char::REPLACEMENT_CHARACTER.len_utf8();
                let error = TextError::new(message, Span::new(at, end));
                (Self::new(name, text, named), Some(error))
            }
        }
    }

    /// Reads a file, and says what is wrong with it where it cannot be read or is no text.
    pub(super) fn read(name: &str, path: &Path, named: bool) -> (Self, Option<TextError>) {
        let refused = |message: String| {
            let error = TextError::new(message, Span::default());
            (Self::new(name, "", named), Some(error))
        };
        let mut bytes = Vec::new();
        // A length is no promise: a pipe has none and a file may grow while it is read.
        let read = File::open(path).and_then(|file| {
            if let Ok(length) = file.metadata().map(|it| it.len()) {
                bytes.reserve(usize::try_from(length.min(MOST_BYTES)).unwrap_or(0) + 1);
            }
            file.take(MOST_BYTES + 1).read_to_end(&mut bytes)
        });
        match read {
            Err(error) => refused(format!("cannot be read: {error}")),
            Ok(length) if length as u64 > MOST_BYTES => {
                refused(format!("is larger than {} MiB", MOST_BYTES >> 20))
            }
            Ok(_) => Self::of_bytes(name, bytes, named),
        }
    }

    /// Line and column of an offset, in time that does not grow with the file.
    pub(super) fn position(&self, offset: usize) -> Position {
        let lines = self.lines.get_or_init(|| {
            memchr::memchr_iter(b'\n', self.text.as_bytes())
                .map(|end| end + 1)
                .collect()
        });
        let line = lines.partition_point(|start| *start <= offset);
        let start = match line.checked_sub(1) {
            Some(before) => lines.get(before).copied().unwrap_or(0),
            None => 0,
        };
        let end = lines.get(line).copied().unwrap_or(self.text.len());
        let within = self.text.get(start..end).unwrap_or_default();
        Position {
            line: line + 1,
            column: position(within, offset - start).column,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_agree_with_a_count_from_the_start() {
        let text = "\u{feff}a: ä\r\nöö: b\n\nlast";
        let source = Source::new("x", text, false);
        for offset in 0..=text.len() {
            assert_eq!(source.position(offset), position(text, offset), "{offset}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_told_with_their_place() {
        let (source, error) = Source::of_bytes("x", b"kind: a\nb: \xff\n".to_vec(), false);
        let error = error.unwrap();
        assert_eq!(error.message, "is not UTF-8 text");
        assert_eq!(
            source.position(error.span.start as usize),
            Position { line: 2, column: 4 }
        );
        assert_eq!(source.text.get(error.span.range()), Some("\u{fffd}"));
    }
}
