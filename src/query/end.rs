//! Whom policies see at one end of a Flow, and over which addresses.

use std::net::IpAddr;

use super::Shape;
use crate::object::Of;
use crate::policy::{Family, Policy};
use crate::reach::Party;

/// Whom policies see at one end of a Flow.
#[derive(Clone, Debug)]
pub(super) enum End<'a> {
    /// Pods.
    Pods(Box<Shape<'a>>),
    /// Something that no policy applies to.
    Other(Party<'a>),
    /// An address outside the cluster that stands for many.
    World(IpAddr),
}

impl<'a> End<'a> {
    /// The pods that stand there.
    pub(super) fn shape(&self) -> Option<&Shape<'a>> {
        match self {
            Self::Pods(shape) => Some(shape),
            Self::Other(_) | Self::World(_) => None,
        }
    }

    /// The policies that apply there.
    pub(super) fn policies(&self) -> &[Of<'a, Policy>] {
        match self {
            Self::Pods(shape) => &shape.policies,
            Self::Other(_) | Self::World(_) => &[],
        }
    }

    /// The addresses that are known.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        match self {
            Self::Pods(shape) => shape.addresses().to_vec(),
            Self::World(address)
            | Self::Other(Party::Address(address) | Party::Node { address, .. }) => vec![*address],
            Self::Other(Party::ApiServer(server)) => server.address.into_iter().collect(),
            Self::Other(Party::Pod(_) | Party::Unknown { .. }) => Vec::new(),
        }
    }

    /// It as a Flow has it, over some of its addresses.
    pub(super) fn party<'e>(&'e self, addresses: &'e [IpAddr]) -> Party<'e> {
        match self {
            Self::Pods(shape) => shape.party_at(addresses),
            Self::Other(party) => *party,
            Self::World(address) => Party::Address(*address),
        }
    }
}

/// The families over which two ends can talk; both are asked together where they are not known.
/// None where the ends have none in common.
pub(super) fn shared_families(one: &[IpAddr], other: &[IpAddr]) -> Vec<Family> {
    let has = |addresses: &[IpAddr], family: Family| {
        addresses.is_empty() || addresses.iter().any(|it| Family::of(it) == family)
    };
    let all = Family::ALL.into_iter();
    all.filter(|it| has(one, *it) && has(other, *it)).collect()
}
