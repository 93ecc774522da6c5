//! Numbers and names of ports as the API server checks them.

use super::selector::Problems;
use crate::finding::FieldPath;

/// A number as a port; what is none goes to the problems.
pub(super) fn in_range(
    number: i64,
    field: &str,
    at: &FieldPath,
    problems: &mut Problems,
) -> Option<u16> {
    let port = u16::try_from(number).ok().filter(|port| *port > 0);
    if port.is_none() {
        let wrong = format!("{field} {number} is not between 1 and 65535");
        problems.push((at.join(field), wrong));
    }
    port
}

/// RFC 6335: up to 15 lower-case letters, digits and single inner dashes, a letter among them.
pub(super) fn is_port_name(name: &str) -> bool {
    (1..=15).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && name.chars().any(|c| c.is_ascii_lowercase())
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}
