//! Whether a class of peers holds the other end of a Flow.

use super::{Because, Certainty, Party};
use crate::policy::{Entity, Family};

/// Whether one of `entities` is `party`.
pub(super) fn matches(entities: &[Entity], party: &Party<'_>, family: Option<Family>) -> Certainty {
    let has = |entity: Entity| entities.contains(&entity);
    if has(Entity::All) {
        return Certainty::Yes;
    }
    let cluster = Certainty::from(has(Entity::Cluster));
    let world = |family: Family| {
        let of_family = match family {
            Family::V4 => Entity::WorldIpv4,
            Family::V6 => Entity::WorldIpv6,
        };
        Certainty::from(has(Entity::World) || has(of_family))
    };
    match party {
        Party::Address(address) => world(Family::of(address)),
        Party::Pod(pod) if !pod.host_network => cluster,
        // The API server may run there, and who it is for decides which of the two a node is.
        Party::Pod(_) | Party::Node { .. } => {
            Certainty::any([cluster, nodes(entities), maybe(has(Entity::KubeApiServer))])
        }
        Party::ApiServer(server) => {
            let inside = cluster == Certainty::Yes || has(Entity::KubeApiServer);
            // Outside the cluster it is one of the world's addresses, too.
            let outside = match server.address.as_ref().map(Family::of).or(family) {
                Some(family) => world(family),
                None if has(Entity::World) => Certainty::Yes,
                None => maybe(has(Entity::WorldIpv4) || has(Entity::WorldIpv6)),
            };
            let elsewhere = match server.on_node {
                Some(true) => nodes(entities),
                Some(false) => outside,
                None if nodes(entities) == outside => outside,
                None => maybe(nodes(entities) != Certainty::No || outside != Certainty::No),
            };
            Certainty::any([inside.into(), elsewhere])
        }
        Party::Unknown { .. } => maybe(entities.iter().any(|it| *it != Entity::Internal)),
    }
}

/// Whether a node is meant: of the pod's own and the others it is not known which it is.
fn nodes(entities: &[Entity]) -> Certainty {
    let (own, other) = (
        entities.contains(&Entity::Host),
        entities.contains(&Entity::RemoteNode),
    );
    if own && other {
        Certainty::Yes
    } else {
        maybe(own || other)
    }
}

fn maybe(may: bool) -> Certainty {
    if may {
        Certainty::Maybe(Because::Address)
    } else {
        Certainty::No
    }
}
