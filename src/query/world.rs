//! The world outside the cluster: addresses that stand for all those which policies cannot tell
//! apart.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Directory;
use super::end::End;
use super::judge::Candidate;
use crate::object::Of;
use crate::policy::{Direction, Family, Peer, Peers, Policy};

/// The most blocks of addresses that are asked for apart.
const MOST: usize = 256;

/// One address of every part of the world that these policies tell apart.
pub(super) fn outside<'a>(
    policies: &[Of<'_, Policy>],
    direction: Direction,
    directory: &Directory<'_>,
) -> Vec<Candidate<'a>> {
    let blocks = blocks(policies, direction);
    let families = directory.families();
    let mut found: Vec<Candidate<'a>> = families
        .iter()
        .filter_map(|family| {
            let name = match families {
                [_] if blocks.is_empty() => "any address".to_owned(),
                [_] => "other addresses".to_owned(),
                _ => format!("other {} addresses", family.as_str()),
            };
            Some(candidate(name, elsewhere(*family, &blocks)?))
        })
        .collect();
    let named = blocks.iter().take(MOST).filter_map(|block| {
        let address = within(block, &blocks)?;
        Some(candidate(block.to_string(), address))
    });
    found.extend(named.filter(|it| {
        let addresses = it.end.addresses();
        families
            .iter()
            .any(|family| !family.among(&addresses).is_empty())
    }));
    found
}

fn candidate<'a>(name: String, address: IpAddr) -> Candidate<'a> {
    Candidate {
        name,
        end: End::World(address),
    }
}

/// The blocks of public addresses, but the whole of them, that policies name.
fn blocks(policies: &[Of<'_, Policy>], direction: Direction) -> Vec<IpNet> {
    let rules = policies.iter().flat_map(|it| it.body.rules(direction));
    let mut blocks: Vec<IpNet> = rules.flat_map(|rule| of_peers(&rule.peers)).collect();
    blocks.sort_unstable();
    blocks.dedup();
    blocks
}

fn of_peers(peers: &Peers) -> Vec<IpNet> {
    let mut found = Vec::new();
    for peer in peers.every() {
        match peer {
            Peer::Net { net, except } => found.extend([*net].iter().chain(except)),
            Peer::Network(net) => found.push(*net),
            _ => {}
        }
    }
    found.retain(|net| net.prefix_len() > 0 && is_public(net));
    found
}

/// Whether a block holds addresses that the world may have.
fn is_public(net: &IpNet) -> bool {
    const INSIDE: [&str; 9] = [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/3",
        "fc00::/7",
        "fe80::/10",
    ];
    let inside = INSIDE
        .iter()
        .filter_map(|block| block.parse::<IpNet>().ok());
    !inside.into_iter().any(|block| block.contains(net))
}

/// An address of a block that is in no narrower one.
fn within(block: &IpNet, blocks: &[IpNet]) -> Option<IpAddr> {
    let narrower: Vec<&IpNet> = blocks
        .iter()
        .filter(|other| *other != block && block.contains(*other))
        .collect();
    let ends = [block.network(), block.broadcast()].into_iter();
    let mut all = ends.chain(block.hosts().take(MOST));
    all.find(|address| !narrower.iter().any(|other| other.contains(address)))
}

/// An address that is in no block.
fn elsewhere(family: Family, blocks: &[IpNet]) -> Option<IpAddr> {
    let mut all: Box<dyn Iterator<Item = IpAddr>> = match family {
        Family::V4 => Box::new((1..=223u8).map(|first| IpAddr::from([first, 45, 67, 89]))),
        Family::V6 => {
            let first = 0x2001..0x2fff_u16;
            Box::new(first.map(|first| IpAddr::from([first, 0xabc, 0, 0, 0, 0, 0, 1])))
        }
    };
    all.find(|address| {
        is_public(&IpNet::from(*address)) && !blocks.iter().any(|block| block.contains(address))
    })
}
