//! The other side of a rule: pods by labels, or addresses.

use ipnet::IpNet;

use crate::labels::Selector;

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
    /// Whether it says which pods, be it every one, rather than whole namespaces: to some
    /// datapaths only pods that are asked for as such include those on their host's network.
    pub asks_for_pods: bool,
}

/// Namespaces of a [`PodSet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespaces {
    /// The policy's own.
    Own,
    /// Those whose labels match.
    Matching(Selector),
}
