//! How the rules of a patch name those who stand at an end.

use std::net::IpAddr;

use super::end::End;
use super::judge::{Candidate, Target};
use crate::cluster::differs_by_pod;
use crate::policy::Protocol;
use crate::reach::Party;
use crate::rules::Other;

/// Those who are asked on one port.
type OnPort<'t, 'a> = ((u16, Protocol), Vec<&'t Candidate<'a>>);

/// Destinations by their ports.
pub(super) fn by_port<'t, 'a>(targets: &'t [Target<'a>]) -> Vec<OnPort<'t, 'a>> {
    let mut groups: Vec<OnPort<'t, 'a>> = Vec::new();
    for target in targets {
        let port = (target.port, target.protocol);
        match groups.iter_mut().find(|(it, _)| *it == port) {
            Some((_, group)) => group.push(&target.who),
            None => groups.push((port, vec![&target.who])),
        }
    }
    groups
}

/// The addresses of the Service through which destinations are asked that rules name by address:
/// some datapaths see only those.
pub(super) fn by_service(targets: &[Target<'_>]) -> Vec<((u16, Protocol), Vec<Other>)> {
    let mut by_address = targets.iter().filter(|it| it.who.end.shape().is_none());
    let Some(target) = by_address.next() else {
        return Vec::new();
    };
    let through = target.through.iter().filter(|it| !it.addresses.is_empty());
    through
        .map(|through| {
            let addresses = through.addresses.iter();
            let blocks = addresses.map(|it| Other::Block((*it).into())).collect();
            ((through.port, target.protocol), blocks)
        })
        .collect()
}

/// How rules name those who stand at an end; or why they cannot.
pub(super) fn others<'c, 'a: 'c>(
    all: impl Iterator<Item = &'c Candidate<'a>>,
) -> Result<Vec<Other>, String> {
    let mut found = Vec::new();
    for candidate in all {
        for other in named(candidate)? {
            if !found.contains(&other) {
                found.push(other);
            }
        }
    }
    Ok(found)
}

fn named(candidate: &Candidate<'_>) -> Result<Vec<Other>, String> {
    let name = &candidate.name;
    let blocks = |addresses: &[IpAddr]| -> Vec<Other> {
        let addresses = addresses.iter();
        addresses.map(|it| Other::Block((*it).into())).collect()
    };
    match &candidate.end {
        End::Pods(shape) if shape.spec().host_network => match shape.addresses() {
            [] => Err(format!(
                "{name} has the address of its node, which is not known, so that no rule can name it"
            )),
            known => Ok(blocks(known)),
        },
        End::Pods(shape) => {
            let labels = shape.template.labels.without(differs_by_pod);
            if labels.is_empty() {
                return Err(format!("{name} has no label that a rule could tell it by"));
            }
            Ok(vec![Other::Pods {
                namespace: shape.namespace().to_owned(),
                labels,
            }])
        }
        End::World(address) => Ok(vec![Other::World {
            six: address.is_ipv6(),
        }]),
        End::Other(Party::Unknown { .. }) => Err(format!(
            "the address of {name} is not known, so that no rule can name it"
        )),
        End::Other(_) => Ok(blocks(&candidate.end.addresses())),
    }
}
