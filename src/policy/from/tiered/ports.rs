//! `ports` and `protocols` of the policies of administrators.

use super::spec::{PortEntry, PortNumber, PortRange, ProtocolEntry, Transport};
use crate::finding::FieldPath;
use crate::policy::from::port::{in_range, is_port_name};
use crate::policy::from::selector::Problems;
use crate::policy::{Port, PortMatch, Protocol};
use crate::text::Word;

/// What `ports` mean.
pub(super) fn ports(
    entries: &[PortEntry<'_>],
    at: &FieldPath,
    problems: &mut Problems,
) -> Vec<Port> {
    let mut found = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let at = at.index(index);
        let given = [
            entry.port_number.is_some(),
            entry.named_port.is_some(),
            entry.port_range.is_some(),
        ];
        if given.into_iter().filter(|it| *it).count() != 1 {
            let wrong = "a port needs one of portNumber, namedPort and portRange";
            problems.push((at.clone(), wrong.to_owned()));
            continue;
        }
        let number = entry.port_number.as_ref();
        let range = entry.port_range.as_ref();
        found.extend(number.and_then(|it| number_of(it, &at.join("portNumber"), problems)));
        found.extend(range.and_then(|it| {
            let at = at.join("portRange");
            let protocol = protocol(it.protocol.as_ref(), &at, problems)?;
            range_of(it, protocol, &at, problems)
        }));
        let name = entry.named_port.as_ref();
        found.extend(name.and_then(|it| named(it, &at.join("namedPort"), problems)));
    }
    found
}

/// What `protocols` mean.
pub(super) fn protocols(
    entries: &[ProtocolEntry<'_>],
    at: &FieldPath,
    problems: &mut Problems,
) -> Vec<Port> {
    let mut found = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let at = at.index(index);
        let transports = [
            ("tcp", Protocol::Tcp, &entry.tcp),
            ("udp", Protocol::Udp, &entry.udp),
            ("sctp", Protocol::Sctp, &entry.sctp),
        ];
        let given = transports.iter().filter(|(.., it)| it.is_some()).count();
        if given + usize::from(entry.named.is_some()) != 1 {
            let wrong = "a protocol needs one of tcp, udp, sctp and destinationNamedPort";
            problems.push((at.clone(), wrong.to_owned()));
            continue;
        }
        for (field, protocol, transport) in transports {
            let transport = transport.as_ref();
            found.extend(
                transport.and_then(|it| of_transport(it, protocol, &at.join(field), problems)),
            );
        }
        let name = entry.named.as_ref();
        found.extend(name.and_then(|it| named(it, &at.join("destinationNamedPort"), problems)));
    }
    found
}

/// The first field in an entry of `ports` that is not known here.
pub(super) fn unknown_port<'s>(entry: &'s PortEntry<'_>) -> Option<&'s str> {
    let number = entry.port_number.as_ref();
    let range = entry.port_range.as_ref();
    let inner = number
        .and_then(|it| it.unknown.as_deref())
        .or_else(|| range.and_then(|it| it.unknown.as_deref()));
    entry.unknown.as_deref().or(inner)
}

/// The first field in an entry of `protocols` that is not known here.
pub(super) fn unknown_protocol<'s>(entry: &'s ProtocolEntry<'_>) -> Option<&'s str> {
    let transports = [&entry.tcp, &entry.udp, &entry.sctp].into_iter().flatten();
    let inner = transports.into_iter().find_map(|transport| {
        let port = transport.destination_port.as_ref();
        let range = port.and_then(|it| it.range.as_ref());
        transport
            .unknown
            .as_deref()
            .or_else(|| port.and_then(|it| it.unknown.as_deref()))
            .or_else(|| range.and_then(|it| it.unknown.as_deref()))
    });
    entry.unknown.as_deref().or(inner)
}

fn number_of(entry: &PortNumber<'_>, at: &FieldPath, problems: &mut Problems) -> Option<Port> {
    let protocol = protocol(entry.protocol.as_ref(), at, problems);
    let number = number(entry.port, "port", at, problems);
    let (protocol, number) = (protocol?, number?);
    Some(range(protocol, (number, number), at.join("port")))
}

const fn range(protocol: Protocol, (first, last): (u16, u16), at: FieldPath) -> Port {
    let protocol = Some(protocol);
    Port {
        matches: PortMatch::Range {
            protocol,
            first,
            last,
        },
        at,
    }
}

fn of_transport(
    transport: &Transport<'_>,
    protocol: Protocol,
    at: &FieldPath,
    problems: &mut Problems,
) -> Option<Port> {
    let Some(port) = &transport.destination_port else {
        return Some(range(protocol, (0, u16::MAX), at.clone()));
    };
    let at = at.join("destinationPort");
    match (port.number, &port.range) {
        (Some(found), None) => {
            let number = number(Some(found), "number", &at, problems)?;
            Some(range(protocol, (number, number), at.join("number")))
        }
        (None, Some(range)) => range_of(range, protocol, &at.join("range"), problems),
        _ => {
            let wrong = "a port needs one of number and range";
            problems.push((at, wrong.to_owned()));
            None
        }
    }
}

fn range_of(
    entry: &PortRange<'_>,
    protocol: Protocol,
    at: &FieldPath,
    problems: &mut Problems,
) -> Option<Port> {
    let first = number(entry.start, "start", at, problems);
    let last = number(entry.end, "end", at, problems);
    let (first, last) = (first?, last?);
    if first >= last {
        let wrong = format!("start {first} is not less than end {last}");
        problems.push((at.join("end"), wrong));
        return None;
    }
    Some(range(protocol, (first, last), at.clone()))
}

fn number(
    number: Option<i64>,
    field: &str,
    at: &FieldPath,
    problems: &mut Problems,
) -> Option<u16> {
    let Some(number) = number else {
        problems.push((at.join(field), format!("{field} is missing")));
        return None;
    };
    in_range(number, field, at, problems)
}

fn named(name: &str, at: &FieldPath, problems: &mut Problems) -> Option<Port> {
    if !is_port_name(name) {
        problems.push((at.clone(), format!("{name:?} is no port name")));
        return None;
    }
    let matches = PortMatch::Named {
        protocol: None,
        name: name.into(),
    };
    Some(Port {
        matches,
        at: at.clone(),
    })
}

fn protocol(word: Option<&Word<'_>>, at: &FieldPath, problems: &mut Problems) -> Option<Protocol> {
    let Some(word) = word else {
        return Some(Protocol::Tcp);
    };
    let protocol = Protocol::parse(word);
    if protocol.is_none() {
        let wrong = format!("protocol {:?} is none of TCP, UDP, SCTP", &**word);
        problems.push((at.join("protocol"), wrong));
    }
    protocol
}
