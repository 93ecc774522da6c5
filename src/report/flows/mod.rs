//! Who may talk to whom, for people and for documents: one format a file.

pub mod dot;
mod graph;
pub mod json;
pub mod matrix;
pub mod mermaid;
pub mod table;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use table::Look;

use anstyle::{AnsiColor, Style};

use crate::flows::{ALLOWED, Code, DENIED, Port, PortsOf};

/// How many ports are named before the rest is counted.
const MOST_PORTS: usize = 3;

/// Ports in a few words: `8080/TCP, 9090/TCP`.
fn ports(ports: &PortsOf) -> String {
    match ports {
        PortsOf::These(ports) => several(ports),
        PortsOf::EachItsOwn => "all declared".to_owned(),
        PortsOf::Others => "all others".to_owned(),
    }
}

fn several(ports: &[Port]) -> String {
    let named: Vec<String> = ports
        .iter()
        .take(MOST_PORTS)
        .map(|(protocol, port)| format!("{port}/{protocol}"))
        .collect();
    let rest = ports.len() - named.len();
    let named = named.join(", ");
    if rest == 0 {
        named
    } else {
        format!("{named} and {rest} more")
    }
}

/// The colour of a verdict.
fn colour(verdict: Code) -> Style {
    match verdict {
        ALLOWED => AnsiColor::Green,
        DENIED => AnsiColor::Red,
        _ => AnsiColor::Yellow,
    }
    .on_default()
}
