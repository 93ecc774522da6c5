//! Why a question cannot be asked as it stands.

use std::fmt;

/// Why a question cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfound {
    /// Nobody is called that.
    #[error("{what} is called {name}{}{}", Within(namespace.as_deref()), Meant(meant.as_deref()))]
    Nobody {
        /// `no pod or Workload`, `no Deployment`.
        what: String,
        /// The name that was asked for.
        name: String,
        /// The namespace in which it was looked for, if in one.
        namespace: Option<String>,
        /// What may have been meant.
        meant: Option<String>,
    },
    /// Several are called that.
    #[error("{name} may be {}; say which", Listed(candidates))]
    Several {
        /// The name that was asked for.
        name: String,
        /// What each is called.
        candidates: Vec<String>,
    },
    /// The words or the port are none that an answer could be about.
    #[error("{0}")]
    Unfit(String),
}

/// How many candidates are named before the rest is counted.
const NAMED: usize = 8;

struct Listed<'a>(&'a [String]);

impl fmt::Display for Listed<'_> {
    /// `a, b or c`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (named, rest) = self.0.split_at(self.0.len().min(NAMED));
        match (named, rest.len()) {
            ([first @ .., last], 0) if !first.is_empty() => {
                write!(f, "{} or {last}", first.join(", "))
            }
            (named, 0) => f.write_str(&named.join(", ")),
            (named, more) => write!(f, "{} or {more} more", named.join(", ")),
        }
    }
}

struct Within<'a>(Option<&'a str>);

impl fmt::Display for Within<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .map_or(Ok(()), |namespace| write!(f, " in namespace {namespace}"))
    }
}

struct Meant<'a>(Option<&'a str>);

impl fmt::Display for Meant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .map_or(Ok(()), |meant| write!(f, "; did you mean {meant}?"))
    }
}
