//! The other side of a rule: pods by labels, or addresses.

use std::sync::Arc;

use ipnet::IpNet;

use crate::finding::FieldPath;
use crate::labels::{Requirement, Selector, Test};
use crate::policy::NAMESPACE_NAME_LABEL;

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Peers {
    /// Anything at all, inside the cluster or out of it.
    Any,
    /// One of these; of none of them nothing.
    OneOf(Vec<Peer>),
}

/// One peer of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// Pods by labels.
    Pods {
        /// Which.
        set: PodSet,
        /// Where it asks for them: `spec.egress[0].to[1]`.
        at: FieldPath,
    },
    /// Addresses: `net` less `except`.
    Net {
        /// The block, host bits masked.
        net: IpNet,
        /// Blocks taken away from it.
        except: Vec<IpNet>,
    },
    /// Addresses whosever they are: those of pods and nodes too, whatever the datapath.
    Network(IpNet),
    /// Nodes by their labels, and what runs on their network.
    Nodes(Selector),
    /// One of some classes of peers that have no labels or addresses of their own.
    Entities(Vec<Entity>),
    /// Addresses outside the pods that are not known here, and why: domain names, groups that a
    /// provider keeps.
    Elsewhere(Arc<str>),
    /// The addresses of sets that objects of their own hold, less some.
    Sets {
        /// Which sets.
        which: Sets,
        /// Blocks taken away from each.
        except: Vec<IpNet>,
    },
    /// The endpoints of a Service, as destinations on their own ports only.
    Service {
        /// Its namespace; `None` is the policy's own.
        namespace: Option<Box<str>>,
        /// Its name.
        name: Box<str>,
    },
    /// What stands behind Services, on whatever port: the pods that they select, or the addresses
    /// of those that select none.
    Backends {
        /// Which Services.
        which: Services,
        /// Their namespace; `None` is every one.
        namespace: Option<Box<str>>,
    },
    /// What every one of these holds.
    AllOf(Vec<Peers>),
    /// What these do not hold.
    Not(Box<Peers>),
    /// Anything, where these hold the pod that the policy applies to.
    Subject(Box<Peers>),
}

/// Sets of addresses that objects of their own hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sets {
    /// Those of some namespaces.
    In {
        /// Of which namespaces.
        namespaces: Namespaces,
        /// Which of those there, by their labels.
        labels: Selector,
    },
    /// Those of no namespace, by their labels.
    Global(Selector),
    /// Groups of blocks, by their labels.
    Groups(Selector),
    /// One group of blocks, by its name.
    Group(Arc<str>),
}

/// Services that a peer means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Services {
    /// Those of a name.
    Named(Box<str>),
    /// Those with some labels.
    Labelled(Selector),
}

/// A class of peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entity {
    /// Anything.
    All,
    /// What is outside the cluster.
    World,
    /// What is outside the cluster and has an IPv4 address.
    WorldIpv4,
    /// What is outside the cluster and has an IPv6 address.
    WorldIpv6,
    /// Everything inside the cluster: pods, nodes, the API server.
    Cluster,
    /// The pod's own node.
    Host,
    /// Every other node.
    RemoteNode,
    /// The API server, wherever it runs.
    KubeApiServer,
    /// Parts of the network plugin itself, and pods that it does not look after yet: nothing that
    /// a Flow starts from or leads to here.
    Internal,
}

/// What a selector over pods calls the labels of their namespace: this, and the label's key.
pub const OF_NAMESPACE: &str = "@namespace/";

/// What a selector over pods calls the name of their account.
pub const ACCOUNT: &str = "@account";

/// What a selector over pods calls the labels of their account: this, and the label's key.
pub const OF_ACCOUNT: &str = "@account/";

impl Peers {
    /// Every peer, also those within others.
    pub fn every(&self) -> Vec<&Peer> {
        let Self::OneOf(peers) = self else {
            return Vec::new();
        };
        peers
            .iter()
            .flat_map(|peer| [peer].into_iter().chain(within(peer)))
            .collect()
    }
}

fn within(peer: &Peer) -> Vec<&Peer> {
    let parts: &[Peers] = match peer {
        Peer::AllOf(parts) => parts,
        Peer::Not(part) | Peer::Subject(part) => std::slice::from_ref(part),
        _ => &[],
    };
    parts.iter().flat_map(Peers::every).collect()
}

/// Pods chosen by their namespace and their labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PodSet {
    /// In which namespaces.
    pub namespaces: Namespaces,
    /// Which of the pods there.
    pub pods: Selector,
    /// Whether it says which pods, be it every one, rather than whole namespaces: to some
    /// datapaths only pods that are asked for as such include those on their host's network.
    pub asks_for_pods: bool,
    /// What of it a mend can change where it stands.
    pub plain: Plain,
}

/// What of a [`PodSet`] is written as nothing but `key: value`, each key as it is here: under
/// `matchLabels`, or as `key == 'value'` in a language of expressions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Plain {
    /// What it asks of pods.
    pub pods: bool,
    /// What it asks of namespaces.
    pub namespaces: bool,
}

/// Namespaces of a [`PodSet`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Namespaces {
    /// The policy's own.
    Own,
    /// Those whose labels match.
    Matching(Selector),
}

impl PodSet {
    /// The namespaces that it looks into, where they are told by name: the policy's own, or those
    /// whose names it asks for. `None` where labels choose them.
    pub fn named_namespaces<'s>(&'s self, own: &'s str) -> Option<Vec<&'s str>> {
        let selector = match &self.namespaces {
            Namespaces::Own => return Some(vec![own]),
            Namespaces::Matching(selector) => selector,
        };
        let mut requirements = selector.requirements.iter();
        requirements.find_map(|requirement| match &requirement.test {
            Test::In(names) if &*requirement.key == NAMESPACE_NAME_LABEL => {
                Some(names.iter().map(|name| &**name).collect())
            }
            _ => None,
        })
    }

    /// Whether it chooses some pods of its namespaces by labels of their own.
    pub fn chooses_by_labels(&self) -> bool {
        !self.pods.is_empty() && !self.pods.looks_beside()
    }

    /// The same, what a selector over pods asks of their namespace moved to where namespaces are
    /// chosen.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        let Namespaces::Matching(namespaces) = &mut self.namespaces else {
            return self;
        };
        let (of_namespaces, of_pods) = self
            .pods
            .requirements
            .into_iter()
            .partition(|requirement| requirement.key.starts_with(OF_NAMESPACE));
        self.pods.requirements = of_pods;
        let of_namespaces: Vec<Requirement> = of_namespaces;
        let plain = of_namespaces.is_empty();
        self.plain.pods &= plain;
        self.plain.namespaces &= plain;
        let stripped = of_namespaces.into_iter().map(|requirement| Requirement {
            key: requirement
                .key
                .strip_prefix(OF_NAMESPACE)
                .unwrap_or_default()
                .into(),
            test: requirement.test,
        });
        namespaces.requirements.extend(stripped);
        self
    }
}
