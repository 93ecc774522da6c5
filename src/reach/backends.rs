//! Peers that Services tell: their endpoints, and what stands behind them on any port.

use std::net::IpAddr;

use ipnet::IpNet;

use super::peer::{Scene, any_block, block, pods};
use super::{Because, Certainty, Party, Pod};
use crate::cluster::{Answer, Known, View};
use crate::labels::Selector;
use crate::object::{EndpointSlice, Kind, Of, Service, Target};
use crate::policy::{Direction, Family, NAMESPACE_NAME_LABEL, Namespaces, Plain, PodSet, Services};

/// The Service that leads to the API server.
const API_SERVER: (&str, &str) = ("default", "kubernetes");

/// Whether the other end is an endpoint of a Service, asked on its port where it is asked.
pub(super) fn endpoints(namespace: &str, name: &str, scene: &Scene<'_>) -> Certainty {
    let unknown = Certainty::Maybe(Because::Address);
    match scene.other {
        Party::ApiServer(_) if (namespace, name) == API_SERVER => return Certainty::Yes,
        // It never runs on the network of pods.
        Party::Pod(pod) if (namespace, name) == API_SERVER && !pod.host_network => {
            return Certainty::No;
        }
        Party::Unknown { .. } => return unknown,
        _ => {}
    }
    let Some(view) = scene.view else {
        return unknown;
    };
    let slices = view.asking_for::<EndpointSlice>(Kind::Service, namespace, name);
    let asked = scene.flow.family;
    let addresses = scene.other.addresses().iter().copied();
    let addresses: Vec<IpAddr> = addresses
        .filter(|it| asked.is_none_or(|family| family == Family::of(it)))
        .collect();
    if slices
        .iter()
        .any(|slice| listens(slice.body, &addresses, scene))
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

/// Whether the other end stands behind Services, whatever its port.
pub(super) fn behind(which: &Services, namespace: Option<&str>, scene: &Scene<'_>) -> Certainty {
    // Who looks behind Services sees the API server as what it is, and not as addresses.
    if matches!(scene.other, Party::ApiServer(_)) {
        return Certainty::No;
    }
    let Some(view) = scene.view else {
        return Certainty::Maybe(Because::Address);
    };
    let services = match namespace {
        Some(namespace) => view.all::<Service>(Kind::Service, namespace),
        None => view.everywhere::<Service>(Kind::Service),
    };
    let meant: Vec<_> = services
        .into_iter()
        .filter(|service| match which {
            Services::Named(name) => service.meta.name() == &**name,
            Services::Labelled(labels) => labels.matches(&service.meta.labels),
        })
        .collect();
    let is_that_one = matches!(which, Services::Named(_)) && namespace.is_some();
    let all = is_that_one && !meant.is_empty();
    let found = Certainty::any(meant.into_iter().map(|service| one(service, scene, view)));
    let place = namespace.unwrap_or_default();
    if found == Certainty::No && !all && view.known(Kind::Service, place) != Known::All {
        let why = "which Services there are is not known";
        return Certainty::Maybe(Because::Rule(why.into()));
    }
    found
}

/// Whether the other end stands behind one Service: as a pod that it selects, or at an address
/// that somebody else tells of a Service that selects none.
fn one(service: Of<'_, Service>, scene: &Scene<'_>, view: View<'_>) -> Certainty {
    let (namespace, name) = (service.meta.namespace(), service.meta.name());
    if !service.selects.is_empty() {
        let there = Selector::equal_to([(NAMESPACE_NAME_LABEL, namespace)]);
        let set = PodSet {
            namespaces: Namespaces::Matching(there),
            pods: service.selects.clone(),
            asks_for_pods: true,
            plain: Plain::default(),
        };
        return pods(&set, scene);
    }
    let slices = view.asking_for::<EndpointSlice>(Kind::Service, namespace, name);
    let addresses = slices.iter().flat_map(|slice| &slice.body.addresses);
    let found = addresses.map(|address| block(&IpNet::from(*address), &[], scene));
    let found = Certainty::any(found);
    if found == Certainty::No && view.known(Kind::EndpointSlice, namespace) != Known::All {
        return any_block(scene).and(|| Certainty::Maybe(Because::Address));
    }
    found
}
