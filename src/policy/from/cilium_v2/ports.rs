//! `toPorts` of a Cilium rule.

use super::spec::{Layer7, PortEntry, PortRule};
use crate::finding::FieldPath;
use crate::policy::from::port::in_range;
use crate::policy::from::selector::Problems;
use crate::policy::{Port, PortMatch, Ports, Protocol};

/// What one entry of `toPorts` admits, and why it cannot be decided, if it cannot.
pub(super) fn translate(
    entry: &PortRule<'_>,
    at: &FieldPath,
    problems: &mut Problems,
) -> (Ports, Option<String>) {
    let ports = entry.ports.as_deref().unwrap_or_default();
    let unknown = entry
        .unknown
        .as_deref()
        .or_else(|| ports.iter().find_map(|port| port.unknown.as_deref()));
    if let Some(unknown) = unknown {
        // What an unknown field admits may be anything.
        return (Ports::Any, Some(format!("unknown field {unknown:?}")));
    }
    let layer7 = entry.rules.as_ref().and_then(reason).or_else(|| {
        let names = entry.server_names.as_ref().is_some_and(|it| !it.is_empty());
        let proxy = entry.listener.is_some();
        (names || proxy).then_some("what a proxy lets pass is not known")
    });
    if ports.is_empty() {
        let why = layer7.unwrap_or("toPorts names no ports");
        return (Ports::Any, Some(why.to_owned()));
    }
    // TLS that the proxy ends or starts stops nothing by itself.
    let _ = (&entry.terminating, &entry.originating);
    let ports = ports.iter().enumerate().filter_map(|(index, entry)| {
        let at = at.join("ports").index(index);
        Some(Port {
            matches: port(entry, &at, problems)?,
            at: at.join("port"),
        })
    });
    (Ports::OneOf(ports.collect()), layer7.map(str::to_owned))
}

/// Why rules on requests cannot be decided, unless they admit every one.
fn reason(rules: &Layer7<'_>) -> Option<&'static str> {
    let some =
        |list: &Option<Vec<serde::de::IgnoredAny>>| list.as_ref().is_some_and(|it| !it.is_empty());
    if rules.unknown.is_some()
        || some(&rules.http)
        || some(&rules.kafka)
        || some(&rules.other)
        || rules.proto.is_some()
    {
        return Some("what a request says is not known");
    }
    let dns = rules.dns.as_deref().unwrap_or_default();
    let every = dns.iter().any(|rule| {
        rule.pattern.as_deref() == Some("*") && rule.name.is_none() && rule.unknown.is_none()
    });
    (!dns.is_empty() && !every).then_some("which names are asked for is not known")
}

fn port(entry: &PortEntry<'_>, at: &FieldPath, problems: &mut Problems) -> Option<PortMatch> {
    let protocol = protocol(entry, at, problems);
    let text = entry.port.as_deref().unwrap_or("");
    let Ok(number) = text.parse::<i64>() else {
        return named(text, protocol, at, problems);
    };
    let end = entry.end_port.unwrap_or(0);
    if number == 0 && end == 0 {
        return Some(PortMatch::Range {
            protocol: protocol.ok()?,
            first: 0,
            last: u16::MAX,
        });
    }
    let first = in_range(number, "port", at, problems);
    let last = match end {
        0 => first,
        end if end < number => {
            let wrong = format!("endPort {end} is less than port {number}");
            problems.push((at.join("endPort"), wrong));
            // Cilium takes such a range for its first port.
            first
        }
        end => in_range(end, "endPort", at, problems),
    };
    Some(PortMatch::Range {
        protocol: protocol.ok()?,
        first: first?,
        last: last?,
    })
}

/// A port by its name, which counts whatever its letters' case.
fn named(
    text: &str,
    protocol: Result<Option<Protocol>, NoFlow>,
    at: &FieldPath,
    problems: &mut Problems,
) -> Option<PortMatch> {
    let name = text.to_ascii_lowercase();
    if !crate::policy::from::port::is_port_name(&name) {
        problems.push((at.join("port"), format!("{text:?} is no port")));
        return None;
    }
    Some(PortMatch::Named {
        protocol: protocol.ok()?,
        name: name.into(),
    })
}

/// A protocol of which no Flow is.
struct NoFlow;

/// The protocol, `None` for all of them.
fn protocol(
    entry: &PortEntry<'_>,
    at: &FieldPath,
    problems: &mut Problems,
) -> Result<Option<Protocol>, NoFlow> {
    let word = entry.protocol.as_deref().unwrap_or("");
    match word {
        "" | "ANY" => Ok(None),
        // No Flow is one of these.
        "ICMP" | "ICMPv6" | "ICMPV6" | "IGMP" | "VRRP" => Err(NoFlow),
        word => {
            let found = Protocol::parse(word);
            if found.is_none() {
                let wrong = format!("protocol {word:?} is none of TCP, UDP, SCTP, ANY");
                problems.push((at.join("protocol"), wrong));
            }
            found.map(Some).ok_or(NoFlow)
        }
    }
}
