//! The lines of a file that a place stands on, cut to what a terminal can show.

use std::ops::Range;

use crate::finding::shown;

/// How many characters of a line are shown.
const WIDTH: usize = 120;
/// How many of them stand before the place, on a line that is longer.
const BEFORE: usize = 40;
/// How many lines of a place are shown; of a longer one only the first is.
const LINES: usize = 16;
/// What stands where a line was cut.
const CUT: char = '…';

/// Some lines of a file, safe to show, with one place in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The lines; the first is the one that the place starts on.
    pub(super) text: String,
    /// The place: a range of bytes of `text`.
    pub(super) span: Range<usize>,
}

impl Excerpt {
    /// The lines of `text` around `span`. Costs what is shown, not what the file or the line
    /// holds: a line may be a whole file of JSON.
    pub(super) fn of(text: &str, span: &Range<usize>) -> Self {
        let start = boundary(text, span.start);
        let end = place_end(text, start, span.end);
        let mut out = lead(text, start);
        let first = out.len();
        let mut last = None;
        let mut width = out.chars().count();
        for (offset, c) in text.get(start..).unwrap_or_default().char_indices() {
            let past = start + offset >= end;
            if past {
                last.get_or_insert(out.len());
            }
            match c {
                '\n' if past => break,
                '\n' => {
                    out.push('\n');
                    width = 0;
                }
                '\r' | '\u{feff}' => {}
                _ if width > WIDTH && past => break,
                _ if width > WIDTH => {}
                _ => {
                    out.push(if width == WIDTH { CUT } else { shown(c) });
                    width += 1;
                }
            }
        }
        let last = last.unwrap_or(out.len());
        Self {
            text: out,
            span: first..last,
        }
    }

    /// The column in which the place starts in the excerpt, from 1.
    pub(super) fn column(&self) -> usize {
        let lead = self.text.get(..self.span.start).unwrap_or_default();
        lead.chars().count() + 1
    }
}

/// Where the underlining of a place ends: without the blank end of a block, and not further than
/// can be shown.
fn place_end(text: &str, start: usize, end: usize) -> usize {
    let furthest = start.saturating_add(4 * WIDTH * LINES);
    let end = boundary(text, end.min(furthest)).max(start);
    let place = text.get(start..end).unwrap_or_default().trim_end();
    let mut lines = memchr::memchr_iter(b'\n', place.as_bytes());
    let first = lines.next();
    let length = match (first, lines.nth(LINES - 2)) {
        (Some(first), Some(_)) => place.get(..first).unwrap_or_default().trim_end().len(),
        _ => place.len(),
    };
    start + length
}

/// The start of the character that an offset lies in.
fn boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What stands before a place on its line.
fn lead(text: &str, start: usize) -> String {
    let back = boundary(text, start.saturating_sub(4 * WIDTH));
    let before = text.get(back..start).unwrap_or_default();
    let line = memchr::memrchr(b'\n', before.as_bytes());
    let lead = before
        .get(line.map_or(0, |at| at + 1)..)
        .unwrap_or_default();
    let length = lead.chars().count();
    let whole = (line.is_some() || back == 0) && length <= WIDTH - BEFORE;
    let skip = if whole {
        0
    } else {
        length.saturating_sub(BEFORE)
    };
    let kept = lead
        .chars()
        .skip(skip)
        .filter(|c| *c != '\u{feff}')
        .map(shown);
    (!whole).then_some(CUT).into_iter().chain(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, needle: &str) -> (String, String) {
        let start = text.find(needle).unwrap();
        let Excerpt { text, span } = Excerpt::of(text, &(start..start + needle.len()));
        let place = text.get(span).unwrap().to_owned();
        (text, place)
    }

    #[test]
    fn a_place_is_shown_on_its_whole_line() {
        let (text, place) = excerpt("a: 1\r\n  b: größe # why\r\nc: 3\r\n", "größe");
        assert_eq!(text, "  b: größe # why");
        assert_eq!(place, "größe");
    }

    #[test]
    fn a_block_is_shown_without_the_blank_lines_after_it() {
        let (text, place) = excerpt("s:\n  a: 1\n  b: 2\n\n\nt:\n", "a: 1\n  b: 2\n\n\n");
        assert_eq!(text, "  a: 1\n  b: 2");
        assert_eq!(place, "a: 1\n  b: 2");
    }

    #[test]
    fn of_a_long_block_only_the_first_line_is_shown() {
        let block = "key: value\n".repeat(LINES + 1);
        assert_eq!(excerpt(&block, &block).0, "key: value");
        let block = "key: value\n".repeat(LINES);
        assert_eq!(excerpt(&block, &block).0.lines().count(), LINES);
    }

    #[test]
    fn a_line_as_long_as_a_file_is_cut_around_the_place() {
        let line = format!(
            "{{{} \"here\": 1 {}}}",
            "x".repeat(90_000),
            "y".repeat(90_000)
        );
        let (text, place) = excerpt(&line, "\"here\"");
        assert_eq!(place, "\"here\"");
        assert!(text.starts_with('…') && text.ends_with('…'));
        assert!(text.chars().count() <= WIDTH + 1);
        let (text, place) = excerpt(&line, &line);
        assert_eq!(text, place);
        assert_eq!(text.chars().count(), WIDTH + 1);
    }

    #[test]
    fn the_place_stays_under_its_characters_where_others_were_neutralised() {
        let (text, place) = excerpt("\u{feff}k\u{1b}: \u{9b}v\u{202e}é x", "é");
        assert_eq!(text, "k␛: \u{fffd}v\u{fffd}é x");
        assert_eq!(place, "é");
    }

    #[test]
    fn a_span_that_lies_outside_the_text_is_its_end() {
        for span in [0..0, 1..2, 7..9, usize::MAX..usize::MAX, 0..usize::MAX] {
            let excerpt = Excerpt::of("aé", &span);
            assert!(excerpt.text.get(excerpt.span).is_some());
        }
    }
}
