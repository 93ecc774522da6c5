//! Why a YAML document is refused, in the words of this program.

use granit_parser::{ErrorKind, ScanError};

use super::tree::MAX_DEPTH;
use super::{Node, Span, TextError, Value};

/// What kubectl refuses before it parses.
pub(super) fn early(text: &str, base: usize) -> Result<(), TextError> {
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

/// The parser's error, which begins at `base` of the file.
pub(super) fn of(error: &ScanError, text: &str, base: usize) -> TextError {
    let at = error
        .marker()
        .byte_offset()
        .unwrap_or(text.len())
        .min(text.len());
    if let Some(tab) = indenting_tab(text, at) {
        return tab_refused(base + tab);
    }
    let width = text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8);
    let span = Span::new(base + at, base + at + width);
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => too_deep(span),
        kind => TextError::new(words(kind), span),
    }
}

/// What is wrong, and for the mistakes people make, what to do.
fn words(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::UnexpectedCharacter { character } => {
            format!("{character:?} cannot start a plain value: quote it")
        }
        ErrorKind::MappingValueNotAllowed => {
            "a `:` is not allowed here: quote the value, or check the indentation".into()
        }
        ErrorKind::BlockSequenceEntryNotAllowed => {
            "a `-` list item is not allowed here: put it on its own line".into()
        }
        ErrorKind::SimpleKeyExpected => "expected `key: value`, found text without a `:`".into(),
        ErrorKind::UnknownAnchor => "the anchor of this alias is not defined before it".into(),
        ErrorKind::ExpectedDocumentStart => {
            "this does not belong to the value above: check the indentation".into()
        }
        ErrorKind::UnclosedQuotedScalar => "the quote is not closed".into(),
        ErrorKind::UnclosedFlowCollection { open } => format!("the bracket `{open}` is not closed"),
        ErrorKind::ExpectedBlockMappingKey => {
            "expected a key of the map above: check the indentation".into()
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            "expected an item of the list above: check the indentation".into()
        }
        // Of "while parsing a flow mapping, did not find expected ','" the end says it.
        kind => {
            let text = kind.to_string();
            text.split_once(", ")
                .filter(|(start, _)| start.starts_with("while "))
                .map_or(text.as_str(), |(_, end)| end)
                .to_owned()
        }
    }
}

/// Refuses a tab before the outermost map or list, which the parser lets pass.
pub(super) fn tab_before(root: &Node<'_>, text: &str, base: usize) -> Result<(), TextError> {
    if !matches!(root.value, Value::Map(_) | Value::Seq(_)) {
        return Ok(());
    }
    let before = text
        .get(..root.span.start as usize - base)
        .unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |found| found + 1);
    let indent = before.get(start..).unwrap_or_default();
    match indent.find('\t') {
        Some(tab) if indent.trim_start().is_empty() => Err(tab_refused(base + start + tab)),
        _ => Ok(()),
    }
}

fn tab_refused(at: usize) -> TextError {
    let message = "a tab is used as indentation, where YAML allows only spaces";
    TextError::new(message, Span::new(at, at + 1))
}

/// The one sentence about depth.
pub(super) fn too_deep(span: Span) -> TextError {
    TextError::new(format!("nested more than {MAX_DEPTH} levels deep"), span)
}

/// A tab in the indentation of the line of an error or of a line beside it: parsers notice late,
/// or blame the start of the value that the line goes on.
fn indenting_tab(text: &str, at: usize) -> Option<usize> {
    let (before, after) = text.split_at_checked(at)?;
    let start = before.rfind('\n').map_or(0, |found| found + 1);
    let last = start
        .checked_sub(1)
        .and_then(|end| before.get(..end))
        .map(|before| before.rfind('\n').map_or(0, |found| found + 1));
    let next = after.find('\n').map(|found| at + found + 1);
    let tab_of = |start: usize| {
        let line = text.get(start..)?;
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        line.get(..indent)?.find('\t').map(|tab| start + tab)
    };
    // Beside the error only a line that starts with its tab is a suspect: block scalars may hold
    // tabs further in.
    let beside = |start: usize| tab_of(start).filter(|&tab| tab == start);
    tab_of(start)
        .or_else(|| last.and_then(beside))
        .or_else(|| next.and_then(beside))
}
