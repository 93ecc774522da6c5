//! Groups as nodes and what they may do as edges: what the formats for documents draw.

use super::ports;
use crate::finding::printable;
use crate::flows::{ALLOWED, DEPENDS, Picture};

/// How many of a group a node names.
const NAMED: usize = 5;

/// A group.
pub(super) struct Node {
    /// Its number.
    pub(super) number: usize,
    /// Who is in it, a line each.
    pub(super) lines: Vec<String>,
}

/// A pair of groups that may talk.
pub(super) struct Edge {
    /// The number of the one that asks.
    pub(super) from: usize,
    /// The number of the one that is asked.
    pub(super) to: usize,
    /// On which ports.
    pub(super) label: String,
    /// Whether it does not depend on anything.
    pub(super) certain: bool,
}

/// Every group.
pub(super) fn nodes(picture: &Picture) -> Vec<Node> {
    (0..picture.groups())
        .map(|group| {
            let crowd = if picture.asks(group) {
                picture.sources()
            } else {
                picture.destinations()
            };
            let called = crowd.called(&picture.members(group));
            let named = called.iter().take(NAMED);
            let mut lines: Vec<String> = named.map(|it| printable(&it.name).into_owned()).collect();
            let rest: usize = called.iter().skip(NAMED).map(|it| it.count).sum();
            if rest > 0 {
                lines.push(format!("and {rest} more"));
            }
            Node {
                number: group + 1,
                lines,
            }
        })
        .collect()
}

/// Every pair of groups that may talk, or may depending on something. Those that may not have none.
pub(super) fn edges(picture: &Picture) -> Vec<Edge> {
    let mut edges = Vec::new();
    for from in (0..picture.groups()).filter(|it| picture.asks(*it)) {
        for to in 0..picture.groups() {
            for (code, told) in picture.cell(from, to) {
                if [ALLOWED, DEPENDS].contains(&code) {
                    edges.push(Edge {
                        from: from + 1,
                        to: to + 1,
                        label: ports(&told),
                        certain: code == ALLOWED,
                    });
                }
            }
        }
    }
    edges
}
