//! Text from inputs made safe to show: no terminal escapes, no invisible or reordering characters.

use std::borrow::Cow;

/// The text as one printable line: control characters become pictures of themselves, characters
/// that hide or reorder others become U+FFFD, tabs and line ends become spaces.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| shown(c) == c) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(shown).collect())
}

/// The character to show for one that was read.
pub fn shown(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => ' ',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ if deceives(c) => '\u{fffd}',
        _ => c,
    }
}

/// C1 controls, line and paragraph separators, format characters, variation selectors and letters
/// that are blank: what a terminal obeys, or what a reader cannot see.
fn deceives(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{600}'..='\u{605}'
        | '\u{61c}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{890}'..='\u{891}'
        | '\u{8e2}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{110bd}'
        | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_left_alone_without_a_copy() {
        assert!(matches!(printable("größe: 3 → ✓"), Cow::Borrowed(_)));
    }

    #[test]
    fn nothing_that_a_terminal_obeys_or_a_reader_cannot_see_is_left() {
        let hostile = "a\u{1b}[31mred\u{9b}0m\u{202e}gnp\u{200b}\u{feff}\r\n\u{7}\u{7f}";
        let shown = printable(hostile);
        assert_eq!(shown, "a␛[31mred\u{fffd}0m\u{fffd}gnp\u{fffd}\u{fffd}  ␇␡");
        assert!(shown.chars().all(|c| !c.is_control()));
    }

    #[test]
    fn letters_that_are_blank_are_shown_as_replaced() {
        for blank in "\u{115f}\u{1160}\u{3164}\u{ffa0}\u{34f}\u{17b4}\u{fe0f}\u{e0100}".chars() {
            assert_eq!(
                printable(&format!("web{blank}")),
                "web\u{fffd}",
                "{blank:?}"
            );
        }
    }
}
