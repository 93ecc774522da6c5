//! The normal form of every network-policy dialect: tiers of ordered rules with an action and an
//! isolation bit. "Empty means any" ends at the parser.

pub mod from;
mod family;
mod peer;
mod port;
mod tier;

use std::sync::Arc;

use crate::finding::FieldPath;
pub use crate::finding::{Datapath, Platform};
pub use family::Family;
pub use peer::{
    ACCOUNT, Entity, Namespaces, OF_ACCOUNT, OF_NAMESPACE, Peer, Peers, Plain, PodSet, Services,
    Sets,
};
pub use port::{Port, PortMatch, Ports, Protocol};
pub use tier::{AtEnd, Tier, rank};

/// A policy of any dialect after translation; its object's name and namespace stand beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Where it stands among the tiers.
    pub tier: Tier,
    /// The pods it applies to.
    pub subject: PodSet,
    /// Why it is not known whether it applies to a pod of its subject; then it is tried both ways.
    pub unsure: Option<Arc<str>>,
    /// Where it stands in its object: `spec`, or `specs[1]`.
    pub at: FieldPath,
    /// Where it chooses its subject: `spec.podSelector`.
    pub subject_at: FieldPath,
    /// The datapaths that enforce it: under the others it is as good as absent.
    pub datapaths: &'static [Datapath],
    /// How its rules are asked among those of other policies that share the first part of their
    /// order.
    pub ties: Ties,
    /// Rules on traffic to the subject.
    pub ingress: Vec<Rule>,
    /// Rules on traffic from the subject.
    pub egress: Vec<Rule>,
    /// In which directions what no rule admits is denied.
    pub isolates: Isolates,
    /// Lists of rules that have no say, as the policy does not name their direction:
    /// `spec.egress`.
    pub ignored: Vec<Ignored>,
    /// Whether it isolates for ingress only because it does not say which direction it is about:
    /// it has rules on egress alone.
    pub isolates_unsaid: bool,
}

/// How rules of several policies that share the first part of their order are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// Together, as if they were of one policy.
    Together,
    /// Policy after policy, the first by name first.
    ByName,
    /// Policy after policy, but which of them is first is not said: it is tried every way.
    Unsettled,
}

/// Which way traffic goes, seen from the pods that a policy applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To them.
    Ingress,
    /// From them.
    Egress,
}

/// In which directions a policy denies what nothing admits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Isolates {
    /// Traffic to its subject.
    pub ingress: bool,
    /// Traffic from its subject.
    pub egress: bool,
}

/// A list of rules that a policy has and does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Where it stands.
    pub at: FieldPath,
    /// Whether one of the rules admits everything.
    pub open: bool,
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

/// What a rule does with a Flow that it matches; of rules asked together the first here wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Stops it.
    Deny,
    /// Lets it pass.
    Allow,
    /// Leaves the decision to the next tier.
    Pass,
}

impl Policy {
    /// Its rules on one direction.
    pub fn rules(&self, direction: Direction) -> &[Rule] {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }

    /// Whether it denies what nothing admits in one direction.
    pub const fn isolates(&self, direction: Direction) -> bool {
        match direction {
            Direction::Ingress => self.isolates.ingress,
            Direction::Egress => self.isolates.egress,
        }
    }

    /// Whether it may stop anything in one direction.
    pub fn restricts(&self, direction: Direction) -> bool {
        self.isolates(direction)
            || self
                .rules(direction)
                .iter()
                .any(|rule| rule.action == Action::Deny)
    }
}

/// The label in which every namespace carries its own name.
pub const NAMESPACE_NAME_LABEL: &str = "kubernetes.io/metadata.name";
