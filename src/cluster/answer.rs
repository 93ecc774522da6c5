//! Answers that tell what is not there from what is not known.

/// The answer to a question about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// It is there.
    Found(T),
    /// It is not there, for certain.
    Absent,
    /// It was not found, but not everything is known.
    Unknown,
}

impl<T> Answer<T> {
    /// What was found, if anything.
    pub fn found(self) -> Option<T> {
        match self {
            Self::Found(it) => Some(it),
            Self::Absent | Self::Unknown => None,
        }
    }
}

/// How much of a kind is known in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// Nothing, or not all, and what is missing may be anything: forbidden, not synced, stale,
    /// an unreadable file, a kind that may make more of it.
    Unknown,
    /// What the files gave: what is missing may be somewhere else.
    Files,
    /// All of it.
    All,
}

/// Whether the answer to a question about a set is all there is.
pub type Completeness = Known;
