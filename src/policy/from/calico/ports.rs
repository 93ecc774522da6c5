//! Protocols and ports of a rule.

use super::spec::{Entity, RuleEntry, Scalar};
use crate::finding::FieldPath;
use crate::policy::from::selector::Problems;
use crate::policy::{Port, PortMatch, Ports, Protocol};

/// The protocols that flows are of, beside others that a rule may name.
const FLOWS: [Protocol; 3] = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];

/// What travels over IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carried {
    /// What flows are of.
    Flow(Protocol),
    /// Something that flows are never of.
    Other,
}

/// What a port is, as it is written.
enum Written<'s> {
    Range(u16, u16),
    Name(&'s str),
}

/// What the protocols and the destination ports of a rule mean; and why they cannot be decided,
/// where that is so.
pub(super) fn translate(
    entry: &RuleEntry<'_>,
    at: &FieldPath,
    problems: &mut Problems,
) -> (Ports, Option<&'static str>) {
    let protocols = protocols(entry, at, problems);
    let none = Entity::default();
    let destination = entry.destination.as_ref().unwrap_or(&none);
    let rule = at;
    let at = at.join("destination");
    let wanted = destination.ports.as_deref().unwrap_or_default();
    let unwanted = destination.not_ports.as_deref().unwrap_or_default();
    if wanted.is_empty() && unwanted.is_empty() {
        return match protocols {
            None => (Ports::Any, None),
            Some(protocols) => {
                let whole = |protocol| Port {
                    matches: range(protocol, 0, u16::MAX),
                    at: rule.clone(),
                };
                (
                    Ports::OneOf(protocols.into_iter().map(whole).collect()),
                    None,
                )
            }
        };
    }
    let before = problems.len();
    let wanted = all(wanted, &at.join("ports"), problems);
    let unwanted = all(unwanted, &at.join("notPorts"), problems);
    let named = |all: &[Written<'_>]| all.iter().any(|it| matches!(it, Written::Name(_)));
    // Names have the protocol that the pod gives them, so only numbers need one.
    let lacks = |all: &[Written<'_>]| match &entry.protocol {
        None => all.iter().any(|it| matches!(it, Written::Range(..))),
        Some(word) => !all.is_empty() && !matches!(known(word), Some(Carried::Flow(_))),
    };
    for (field, list) in [("ports", &wanted), ("notPorts", &unwanted)] {
        if lacks(list) {
            let wrong = format!("{field} need protocol TCP, UDP or SCTP");
            problems.push((at.join(field), wrong));
        }
    }
    let sound = problems.len() == before;
    let hard = !unwanted.is_empty() && (named(&wanted) || named(&unwanted));
    let protocols = protocols.unwrap_or_else(|| FLOWS.to_vec());
    let matches = protocols
        .into_iter()
        .flat_map(|protocol| one(protocol, &wanted, &unwanted, &at))
        .collect();
    let matches = if sound { matches } else { Vec::new() };
    let why = "which ports names leave out is told by each pod";
    (Ports::OneOf(matches), hard.then_some(why))
}

/// The ports of one protocol.
fn one(
    protocol: Protocol,
    wanted: &[Written<'_>],
    unwanted: &[Written<'_>],
    at: &FieldPath,
) -> Vec<Port> {
    let without = |first, last| {
        let left = unwanted.iter().fold(vec![(first, last)], less);
        left.into_iter()
            .map(|(first, last)| range(protocol, first, last))
    };
    if wanted.is_empty() {
        let at = at.join("notPorts");
        return without(0, u16::MAX)
            .map(|matches| Port {
                matches,
                at: at.clone(),
            })
            .collect();
    }
    let mut ports = Vec::new();
    for (index, port) in wanted.iter().enumerate() {
        let at = at.join("ports").index(index);
        let matches = match port {
            Written::Name(name) => vec![PortMatch::Named {
                protocol: Some(protocol),
                name: (*name).into(),
            }],
            Written::Range(first, last) => without(*first, *last).collect(),
        };
        ports.extend(matches.into_iter().map(|matches| Port {
            matches,
            at: at.clone(),
        }));
    }
    ports
}

/// Ranges less one more.
fn less(ranges: Vec<(u16, u16)>, port: &Written<'_>) -> Vec<(u16, u16)> {
    let Written::Range(from, to) = port else {
        return ranges;
    };
    let parts = ranges.into_iter().flat_map(|(first, last)| {
        let below = from.checked_sub(1).map(|end| (first, last.min(end)));
        let above = to.checked_add(1).map(|start| (first.max(start), last));
        [below, above]
    });
    parts
        .flatten()
        .filter(|(first, last)| first <= last)
        .collect()
}

fn range(protocol: Protocol, first: u16, last: u16) -> PortMatch {
    PortMatch::Range {
        protocol: Some(protocol),
        first,
        last,
    }
}

fn all<'s>(ports: &'s [Scalar<'_>], at: &FieldPath, problems: &mut Problems) -> Vec<Written<'s>> {
    let mut read = Vec::new();
    for (index, port) in ports.iter().enumerate() {
        if let Some(port) = written(port) {
            read.push(port);
        } else {
            let wrong = format!("{port} is neither a port, a range, nor a port's name");
            problems.push((at.index(index), wrong));
        }
    }
    read
}

fn written<'s>(port: &'s Scalar<'_>) -> Option<Written<'s>> {
    let single = |number: u16| Written::Range(number, number);
    match port {
        Scalar::Int(number) => {
            let number = u16::try_from(*number).ok().filter(|it| *it > 0);
            number.map(single)
        }
        Scalar::Text(text) => {
            if let Some((first, last)) = text.split_once(':') {
                let (first, last) = (first.parse().ok()?, last.parse().ok()?);
                let sound = 0 < first && first <= last;
                return sound.then_some(Written::Range(first, last));
            }
            if let Ok(number) = text.parse() {
                return (number > 0).then(|| single(number));
            }
            let plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            let named = !text.is_empty() && text.chars().all(plain);
            let letter = text.contains(|c: char| !c.is_ascii_digit());
            (named && letter).then_some(Written::Name(text))
        }
    }
}

/// The protocols of flows that a rule matches; `None` is every one.
fn protocols(
    entry: &RuleEntry<'_>,
    at: &FieldPath,
    problems: &mut Problems,
) -> Option<Vec<Protocol>> {
    let mut read = |word: &Option<Scalar<'_>>, field: &str| {
        let word = word.as_ref()?;
        let found = known(word);
        if found.is_none() {
            problems.push((at.join(field), format!("{word} is no protocol")));
        }
        Some(found)
    };
    let wanted = read(&entry.protocol, "protocol");
    let unwanted = read(&entry.not_protocol, "notProtocol");
    // What is asked of ICMP is never asked of a flow.
    if wanted.is_none() && unwanted.is_none() && entry.icmp.is_none() {
        return None;
    }
    let matches = |protocol: &Protocol| {
        wanted.is_none_or(|it| it == Some(Carried::Flow(*protocol)))
            && unwanted.is_none_or(|it| it.is_some_and(|it| it != Carried::Flow(*protocol)))
            && entry.icmp.is_none()
    };
    Some(FLOWS.into_iter().filter(matches).collect())
}

/// The protocol that a word or a number names; `None` where it names none.
fn known(word: &Scalar<'_>) -> Option<Carried> {
    let number = match word {
        Scalar::Int(number) => Some(*number),
        Scalar::Text(text) => text.parse().ok(),
    };
    match (number, word) {
        (Some(6), _) => Some(Carried::Flow(Protocol::Tcp)),
        (Some(17), _) => Some(Carried::Flow(Protocol::Udp)),
        (Some(132), _) => Some(Carried::Flow(Protocol::Sctp)),
        (Some(1..=255), _) => Some(Carried::Other),
        (None, Scalar::Text(text)) => {
            let is = |name: &str| text.eq_ignore_ascii_case(name);
            let flow = FLOWS.into_iter().find(|it| is(it.as_str()));
            let others = ["ICMP", "ICMPv6", "UDPLite"];
            match flow {
                Some(protocol) => Some(Carried::Flow(protocol)),
                None => others.into_iter().any(is).then_some(Carried::Other),
            }
        }
        _ => None,
    }
}

impl std::fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Int(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{:?}", &**text),
        }
    }
}
