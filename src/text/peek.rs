//! A look at one top-level key of a document without parsing it.

use super::{Chunk, Format};

impl<'a> Chunk<'a> {
    /// The value of a top-level key, where a scan of the lines can be sure of it.
    ///
    /// Some only for a key at the start of a line, once, whose value is a short plain or quoted
    /// string on that line. None means "parse to find out", not "has no such key": for JSON,
    /// flow style, anchors, tags, merges, indented documents, and whatever else a line does not
    /// tell by itself.
    pub fn peek(&self, key: &str) -> Option<&'a str> {
        if self.format == Format::Json {
            return None;
        }
        let mut found = None;
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', self.text.as_bytes()) {
            match self.look(start, key) {
                Look::Other => {}
                Look::Key if found.is_none() => found = Some(start),
                Look::End => return self.value_at(found?, key),
                Look::Key | Look::Unsure => return None,
            }
            start = end + 1;
        }
        match self.look(start, key) {
            Look::Other | Look::End => self.value_at(found?, key),
            Look::Key if found.is_none() => self.value_at(start, key),
            Look::Key | Look::Unsure => None,
        }
    }

    /// Whether nothing stands here but space, comments, directives and document markers.
    pub fn is_blank(&self) -> bool {
        self.text.lines().all(|line| {
            let line = line.trim_start_matches('\u{feff}');
            let content = line.trim();
            content.is_empty()
                || content.starts_with('#')
                || line.starts_with('%')
                || matches!(line.trim_end(), "---" | "...")
        })
    }

    fn look(&self, start: usize, key: &str) -> Look {
        let line = self.text.as_bytes().get(start..).unwrap_or_default();
        match line.first() {
            None | Some(b' ' | b'\n' | b'\r' | b'#' | b'-') => Look::Other,
            Some(b'.') if line.starts_with(b"...") => Look::End,
            Some(first) if first.is_ascii_alphabetic() => {
                match line.strip_prefix(key.as_bytes()).and_then(<[u8]>::first) {
                    Some(b':') => Look::Key,
                    Some(b' ' | b'\t') => Look::Unsure,
                    _ => Look::Other,
                }
            }
            // A quoted or complex key, a merge, a bracket, a directive, a tab: anything goes.
            Some(_) => Look::Unsure,
        }
    }

    fn value_at(&self, start: usize, key: &str) -> Option<&'a str> {
        let (before, line_on) = self.text.split_at_checked(start)?;
        if !before.lines().all(quotes_close) || !begins_with_key(before) {
            return None;
        }
        let (line, after) = line_on.split_once('\n').unwrap_or((line_on, ""));
        // A line that is indented further continues the value.
        let next = after.lines().find(|line| !line.trim().is_empty());
        if next.is_some_and(|line| line.starts_with([' ', '\t'])) {
            return None;
        }
        let rest = line.get(key.len() + 1..)?;
        if !rest.starts_with(' ') {
            return None;
        }
        let value = match rest.find(" #") {
            Some(comment) => rest.get(..comment)?.trim(),
            None => rest.trim(),
        };
        let quoted = |quote| {
            value
                .strip_prefix(quote)
                .and_then(|rest| rest.strip_suffix(quote))
        };
        match quoted('"').or_else(|| quoted('\'')) {
            Some(text) => is_name(text).then_some(text),
            None => (is_name(value) && is_string(value)).then_some(value),
        }
    }
}

enum Look {
    Other,
    Key,
    End,
    Unsure,
}

/// Whether no quoted text can run past the end of the line; an apostrophe makes it unsure too.
fn quotes_close(line: &str) -> bool {
    let count = |quote| line.bytes().filter(|&byte| byte == quote).count();
    count(b'"').is_multiple_of(2) && count(b'\'').is_multiple_of(2)
}

/// Whether what stands before a key is other keys at most: after `  |` or `--- >` the line that
/// looks like a key is the text of a scalar.
fn begins_with_key(before: &str) -> bool {
    let says_something = |line: &&str| {
        let content = line.trim();
        !content.is_empty() && !content.starts_with('#') && line.trim_end() != "---"
    };
    let first = before.lines().find(says_something);
    first.is_none_or(|line| !line.starts_with([' ', '-']))
}

/// Letters, digits and what stands in kinds and API versions: nothing YAML gives a meaning to.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte))
}

fn is_string(text: &str) -> bool {
    matches!(super::scalar::plain(text.into()), super::Value::Str(_))
}
