//! The normal form of every network-policy dialect: tiers of ordered rules with an action and an
//! isolation bit. "Empty means any" ends at the parser.

pub mod from;

use std::sync::Arc;

use ipnet::IpNet;

use crate::finding::FieldPath;
pub use crate::finding::{Datapath, Platform};
use crate::labels::Selector;

/// A policy of any dialect after translation; its object's name and namespace stand beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Where it stands among the tiers; lower is asked first. `NetworkPolicy` is 1,000,000.
    pub tier: u32,
    /// The pods it applies to.
    pub subject: PodSet,
    /// Rules on traffic to the subject.
    pub ingress: Vec<Rule>,
    /// Rules on traffic from the subject.
    pub egress: Vec<Rule>,
    /// In which directions what no rule admits is denied.
    pub isolates: Isolates,
}

/// In which directions a policy denies what nothing admits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Isolates {
    /// Traffic to its subject.
    pub ingress: bool,
    /// Traffic from its subject.
    pub egress: bool,
}

/// One rule of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its place within the tier: lower is asked first, equals are asked together.
    pub order: (i64, u32),
    /// What it does with a Flow that it matches.
    pub action: Action,
    /// The other side.
    pub peers: Peers,
    /// The ports and protocols.
    pub ports: Ports,
    /// Where it stands in the object: `spec.egress[0]`.
    pub at: FieldPath,
    /// Why it cannot be decided here (L7, an FQDN, an unknown field): then it is tried both ways.
    pub undecidable: Option<Arc<str>>,
}

/// What a rule does with a Flow that it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Lets it pass.
    Allow,
    /// Stops it.
    Deny,
    /// Leaves the decision to the next tier.
    Pass,
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Peers {
    /// Anything at all, inside the cluster or out of it.
    Any,
    /// One of these; of none of them nothing.
    OneOf(Vec<Peer>),
}

/// One peer of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Peer {
    /// Pods by labels.
    Pods(PodSet),
    /// Addresses: `net` less `except`.
    Net {
        /// The block, host bits masked.
        net: IpNet,
        /// Blocks taken away from it.
        except: Vec<IpNet>,
    },
}

/// Pods chosen by their namespace and their labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodSet {
    /// In which namespaces.
    pub namespaces: Namespaces,
    /// Which of the pods there.
    pub pods: Selector,
}

/// Namespaces of a [`PodSet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespaces {
    /// The policy's own.
    Own,
    /// Those whose labels match.
    Matching(Selector),
}

/// The ports of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ports {
    /// Every port of every protocol.
    Any,
    /// One of these.
    OneOf(Vec<PortMatch>),
}

/// One entry of a rule's ports.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// Where the labels of automatic namespaces say their name; every namespace carries it.
pub const NAMESPACE_NAME_LABEL: &str = "kubernetes.io/metadata.name";
