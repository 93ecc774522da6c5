//! Cuts a file into its documents without parsing them.

use std::ops::Range;

/// The notation of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML, which may well hold JSON after a `---`.
    Yaml,
    /// JSON and nothing else.
    Json,
}

/// The text of one document and its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Where the text stands in the file.
    pub range: Range<usize>,
    /// The document, without the `---` lines around it.
    pub text: &'a str,
    /// How it is to be read.
    pub format: Format,
}

/// Cuts a file into documents as kubectl does.
///
/// YAML is cut at lines that are `---`, maybe with a comment. A line `--- value`, which kubectl
/// refuses, starts a chunk that holds the line, so that parsing that chunk says so and the
/// others are still read. A file that starts with a JSON object or list is cut where a value
/// ends: JSON, JSON lines and JSON values in a row all work. What follows `...` is dropped when
/// the chunk is parsed.
pub fn chunks(text: &str) -> impl Iterator<Item = Chunk<'_>> {
    let at = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let rest = text.get(at..).unwrap_or_default();
    let format = if starts_json(rest) {
        Format::Json
    } else {
        Format::Yaml
    };
    Chunks {
        text,
        at,
        format,
        done: false,
    }
}

struct Chunks<'a> {
    text: &'a str,
    at: usize,
    format: Format,
    done: bool,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        if self.done {
            return None;
        }
        match self.format {
            Format::Json => self.next_json(),
            Format::Yaml => Some(self.next_yaml()),
        }
    }
}

impl<'a> Chunks<'a> {
    fn cut(&self, range: Range<usize>, format: Format) -> Chunk<'a> {
        let text = self.text.get(range.clone()).unwrap_or_default();
        Chunk {
            range,
            text,
            format,
        }
    }

    fn next_yaml(&mut self) -> Chunk<'a> {
        let start = self.at;
        // A chunk may begin with its own refused separator, which must not end it.
        let mut from = start;
        while let Some((line, after)) = separator(self.text, from) {
            let rest = self.text.get(line + 3..after).unwrap_or_default().trim();
            if rest.is_empty() || rest.starts_with('#') {
                self.at = after;
                return self.cut(start..line, Format::Yaml);
            }
            if line > start {
                self.at = line;
                return self.cut(start..line, Format::Yaml);
            }
            from = after;
        }
        self.done = true;
        self.cut(start..self.text.len(), Format::Yaml)
    }

    fn next_json(&mut self) -> Option<Chunk<'a>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let start = self.at + rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        if rest.is_empty() {
            self.done = true;
            return None;
        }
        if separator(rest, 0).is_some_and(|(line, _)| line == 0) {
            self.at = start;
            self.format = Format::Yaml;
            // The text before the separator is empty: go on with what follows it.
            let blank = self.next_yaml();
            return if blank.text.is_empty() {
                self.next()
            } else {
                Some(blank)
            };
        }
        let end = start + json_value_length(rest);
        self.at = end;
        Some(self.cut(start..end, Format::Json))
    }
}

/// The next line at or after `from` (a line start) that begins with `---`: where it starts, and
/// where the line after it starts.
fn separator(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        if rest.starts_with(b"---") {
            let after = memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| at + end + 1);
            return Some((at, after));
        }
        at += memchr::memmem::find(rest, b"\n---")? + 1;
    }
}

/// Whether a file is JSON: flow style that opens with a bare word (`{a: b}`) or with `{{` of a
/// template is left to the YAML reader.
fn starts_json(text: &str) -> bool {
    let text = text.trim_start();
    let inner = text.trim_start_matches(|sign: char| sign == '[' || sign.is_whitespace());
    match inner.strip_prefix('{') {
        Some(map) => map
            .trim_start()
            .chars()
            .next()
            .is_none_or(|sign| matches!(sign, '"' | '}')),
        None => text.starts_with('[') && (inner.is_empty() || inner.starts_with(['"', ']'])),
    }
}

/// How far the JSON value at the start of the text reaches, by its brackets alone; all of the
/// text where they do not close, so that the parser says what is wrong.
fn json_value_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    if !matches!(bytes.first(), Some(b'{' | b'[')) {
        // Not an object and not a list: nothing a manifest can be, so one line of it is enough.
        return memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
    }
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
            b'"' => at = json_string_end(bytes, at),
            _ => {}
        }
    }
    bytes.len()
}

/// The offset after the closing quote of a string whose opening quote stands before `at`.
fn json_string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = bytes
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        at += found + 1;
        if bytes.get(at - 1) == Some(&b'"') {
            return at;
        }
        at += 1;
    }
    bytes.len()
}
