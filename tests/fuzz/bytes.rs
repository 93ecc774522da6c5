//! Texts broken byte by byte and line by line.

use proptest::prelude::*;
use proptest::sample::Index;

/// One thing done to a text.
#[derive(Clone, Debug)]
pub(crate) enum Mutation {
    Replace(Index, u8),
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Cut(Index),
    Double(Index, usize),
    DoubleLine(Index),
    SwapLines(Index, Index),
    Indent(Index, usize),
}

/// What means something to a reader of YAML, JSON or Kubernetes objects.
const PIECES: [&str; 40] = [
    "null",
    "{}",
    "[]",
    "\"\"",
    "-1e999",
    "\\ud800",
    "99999999999999999999",
    "\"uid\":\"x\",",
    "---\n",
    "...\n",
    "&a ",
    "*a",
    "<<: *a\n",
    "<<: [*a, *a]\n",
    "!!binary ",
    "!!str ",
    "? ",
    ": ",
    "- ",
    "|\n",
    ">-\n",
    "|9\n",
    "\t",
    "\r",
    "\r\n",
    "#",
    "%YAML 1.2\n",
    "{{ .Values.x }}",
    "{{- if .x }}\n",
    "${X}",
    "'",
    "\"",
    "{",
    "[",
    "\u{feff}",
    "\u{2028}",
    "\u{202e}",
    "\u{0}",
    "\u{85}",
    "\u{1f600}",
];

/// Any of the above.
pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    let piece = prop_oneof![
        6 => prop::sample::select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => (prop::sample::select(&PIECES[..]), 2_usize..400).prop_map(|(piece, n)| piece.repeat(n).into_bytes()),
        2 => prop::collection::vec(any::<u8>(), 1..8),
    ];
    let at = any::<Index>;
    prop_oneof![
        1 => (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        1 => (at(), 0_u8..8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        3 => (at(), piece).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        1 => (at(), 1_usize..40).prop_map(|(at, count)| Mutation::Remove(at, count)),
        1 => at().prop_map(Mutation::Cut),
        1 => (at(), 1_usize..80).prop_map(|(at, count)| Mutation::Double(at, count)),
        2 => at().prop_map(Mutation::DoubleLine),
        2 => (at(), at()).prop_map(|(a, b)| Mutation::SwapLines(a, b)),
        1 => (at(), 0_usize..6).prop_map(|(at, width)| Mutation::Indent(at, width)),
    ]
}

/// Breaks a text.
pub(crate) fn apply(text: &mut Vec<u8>, mutation: &Mutation) {
    if text.is_empty() {
        return;
    }
    let length = text.len();
    match mutation {
        Mutation::Replace(at, byte) => text[at.index(length)] = *byte,
        Mutation::Flip(at, bit) => text[at.index(length)] ^= 1 << bit,
        Mutation::Insert(at, piece) => {
            let at = at.index(length);
            text.splice(at..at, piece.iter().copied());
        }
        Mutation::Remove(at, count) => {
            let from = at.index(length);
            drop(text.drain(from..(from + count).min(length)));
        }
        Mutation::Cut(at) => text.truncate(at.index(length)),
        Mutation::Double(at, count) => {
            let from = at.index(length);
            let again = text[from..(from + count).min(length)].to_vec();
            text.splice(from..from, again);
        }
        Mutation::DoubleLine(at) => edit_lines(text, |lines| {
            let at = at.index(lines.len());
            lines.insert(at, lines[at].clone());
        }),
        Mutation::SwapLines(a, b) => edit_lines(text, |lines| {
            let (a, b) = (a.index(lines.len()), b.index(lines.len()));
            lines.swap(a, b);
        }),
        Mutation::Indent(at, width) => edit_lines(text, |lines| {
            let at = at.index(lines.len());
            let mut line = vec![b' '; *width];
            line.extend_from_slice(lines[at].trim_ascii_start());
            lines[at] = line;
        }),
    }
}

fn edit_lines(text: &mut Vec<u8>, edit: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let mut lines: Vec<Vec<u8>> = text
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    edit(&mut lines);
    *text = lines.join(&b'\n');
}
