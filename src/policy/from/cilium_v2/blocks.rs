//! Blocks of addresses as Cilium writes them, and the groups that hold them.

use std::net::IpAddr;

use ipnet::IpNet;

use super::spec::{CidrRule, GroupSpec};
use crate::finding::FieldPath;
use crate::policy::from::cidr;
use crate::policy::from::selector::{LabelSelector, Problems};
use crate::policy::{Peer, Sets};
use crate::text::Word;

/// A block, or a single address.
pub(super) fn block(text: &str, at: &FieldPath, problems: &mut Problems) -> Option<IpNet> {
    let single = || text.parse::<IpAddr>().ok().map(IpNet::from);
    let found = cidr::parse(text).or_else(single);
    if found.is_none() {
        let wrong = format!("{text:?} is neither a CIDR block nor an address");
        problems.push((at.clone(), wrong));
    }
    found
}

/// The blocks of a group, and what Cilium would refuse there.
pub fn nets(spec: &GroupSpec<'_>) -> (Vec<IpNet>, Problems) {
    let mut problems = Vec::new();
    let at = FieldPath::of("spec.externalCIDRs");
    let words = spec.external_cidrs.iter().flatten().enumerate();
    let nets = words.filter_map(|(index, text)| block(text, &at.index(index), &mut problems));
    (nets.collect(), problems)
}

/// The first field of an entry of `toCIDRSet` that is not known here.
pub(super) fn unknown<'s>(rule: &'s CidrRule<'_>) -> Option<&'s str> {
    let groups = rule.groups.as_ref().and_then(LabelSelector::unknown);
    rule.unknown.as_deref().or(groups)
}

/// What an entry of `toCIDRSet` stands for.
pub(super) fn set(rule: &CidrRule<'_>, at: &FieldPath, problems: &mut Problems) -> Option<Peer> {
    let given = |word: &Option<Word<'_>>| word.as_deref().is_some_and(|it| !it.is_empty());
    let ways = [given(&rule.cidr), given(&rule.group), rule.groups.is_some()];
    if ways.into_iter().filter(|it| *it).count() != 1 {
        let wrong = "an entry needs one of cidr, cidrGroupRef and cidrGroupSelector";
        problems.push((at.clone(), wrong.to_owned()));
        return None;
    }
    let before = problems.len();
    let net = rule.cidr.as_deref().filter(|it| !it.is_empty());
    let net = net.and_then(|text| whole(text, &at.join("cidr"), problems));
    let except = except(rule, net.as_ref(), &at.join("except"), problems);
    let group = rule.group.as_deref().filter(|it| !it.is_empty());
    let groups = rule
        .groups
        .as_ref()
        .map(|it| it.translate(&at.join("cidrGroupSelector"), problems));
    if problems.len() > before {
        // Were a bad exception forgotten the block would hold more than was meant.
        return None;
    }
    Some(match (net, group, groups) {
        (Some(net), ..) => Peer::Net { net, except },
        (None, Some(name), _) => Peer::Sets {
            which: Sets::Group(name.into()),
            except,
        },
        (None, None, groups) => Peer::Sets {
            which: Sets::Groups(groups?),
            except,
        },
    })
}

fn whole(text: &str, at: &FieldPath, problems: &mut Problems) -> Option<IpNet> {
    let net = cidr::parse(text);
    if net.is_none() {
        problems.push((at.clone(), format!("{text:?} is no CIDR block")));
    }
    net
}

/// The exceptions: those from a block lie within it.
fn except(
    rule: &CidrRule<'_>,
    net: Option<&IpNet>,
    at: &FieldPath,
    problems: &mut Problems,
) -> Vec<IpNet> {
    let mut except = Vec::new();
    for (index, text) in rule.except.iter().flatten().enumerate() {
        let at = at.index(index);
        let Some(less) = whole(text, &at, problems) else {
            continue;
        };
        match net {
            Some(net) if !net.contains(&less) => {
                problems.push((at, format!("{less} is no part of {net}")));
            }
            _ => except.push(less),
        }
    }
    except
}
