//! Whether a rule's ports hold the port of a Flow.

use super::{Because, Certainty, Flow, Party};
use crate::policy::{PortMatch, Ports};

/// Whether `ports` hold the destination port of `flow`.
pub(super) fn matches(ports: &Ports, flow: &Flow<'_>) -> Certainty {
    match ports {
        Ports::Any => Certainty::Yes,
        Ports::OneOf(ports) => Certainty::any(ports.iter().map(|port| one(&port.matches, flow))),
    }
}

fn one(entry: &PortMatch, flow: &Flow<'_>) -> Certainty {
    match entry {
        PortMatch::Range {
            protocol,
            first,
            last,
        } => {
            let protocol = protocol.is_none_or(|protocol| protocol == flow.protocol);
            Certainty::from(protocol && (*first..=*last).contains(&flow.port))
        }
        PortMatch::Named { protocol, .. } if protocol.is_some_and(|it| it != flow.protocol) => {
            Certainty::No
        }
        PortMatch::Named { name, .. } => match &flow.destination {
            Party::Pod(pod) => pod.ports.map_or(Certainty::Maybe(Because::Ports), |ports| {
                let declared = ports.iter().any(|port| {
                    port.name == &**name
                        && port.number == flow.port
                        && port.protocol == flow.protocol
                });
                declared.into()
            }),
            // Names resolve on pods; an address declares none.
            Party::Address(_)
            | Party::Node { .. }
            | Party::ApiServer(_)
            | Party::Unknown { may_be_pod: false } => Certainty::No,
            Party::Unknown { may_be_pod: true } => Certainty::Maybe(Because::Ports),
        },
    }
}
