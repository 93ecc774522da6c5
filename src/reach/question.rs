//! The questions that rules ask about a Flow, one at a time: whoever gets the same answer to each
//! of them behaves alike, so that one answer is enough for many Flows.

use super::peer::{self, Scene};
use super::{Certainty, Flow, Party, port};
use crate::cluster::View;
use crate::policy::{Datapath, Direction, Peer, Peers, Ports};

/// The circumstances in which a rule asks.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// The namespace of its policy.
    pub namespace: &'q str,
    /// The direction that it rules.
    pub direction: Direction,
    /// The datapath.
    pub datapath: Datapath,
    /// Where what its peers refer to is looked up.
    pub view: Option<View<'q>>,
}

impl<'q> Question<'q> {
    /// Whether `peers` hold the other end of `flow`.
    pub fn peers(&self, peers: &Peers, flow: &Flow<'_>) -> Certainty {
        let (own, other) = self.ends(flow);
        peer::matches(peers, &self.scene(flow, own, other))
    }

    /// What `peers` ask of the pod itself that the policy applies to, answer by answer: all that
    /// they can know of that end.
    pub fn own(&self, peers: &Peers, flow: &Flow<'_>) -> Vec<Certainty> {
        let (own, other) = self.ends(flow);
        let scene = self.scene(flow, own, other);
        let parts = peers.every().into_iter();
        parts
            .filter(|part| matches!(part, Peer::Subject(_)))
            .map(|part| peer::one(part, &scene))
            .collect()
    }

    fn ends<'f, 'p>(&self, flow: &'f Flow<'p>) -> (&'f Party<'p>, &'f Party<'p>) {
        match self.direction {
            Direction::Ingress => (&flow.destination, &flow.source),
            Direction::Egress => (&flow.source, &flow.destination),
        }
    }

    fn scene<'s>(&self, flow: &'s Flow<'s>, own: &'s Party<'s>, other: &'s Party<'s>) -> Scene<'s>
    where
        'q: 's,
    {
        Scene {
            flow,
            direction: self.direction,
            namespace: self.namespace,
            own,
            other,
            datapath: self.datapath,
            view: self.view,
        }
    }
}

/// Whether `ports` hold the destination port of `flow`.
pub fn holds_port(ports: &Ports, flow: &Flow<'_>) -> Certainty {
    port::matches(ports, flow)
}

/// Whether what `peers` hold depends on the port of a Flow.
pub fn asks_for_port(peers: &Peers) -> bool {
    let parts = peers.every().into_iter();
    parts
        .into_iter()
        .any(|part| matches!(part, Peer::Service { .. }))
}
