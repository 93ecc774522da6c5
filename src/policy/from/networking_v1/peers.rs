//! The entries of `from` and `to`.

use super::spec::{IpBlock, PeerEntry};
use crate::finding::FieldPath;
use crate::labels::Selector;
use crate::policy::from::cidr::parse;
use crate::policy::from::selector::{LabelSelector, Problems};
use crate::policy::{Namespaces, Peer, Peers, Plain, PodSet};

/// What a list of peers means: none at all is any peer.
pub(super) fn translate(
    entries: &[PeerEntry<'_>],
    at: &FieldPath,
    problems: &mut Problems,
) -> Peers {
    // What an unknown field selects may be anything, so only the rule as a whole is undecided.
    if entries.is_empty() || entries.iter().any(|entry| unknown(entry).is_some()) {
        return Peers::Any;
    }
    let peers = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| peer(entry, &at.index(index), problems));
    Peers::OneOf(peers.collect())
}

/// The first field of a peer that is not known here.
pub(super) fn unknown<'s>(entry: &'s PeerEntry<'_>) -> Option<&'s str> {
    let selectors = [&entry.pod_selector, &entry.namespace_selector];
    let of_selectors = selectors
        .into_iter()
        .flatten()
        .find_map(|selector| selector.unknown());
    let of_block = entry.ip_block.as_ref().and_then(|it| it.unknown.as_deref());
    entry.unknown.as_deref().or(of_selectors).or(of_block)
}

fn peer(entry: &PeerEntry<'_>, at: &FieldPath, problems: &mut Problems) -> Option<Peer> {
    let pods = entry
        .pod_selector
        .as_ref()
        .map(|selector| selector.translate(&at.join("podSelector"), problems));
    let namespaces = entry
        .namespace_selector
        .as_ref()
        .map(|selector| selector.translate(&at.join("namespaceSelector"), problems));
    let mut refuse = |wrong: &str| problems.push((at.clone(), wrong.to_owned()));
    match (&entry.ip_block, pods, namespaces) {
        (None, None, None) => {
            refuse("a peer needs a podSelector, a namespaceSelector or an ipBlock");
            None
        }
        (Some(block), None, None) => block_of(block, &at.join("ipBlock"), problems),
        (Some(_), ..) => {
            refuse("an ipBlock cannot stand beside a podSelector or namespaceSelector");
            None
        }
        (None, pods, namespaces) => Some(Peer::Pods {
            set: PodSet {
                asks_for_pods: pods.is_some(),
                plain: plain(entry),
                namespaces: namespaces.map_or(Namespaces::Own, Namespaces::Matching),
                pods: pods.unwrap_or_else(Selector::default),
            },
            at: at.clone(),
        }),
    }
}

/// What of a peer is written as nothing but `key: value`.
fn plain(entry: &PeerEntry<'_>) -> Plain {
    let is_plain = |selector: &Option<LabelSelector<'_>>| {
        selector.as_ref().is_some_and(LabelSelector::is_plain)
    };
    Plain {
        pods: is_plain(&entry.pod_selector),
        namespaces: is_plain(&entry.namespace_selector),
    }
}

fn block_of(block: &IpBlock<'_>, at: &FieldPath, problems: &mut Problems) -> Option<Peer> {
    let text = block.cidr.as_deref().unwrap_or("");
    let Some(net) = parse(text) else {
        problems.push((at.join("cidr"), format!("{text:?} is no CIDR block")));
        return None;
    };
    let mut except = Vec::new();
    for (index, text) in block.except.iter().flatten().enumerate() {
        let at = at.join("except").index(index);
        match parse(text) {
            None => problems.push((at, format!("{:?} is no CIDR block", &**text))),
            Some(less) if less == net || !net.contains(&less) => {
                problems.push((at, format!("{less} is no part of {net}")));
            }
            Some(less) => except.push(less),
        }
    }
    // Were a bad exception forgotten the block would hold more than was meant.
    let sound = except.len() == block.except.as_ref().map_or(0, Vec::len);
    sound.then_some(Peer::Net { net, except })
}
