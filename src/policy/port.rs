//! The ports and protocols of a rule.

use crate::finding::FieldPath;

/// The ports of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ports {
    /// Every port of every protocol.
    Any,
    /// One of these.
    OneOf(Vec<Port>),
}

/// One entry of a rule's ports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Port {
    /// Which ports.
    pub matches: PortMatch,
    /// The field that says so: `spec.egress[0].ports[1].port`, or the entry that says none.
    pub at: FieldPath,
}

/// Which ports an entry of a rule means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PortMatch {
    /// A range of numbers, both ends included; `protocol: None` is every protocol.
    Range {
        /// The protocol, or every one.
        protocol: Option<Protocol>,
        /// The first port.
        first: u16,
        /// The last port.
        last: u16,
    },
    /// A port that the destination pod declares by this name.
    Named {
        /// The protocol, or every one.
        protocol: Option<Protocol>,
        /// The name.
        name: Box<str>,
    },
}

/// A transport protocol, as `v1.Protocol` names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP, which an omitted protocol means.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// The word that the API uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }

    /// The protocol of the API's word, which is case-sensitive.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Tcp, Self::Udp, Self::Sctp]
            .into_iter()
            .find(|p| p.as_str() == word)
    }
}

impl std::fmt::Display for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
