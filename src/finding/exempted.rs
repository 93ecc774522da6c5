//! Who asked not to be told of a finding, and why.

use std::fmt;

use super::ObjectRef;

/// Who asked not to be told of a finding, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exempted {
    /// Where that is asked.
    pub by: Exemption,
    /// Why; empty where nobody says.
    pub reason: String,
}

/// Where somebody asks not to be told of findings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exemption {
    /// An annotation of an object: the one that the finding is about, or its namespace.
    Annotation(ObjectRef),
    /// A comment in a file.
    Comment {
        /// The file, as it was given or found.
        file: String,
        /// The line of the comment.
        line: usize,
    },
}

impl fmt::Display for Exempted {
    /// `ignored by the annotation of Namespace shop: it moves next week`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.by {
            Exemption::Annotation(object) => {
                write!(f, "ignored by the annotation of {object}")?;
            }
            Exemption::Comment { file, line } => {
                write!(f, "ignored by the comment at {file}:{line}")?;
            }
        }
        if self.reason.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", self.reason)
    }
}
