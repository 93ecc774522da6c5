//! The port of a question: a number or a name, and the protocol.

use super::{Shape, Unfound};
use crate::policy::Protocol;

/// A port as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The number or the name.
    pub port: Port,
    /// The protocol, where it is given.
    pub protocol: Option<Protocol>,
}

/// A port by its number or by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// A number.
    Number(u16),
    /// A name, which pods resolve by their own declarations.
    Name(String),
}

impl Asked {
    /// Reads `8080`, `8080/UDP`, `http` and `http/TCP`.
    pub fn parse(words: &str) -> Result<Self, Unfound> {
        let (port, protocol) = match words.split_once('/') {
            Some((port, protocol)) => (port, Some(protocol)),
            None => (words, None),
        };
        let known = protocol.map(|it| Protocol::parse(&it.to_ascii_uppercase()));
        let unfit = || Unfound::Unfit(format!("{words} is no port: 8080, 8080/UDP or a name"));
        let digits = !port.is_empty() && port.bytes().all(|it| it.is_ascii_digit());
        let port = match port.parse::<u16>() {
            Ok(0) => return Err(unfit()),
            Ok(number) => Port::Number(number),
            Err(_) if digits || port.is_empty() => return Err(unfit()),
            Err(_) => Port::Name(port.to_owned()),
        };
        Ok(Self {
            port,
            protocol: match known {
                None => None,
                Some(Some(protocol)) => Some(protocol),
                Some(None) => return Err(unfit()),
            },
        })
    }

    /// The port of some pods that is meant; `None` where they do not declare the name.
    pub fn on(&self, shape: &Shape<'_>) -> Option<(u16, Protocol)> {
        match &self.port {
            Port::Number(number) => Some((*number, self.protocol.unwrap_or_default())),
            Port::Name(name) => {
                let mut ports = shape.ports.iter();
                let found = ports.find(|port| {
                    port.name.as_deref() == Some(name)
                        && self.protocol.is_none_or(|it| it == port.protocol)
                });
                found.map(|port| (port.number, port.protocol))
            }
        }
    }
}

/// The ports that pods declare, each once, in words: `8080 (http), 53/UDP (dns)`.
pub(super) fn in_words(shapes: &[Shape<'_>]) -> String {
    let mut words: Vec<String> = Vec::new();
    for port in shapes.iter().flat_map(|shape| &shape.ports) {
        let number = match port.protocol {
            Protocol::Tcp => port.number.to_string(),
            other => format!("{}/{other}", port.number),
        };
        let word = match &port.name {
            Some(name) => format!("{number} ({name})"),
            None => number,
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &str) -> Option<(Port, Option<Protocol>)> {
        Asked::parse(words).ok().map(|it| (it.port, it.protocol))
    }

    #[test]
    fn a_port_is_a_number_or_a_name_with_a_protocol_or_without() {
        let name = |name: &str| Port::Name(name.to_owned());
        assert_eq!(parsed("80"), Some((Port::Number(80), None)));
        let udp = Some(Protocol::Udp);
        assert_eq!(parsed("53/udp"), Some((Port::Number(53), udp)));
        assert_eq!(parsed("http"), Some((name("http"), None)));
        assert_eq!(parsed("dns/UDP"), Some((name("dns"), udp)));
        for bad in ["", "0", "65536", "80/", "80/http", "/TCP", "80/TCP/1"] {
            assert_eq!(parsed(bad), None, "{bad}");
        }
    }
}
