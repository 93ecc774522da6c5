//! The entries of `ports`.

use super::spec::{IntOrString, PortEntry};
use crate::finding::FieldPath;
use crate::policy::from::port::{in_range, is_port_name};
use crate::policy::from::selector::Problems;
use crate::policy::{Port, PortMatch, Ports, Protocol};

/// What a list of ports means: none at all is every port of every protocol.
pub(super) fn translate(
    entries: &[PortEntry<'_>],
    at: &FieldPath,
    problems: &mut Problems,
) -> Ports {
    // What an unknown field admits may be anything, so only the rule as a whole is undecided.
    if entries.is_empty() || entries.iter().any(|entry| entry.unknown.is_some()) {
        return Ports::Any;
    }
    let ports = entries.iter().enumerate().filter_map(|(index, entry)| {
        let at = at.index(index);
        let matches = port(entry, &at, problems)?;
        let at = entry.port.as_ref().map_or(at.clone(), |_| at.join("port"));
        Some(Port { matches, at })
    });
    Ports::OneOf(ports.collect())
}

fn port(entry: &PortEntry<'_>, at: &FieldPath, problems: &mut Problems) -> Option<PortMatch> {
    let protocol = protocol(entry, at, problems);
    let number = match &entry.port {
        Some(IntOrString::String(name)) => {
            if entry.end_port.is_some() {
                let wrong = "endPort needs a numeric port";
                problems.push((at.join("endPort"), wrong.to_owned()));
            }
            return named(name, protocol, entry.end_port.is_none(), at, problems);
        }
        Some(IntOrString::Int(number)) => *number,
        None => {
            if entry.end_port.is_some() {
                let wrong = "endPort needs a port";
                problems.push((at.join("endPort"), wrong.to_owned()));
                return None;
            }
            return Some(PortMatch::Range {
                protocol: Some(protocol?),
                first: 0,
                last: u16::MAX,
            });
        }
    };
    let first = in_range(number, "port", at, problems);
    let last = match entry.end_port {
        None => first,
        Some(end) if end < number => {
            let wrong = format!("endPort {end} is less than port {number}");
            problems.push((at.join("endPort"), wrong));
            None
        }
        Some(end) => in_range(end, "endPort", at, problems),
    };
    Some(PortMatch::Range {
        protocol: Some(protocol?),
        first: first?,
        last: last?,
    })
}

fn protocol(entry: &PortEntry<'_>, at: &FieldPath, problems: &mut Problems) -> Option<Protocol> {
    let Some(word) = &entry.protocol else {
        return Some(Protocol::Tcp);
    };
    let protocol = Protocol::parse(word);
    if protocol.is_none() {
        let wrong = format!("protocol {:?} is none of TCP, UDP, SCTP", &**word);
        problems.push((at.join("protocol"), wrong));
    }
    protocol
}

fn named(
    name: &str,
    protocol: Option<Protocol>,
    alone: bool,
    at: &FieldPath,
    problems: &mut Problems,
) -> Option<PortMatch> {
    if !is_port_name(name) {
        let wrong = format!("{name:?} is no port name");
        problems.push((at.join("port"), wrong));
        return None;
    }
    let protocol = Some(protocol?);
    alone.then(|| PortMatch::Named {
        protocol,
        name: name.into(),
    })
}
