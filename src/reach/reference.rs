//! Peers that other objects tell: sets of addresses, and the endpoints of Services.

use std::net::IpAddr;

use super::peer::{Scene, block};
use super::{Because, Certainty, Facts, Party, Pod};
use crate::cluster::{Answer, Known, View};
use crate::labels::{Labels, Selector};
use crate::object::{EndpointSlice, Kind, NetworkSet, Of, Service, Target};
use crate::policy::{Direction, Namespaces};

/// Whether a set of addresses that the selectors find holds the other end. Of manifests those
/// that are not among them are taken not to exist.
pub(super) fn sets(
    namespaces: Option<&Namespaces>,
    labels: &Selector,
    scene: &Scene<'_>,
) -> Certainty {
    let unknown = Certainty::Maybe(Because::Address);
    let Some(view) = scene.view else {
        return unknown;
    };
    let kind = namespaces.map_or(Kind::GlobalNetworkSet, |_| Kind::NetworkSet);
    let all = view.network_sets().into_iter();
    let found = all
        .filter(|set| set.meta.kind == kind)
        .map(|set| is_meant(&set, namespaces, labels, scene, view).and(|| holds(set.body, scene)));
    let found = Certainty::any(found);
    if found == Certainty::No && view.known(kind, scene.namespace) == Known::Unknown {
        return unknown;
    }
    found
}

fn is_meant(
    set: &Of<'_, NetworkSet>,
    namespaces: Option<&Namespaces>,
    labels: &Selector,
    scene: &Scene<'_>,
    view: View<'_>,
) -> Certainty {
    let there = match namespaces {
        None => Certainty::Yes,
        Some(Namespaces::Own) => Certainty::from(set.meta.namespace() == scene.namespace),
        Some(Namespaces::Matching(selector)) => {
            let of_namespace = view.namespace_labels(set.meta.namespace());
            facts(&of_namespace).meet(selector, &Because::Namespace)
        }
    };
    there.and(|| Certainty::from(labels.matches(&set.meta.labels)))
}

fn holds(set: &NetworkSet, scene: &Scene<'_>) -> Certainty {
    let blocks = set.nets.iter();
    let domains = if set.has_domains {
        Certainty::Maybe(Because::Address)
    } else {
        Certainty::No
    };
    let blocks = blocks.map(|net| block(net, &[], scene.other, scene.datapath));
    Certainty::any(blocks.chain([domains]))
}

/// The Service that leads to the API server.
const API_SERVER: (&str, &str) = ("default", "kubernetes");

/// Whether the other end is an endpoint of a Service, asked on its port where it is asked.
pub(super) fn service(namespace: &str, name: &str, scene: &Scene<'_>) -> Certainty {
    let unknown = Certainty::Maybe(Because::Address);
    match scene.other {
        Party::ApiServer(_) if (namespace, name) == API_SERVER => return Certainty::Yes,
        Party::Unknown { .. } => return unknown,
        _ => {}
    }
    let Some(view) = scene.view else {
        return unknown;
    };
    let slices = view.asking_for::<EndpointSlice>(Kind::Service, namespace, name);
    let addresses: &[IpAddr] = match scene.other {
        Party::Pod(pod) => pod.addresses,
        Party::Address(address) | Party::Node { address, .. } => std::slice::from_ref(address),
        Party::ApiServer(server) => server.address.as_slice(),
        Party::Unknown { .. } => &[],
    };
    if slices
        .iter()
        .any(|slice| listens(slice.body, addresses, scene))
    {
        return Certainty::Yes;
    }
    match (
        view.get::<Service>(Kind::Service, namespace, name),
        scene.other,
    ) {
        (Answer::Absent, _) => Certainty::No,
        (Answer::Unknown, _) => unknown,
        (Answer::Found(service), Party::Pod(pod)) if !service.selects.is_empty() => {
            of_pod(service, pod, scene)
        }
        // Only slices tell of endpoints that are no pods.
        (Answer::Found(service), Party::Address(_)) if !service.selects.is_empty() => Certainty::No,
        (Answer::Found(_), _) => match view.known(Kind::EndpointSlice, namespace) {
            Known::All => Certainty::No,
            Known::Files | Known::Unknown => unknown,
        },
    }
}

/// Whether a slice names one of these addresses, and the port of the Flow.
fn listens(slice: &EndpointSlice, addresses: &[IpAddr], scene: &Scene<'_>) -> bool {
    let there = slice.addresses.iter().any(|it| addresses.contains(it));
    let flow = scene.flow;
    let port = || {
        let mut ports = slice.ports.iter();
        ports.any(|it| {
            it.protocol == flow.protocol && it.port.is_none_or(|number| number == flow.port)
        })
    };
    there && (scene.direction == Direction::Ingress || port())
}

/// Whether a pod is an endpoint by a Service's selector, on the port of the Flow.
fn of_pod(service: Of<'_, Service>, pod: &Pod<'_>, scene: &Scene<'_>) -> Certainty {
    let selected = Certainty::from(pod.namespace == service.meta.namespace())
        .and(|| pod.labels.meet(&service.selects, &Because::Labels));
    if scene.direction == Direction::Ingress {
        return selected;
    }
    let flow = scene.flow;
    let ports = service
        .ports
        .iter()
        .filter(|it| it.protocol == flow.protocol);
    let port = ports.map(|port| match (&port.target, pod.ports) {
        (Target::Name(_), None) => Certainty::Maybe(Because::Ports),
        (Target::Name(name), Some(declared)) => Certainty::from(declared.iter().any(|it| {
            it.name == &**name && it.number == flow.port && it.protocol == flow.protocol
        })),
        (Target::Same | Target::Number(_), _) => Certainty::from(port.number() == Some(flow.port)),
    });
    let port = Certainty::any(port);
    selected.and(|| port)
}

fn facts(labels: &Result<Labels, Labels>) -> Facts<'_> {
    match labels {
        Ok(labels) => Facts::all(labels),
        Err(labels) => Facts::some(labels),
    }
}
