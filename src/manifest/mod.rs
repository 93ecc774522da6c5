//! Inputs, documents, positions: from paths and pipes to Objects that know where they came from.

use std::ops::Range;

/// Where something stands in a file, for people, editors and excerpts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file, as it was named; `<stdin>` for standard input.
    pub file: String,
    /// The line it starts on, from 1.
    pub line: usize,
    /// The column it starts in, in characters, from 1.
    pub column: usize,
    /// The line it ends on.
    pub end_line: usize,
    /// The column just after its end.
    pub end_column: usize,
    /// Its bytes in the file.
    pub span: Range<usize>,
    /// The bytes of its document in the file.
    pub document: Range<usize>,
}
