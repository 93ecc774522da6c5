//! Where something stands in a file: byte spans, and lines and columns for people.

use std::ops::Range;

/// A range of bytes of the whole file text, end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just after the last byte.
    pub end: u32,
}

impl Span {
    /// The span between two offsets; a file over 4 GiB is refused before offsets could be cut off.
    pub fn new(start: usize, end: usize) -> Self {
        let clip = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            start: clip(start),
            end: clip(end),
        }
    }

    /// The span as a range of `usize`, ready for `str::get`.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The text under the span, where the span belongs to that text.
    pub fn slice(self, text: &str) -> Option<&str> {
        text.get(self.range())
    }

    /// Whether nothing lies under the span, as for the value of `key:`.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// A place for people: line and column both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// The line and column of a byte offset; an offset past the end gives the end of the text.
pub fn position(text: &str, offset: usize) -> Position {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
    let line_start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |at| at + 1);
    let start_of_text = if line_start == 0 {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let column = before.get(line_start..).unwrap_or_default();
    // Editors do not show a byte order mark, so it is no column.
    let hidden = usize::from(start_of_text > 0 && column.starts_with('\u{feff}'));
    Position {
        line,
        column: column.chars().count() - hidden + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let text = "a: b\nkey: äö x\r\nz";
        let at = |needle| position(text, text.find(needle).unwrap());
        assert_eq!(at("a"), Position { line: 1, column: 1 });
        assert_eq!(at("x"), Position { line: 2, column: 9 });
        assert_eq!(at("z"), Position { line: 3, column: 1 });
        assert_eq!(position(text, 9_999), Position { line: 3, column: 2 });
    }

    #[test]
    fn an_offset_inside_a_character_is_its_start_and_a_byte_order_mark_is_no_column() {
        assert_eq!(position("äb", 1), Position { line: 1, column: 1 });
        assert_eq!(position("\u{feff}ab", 4), Position { line: 1, column: 2 });
    }
}
