//! Which names, ports and labels the API server takes; each check says what is wrong with one.

use super::problems::{At, Problems};
use super::wire::{Int, IntOrStr, Pairs, Str, given};
use crate::policy::Protocol;

/// A port number, if it is one.
pub(super) fn port_number(number: i32) -> Option<u16> {
    u16::try_from(number).ok().filter(|number| *number > 0)
}

/// A port that is required to be a number; what else it is becomes a problem.
pub(super) fn port(
    field: &str,
    number: Option<Int>,
    at: &At<'_>,
    problems: &mut Problems,
) -> Option<u16> {
    let Some(Int(number)) = number else {
        problems.add(at, format!("{field} is missing"));
        return None;
    };
    let port = port_number(number);
    if port.is_none() {
        problems.add(at, out_of_range(field, number));
    }
    port
}

/// A port by number or name.
pub(super) enum Port<'s> {
    /// A number from 1 to 65535.
    Number(u16),
    /// A name that a port may have.
    Name(&'s str),
}

/// A port that may be a number or a name; what else it is becomes a problem.
pub(super) fn port_or_name<'s>(
    field: &str,
    port: &'s IntOrStr<'_>,
    at: &At<'_>,
    problems: &mut Problems,
) -> Option<Port<'s>> {
    match port {
        IntOrStr::Int(number) => {
            let port = port_number(*number).map(Port::Number);
            if port.is_none() {
                problems.add(at, out_of_range(field, *number));
            }
            port
        }
        IntOrStr::Str(name) => match port_name_flaw(name) {
            Some(flaw) => {
                problems.add(
                    at,
                    format!("{field} {:?} is not a port's name: {flaw}", &**name),
                );
                None
            }
            None => Some(Port::Name(name)),
        },
    }
}

fn out_of_range(field: &str, number: i32) -> String {
    format!("{field} {number} is not between 1 and 65535")
}

/// What is wrong with the name of a container's port (`IANA_SVC_NAME`), if anything.
pub(super) fn port_name_flaw(name: &str) -> Option<&'static str> {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    if name.is_empty() {
        Some("it is empty")
    } else if name.bytes().all(|c| c.is_ascii_digit()) {
        Some("it has only digits; as a number it stands without quotes")
    } else if name.len() > 15 {
        Some("it is longer than 15 characters")
    } else if !name.bytes().all(allowed) {
        Some("it may have only lower-case letters, digits and '-'")
    } else if !name.bytes().any(|c| c.is_ascii_lowercase()) {
        Some("it has no letter")
    } else if name.contains("--") {
        Some("it has two '-' in a row")
    } else if name.starts_with('-') || name.ends_with('-') {
        Some("it starts or ends with '-'")
    } else {
        None
    }
}

/// What is wrong with a DNS label (RFC 1123), if anything.
pub(super) fn dns_label_flaw(name: &str) -> Option<&'static str> {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    if name.is_empty() {
        Some("it is empty")
    } else if name.len() > 63 {
        Some("it is longer than 63 characters")
    } else if !name.bytes().all(allowed) {
        Some("it may have only lower-case letters, digits and '-'")
    } else if name.starts_with('-') || name.ends_with('-') {
        Some("it starts or ends with '-'")
    } else {
        None
    }
}

/// What is wrong with a DNS subdomain (RFC 1123), if anything.
pub(super) fn dns_subdomain_flaw(name: &str) -> Option<&'static str> {
    if name.len() > 253 {
        return Some("it is longer than 253 characters");
    }
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    let mut words = name.split('.');
    if words.clone().any(|word| !word.bytes().all(allowed)) {
        Some("it may have only lower-case letters, digits, '-' and '.'")
    } else if words.any(|word| word.is_empty() || word.starts_with('-') || word.ends_with('-')) {
        Some("each part between dots must start and end with a letter or digit")
    } else {
        None
    }
}

/// The protocol, TCP where it is omitted; a word that is none becomes a problem.
pub(super) fn protocol(
    word: Option<&Str<'_>>,
    at: &At<'_>,
    problems: &mut Problems,
) -> Option<Protocol> {
    let Some(word) = given(word) else {
        return Some(Protocol::Tcp);
    };
    let protocol = Protocol::parse(word);
    if protocol.is_none() {
        problems.add(
            &at.key("protocol"),
            format!("protocol {word:?} is not one of TCP, UDP, SCTP"),
        );
    }
    protocol
}

/// Checks the keys and values of labels or of a plain selector.
pub(super) fn check_labels(pairs: &Pairs<'_>, at: &At<'_>, problems: &mut Problems) {
    for (key, value) in pairs.iter() {
        if let Some(flaw) = label_key_flaw(key) {
            problems.add(
                &at.key(key),
                format!("label key {key:?} is not valid: {flaw}"),
            );
        }
        if let Some(flaw) = label_value_flaw(value) {
            problems.add(
                &at.key(key),
                format!("label value {value:?} is not valid: {flaw}"),
            );
        }
    }
}

/// What is wrong with a label's key, if anything.
pub(super) fn label_key_flaw(key: &str) -> Option<&'static str> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    if let Some(prefix) = prefix
        && (prefix.is_empty() || dns_subdomain_flaw(prefix).is_some())
    {
        return Some("what stands before the '/' must be a DNS name");
    }
    if name.is_empty() {
        return Some("its name is empty");
    }
    label_value_flaw(name)
}

/// What is wrong with a label's value, if anything.
pub(super) fn label_value_flaw(value: &str) -> Option<&'static str> {
    let edge = |c: Option<u8>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    if value.is_empty() {
        None
    } else if value.len() > 63 {
        Some("it is longer than 63 characters")
    } else if !value.bytes().all(allowed) {
        Some("it may have only letters, digits, '-', '_' and '.'")
    } else if !edge(value.bytes().next()) || !edge(value.bytes().next_back()) {
        Some("it must start and end with a letter or digit")
    } else {
        None
    }
}
