//! Where actors stand: a pod's own node always reaches it, whatever its policies say.

use super::actor::Actor;
use crate::reach::{Certainty, Party, is_own_node};

/// Where an actor stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// The node whose traffic it sends.
    sends_as: OnNode,
    /// The node that it runs on, if it is a pod.
    runs_on: OnNode,
}

/// A node, as far as its name is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
enum OnNode {
    /// None.
    #[default]
    No,
    /// One whose name is not known.
    Unknown,
    /// This one.
    Named(String),
}

impl Place {
    /// Where each actor stands; nowhere where that cannot matter.
    pub(super) fn of_each(actors: &[Actor<'_, '_>]) -> Vec<Self> {
        let matters = actors.iter().any(|it| it.party.on_node().is_some());
        let place = |actor: &Actor<'_, '_>| Self {
            sends_as: actor.party.on_node().map_or(OnNode::No, OnNode::called),
            runs_on: match &actor.party {
                Party::Pod(pod) => OnNode::called(pod.node),
                _ => OnNode::No,
            },
        };
        let place = |actor| {
            if matters {
                place(actor)
            } else {
                Self::default()
            }
        };
        actors.iter().map(place).collect()
    }

    /// Whether what it sends is the traffic of a node.
    pub(super) fn is_node(&self) -> bool {
        self.sends_as != OnNode::No
    }

    /// Whether what is sent from here comes to those of another place from their own node.
    pub(super) fn is_own_node_of(&self, other: &Self) -> Certainty {
        match (&self.sends_as, &other.runs_on) {
            (OnNode::No, _) | (_, OnNode::No) => Certainty::No,
            (from, of) => is_own_node(from.name(), of.name()),
        }
    }
}

impl OnNode {
    fn called(name: Option<&str>) -> Self {
        name.map_or(Self::Unknown, |name| Self::Named(name.to_owned()))
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::No | Self::Unknown => None,
        }
    }
}
