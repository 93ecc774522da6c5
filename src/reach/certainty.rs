//! Yes, no, or it depends, and on what.

use std::fmt;
use std::sync::Arc;

/// Whether something holds, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// It does not.
    No,
    /// It may.
    Maybe(Because),
    /// It does.
    Yes,
}

/// Why something cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Because {
    /// Not every label of a pod is known.
    Labels,
    /// Not every label of a namespace is known.
    Namespace,
    /// Not every label of a node is known.
    Node,
    /// Whether it comes from the pod's own node is not known.
    OwnNode,
    /// An address is not known, or not whose it is.
    Address,
    /// It holds over one family of addresses and not over the other.
    Family,
    /// Not every port of a pod is known.
    Ports,
    /// Where the destination listens is not known.
    Listens,
    /// A rule says something that cannot be decided here.
    Rule(Arc<str>),
}

impl Certainty {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No => Self::No,
            Self::Yes => other(),
            Self::Maybe(because) => match other() {
                Self::No => Self::No,
                Self::Yes | Self::Maybe(_) => Self::Maybe(because),
            },
        }
    }

    /// It does not hold.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe(because) => Self::Maybe(because),
            Self::Yes => Self::No,
        }
    }

    /// What all of them answer; where they differ it depends on which of them counts. `None` of
    /// none.
    pub fn same(all: impl IntoIterator<Item = Self>, because: &Because) -> Option<Self> {
        all.into_iter().reduce(|one, other| {
            if one == other {
                one
            } else {
                Self::Maybe(because.clone())
            }
        })
    }

    /// One of them holds, at least.
    pub fn any(all: impl IntoIterator<Item = Self>) -> Self {
        let mut answer = Self::No;
        for one in all {
            match one {
                Self::Yes => return Self::Yes,
                Self::Maybe(_) if answer == Self::No => answer = one,
                Self::Maybe(_) | Self::No => {}
            }
        }
        answer
    }
}

impl From<bool> for Certainty {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Labels => "not every label of the pod is known",
            Self::Namespace => "not every label of the namespace is known",
            Self::Node => "which labels the node has is not known",
            Self::OwnNode => {
                "the pod's own node always reaches it, and which node that is is not known"
            }
            Self::Address => "an address is not known",
            Self::Family => "it holds over one of IPv4 and IPv6 only",
            Self::Ports => "not every port of the pod is known",
            Self::Listens => "the port that it listens on is not known",
            Self::Rule(why) => why,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAYBE: Certainty = Certainty::Maybe(Because::Address);

    #[test]
    fn no_wins_over_maybe_where_both_must_hold() {
        assert_eq!(MAYBE.and(|| Certainty::No), Certainty::No);
        assert_eq!(MAYBE.and(|| Certainty::Yes), MAYBE);
        assert_eq!(Certainty::Yes.and(|| MAYBE), MAYBE);
    }

    #[test]
    fn yes_wins_over_maybe_where_one_must_hold() {
        assert_eq!(Certainty::any([MAYBE, Certainty::Yes]), Certainty::Yes);
        assert_eq!(Certainty::any([Certainty::No, MAYBE]), MAYBE);
        assert_eq!(Certainty::any([]), Certainty::No);
    }
}
