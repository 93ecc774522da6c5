//! Whether a selector over nodes holds the other end of a Flow.

use std::net::IpAddr;

use super::peer::Scene;
use super::{Because, Certainty, Party};
use crate::cluster::View;
use crate::labels::Selector;
use crate::object::{Kind, Node};

/// Whether `selector` holds the node that the other end is, or on whose network it runs.
pub(super) fn matches(selector: &Selector, scene: &Scene<'_>) -> Certainty {
    let node = |name: Option<&str>| {
        if selector.is_empty() {
            return Certainty::Yes;
        }
        let found = scene
            .view
            .and_then(|view| meets(selector, name, scene.other.addresses(), view));
        found.map_or(Certainty::Maybe(Because::Node), Certainty::from)
    };
    match scene.other {
        Party::Node { name, .. } => node(*name),
        Party::Pod(pod) if pod.host_network => node(pod.node),
        Party::Pod(_) | Party::Address(_) => Certainty::No,
        Party::Unknown { .. } => Certainty::Maybe(Because::Address),
        Party::ApiServer(server) => match server.on_node {
            Some(true) => node(None),
            Some(false) => Certainty::No,
            None => Certainty::Maybe(Because::Address),
        },
    }
}

/// Whether the node of a name, or else that of an address, meets a selector; `None` where it is
/// not in view.
fn meets(
    selector: &Selector,
    name: Option<&str>,
    addresses: &[IpAddr],
    view: View<'_>,
) -> Option<bool> {
    let found = if let Some(name) = name {
        view.get::<Node>(Kind::Node, "", name).found()
    } else {
        let has = |node: &Node| node.addresses.iter().any(|it| addresses.contains(it));
        let mut nodes = view.all::<Node>(Kind::Node, "").into_iter();
        nodes.find(|node| has(node.body))
    };
    Some(selector.matches(&found?.meta.labels))
}
