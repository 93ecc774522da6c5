//! Whether a rule's peers hold the other end of a Flow: the one place that reads a `Peer`.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{
    ApiServer, Because, Certainty, Facts, Flow, Party, Pod, backends, entity, node, reference,
};
use crate::cluster::{View, differs_by_pod};
use crate::labels::{Labels, Selector};
use crate::policy::{
    Datapath, Direction, Family, NAMESPACE_NAME_LABEL, Namespaces, OF_NAMESPACE, Peer, Peers,
    PodSet,
};

/// A rule's question about a Flow.
#[derive(Clone, Copy)]
pub(super) struct Scene<'s> {
    /// The Flow.
    pub(super) flow: &'s Flow<'s>,
    /// Which way it goes, seen from `own`.
    pub(super) direction: Direction,
    /// The namespace of the policy.
    pub(super) namespace: &'s str,
    /// The end from which it is seen.
    pub(super) own: &'s Party<'s>,
    /// The other one.
    pub(super) other: &'s Party<'s>,
    /// The datapath.
    pub(super) datapath: Datapath,
    /// Where what peers refer to is looked up.
    pub(super) view: Option<View<'s>>,
}

/// Whether `peers` hold the other end of a Flow.
pub(super) fn matches(peers: &Peers, scene: &Scene<'_>) -> Certainty {
    match peers {
        Peers::Any => Certainty::Yes,
        Peers::OneOf(peers) => Certainty::any(peers.iter().map(|peer| one(peer, scene))),
    }
}

/// Whether a set of pods, of a policy in `namespace`, holds `pod`.
pub fn selects(set: &PodSet, namespace: &str, pod: &Pod<'_>) -> Certainty {
    let there = match &set.namespaces {
        Namespaces::Own => Certainty::from(pod.namespace == namespace),
        Namespaces::Matching(selector) => pod.namespace_labels.meet(selector, &Because::Namespace),
    };
    there.and(|| {
        if set.pods.looks_beside() {
            let labels = beside(pod);
            let labels = Facts {
                labels: &labels,
                ..pod.labels
            };
            return labels.meet(&set.pods, &Because::Labels);
        }
        match pod.labels.meet(&set.pods, &Because::Labels) {
            Certainty::No if may_be_one_of(&set.pods, pod) => Certainty::Maybe(Because::Labels),
            met => met,
        }
    })
}

/// Whether a selector may tell one pod from the others that `pod` stands for, by a label that its
/// controller gives to each.
fn may_be_one_of(selector: &Selector, pod: &Pod<'_>) -> bool {
    let tells_apart = || {
        let mut keys = selector.requirements.iter().map(|it| &*it.key);
        keys.any(|key| differs_by_pod(key) && pod.labels.labels.get(key).is_none())
    };
    let others = || {
        selector
            .without(differs_by_pod)
            .decide(pod.labels.labels, pod.labels.complete)
    };
    pod.name.is_none() && tells_apart() && others() != Some(false)
}

/// The labels of a pod, and what is known of those of its namespace.
fn beside(pod: &Pod<'_>) -> Labels {
    let own = pod
        .labels
        .labels
        .iter()
        .map(|(key, value)| (key.to_owned(), value));
    let of_namespace = pod.namespace_labels.labels.iter();
    let of_namespace = of_namespace.map(|(key, value)| (format!("{OF_NAMESPACE}{key}"), value));
    let name = format!("{OF_NAMESPACE}{NAMESPACE_NAME_LABEL}");
    own.chain(of_namespace)
        .chain([(name, pod.namespace)])
        .collect()
}

/// Whether one peer holds the other end of a Flow.
pub(super) fn one(peer: &Peer, scene: &Scene<'_>) -> Certainty {
    match peer {
        Peer::Pods { set, .. } => pods(set, scene),
        Peer::Net { net, except } => block(net, except, scene),
        Peer::Network(net) => {
            let scene = Scene {
                datapath: Datapath::Endpoint,
                ..*scene
            };
            block(net, &[], &scene)
        }
        Peer::Nodes(selector) => node::matches(selector, scene),
        Peer::Entities(entities) => entity::matches(entities, scene.other, scene.flow.family),
        Peer::Elsewhere(why) => elsewhere(why, scene.other, scene.datapath),
        Peer::Sets { which, except } => reference::sets(which, except, scene),
        Peer::Service { namespace, name } => {
            backends::endpoints(namespace.as_deref().unwrap_or(scene.namespace), name, scene)
        }
        Peer::Backends { which, namespace } => backends::behind(which, namespace.as_deref(), scene),
        Peer::AllOf(all) => all.iter().fold(Certainty::Yes, |answer, peers| {
            answer.and(|| matches(peers, scene))
        }),
        Peer::Not(peers) => matches(peers, scene).negated(),
        Peer::Subject(peers) => {
            let turned = Scene {
                direction: match scene.direction {
                    Direction::Ingress => Direction::Egress,
                    Direction::Egress => Direction::Ingress,
                },
                own: scene.other,
                other: scene.own,
                ..*scene
            };
            matches(peers, &turned)
        }
    }
}

/// Whether a set of pods holds the other end of a Flow.
pub(super) fn pods(set: &PodSet, scene: &Scene<'_>) -> Certainty {
    let (namespace, datapath) = (scene.namespace, scene.datapath);
    match scene.other {
        Party::Unknown { may_be_pod: true } => Certainty::Maybe(Because::Address),
        Party::Address(_) | Party::Node { .. } | Party::Unknown { .. } => Certainty::No,
        Party::Pod(pod) if pod.host_network && !sees_host_pods(datapath) => Certainty::No,
        Party::Pod(pod) => selects(set, namespace, pod),
        Party::ApiServer(server) => {
            let ovn = datapath == Datapath::Endpoint && server.may_be_on_ovn && set.asks_for_pods;
            if server.may_be_pod && (sees_host_pods(datapath) || ovn) {
                api_server_pod(set, namespace)
            } else {
                Certainty::No
            }
        }
    }
}

/// Whether addresses that are not known hold `party`.
fn elsewhere(why: &Arc<str>, party: &Party<'_>, datapath: Datapath) -> Certainty {
    let may = match party {
        Party::Address(_) | Party::Unknown { .. } => true,
        Party::Pod(pod) => pod.host_network && matches_nodes(datapath),
        Party::Node { .. } => matches_nodes(datapath),
        Party::ApiServer(server) => server.on_node != Some(true) || matches_nodes(datapath),
    };
    if may {
        Certainty::Maybe(Because::Rule(why.clone()))
    } else {
        Certainty::No
    }
}

/// Whether selectors find pods on their host's network.
fn sees_host_pods(datapath: Datapath) -> bool {
    datapath == Datapath::AwsVpcCni
}

/// The namespaces and labels that installers give to the API server's own pods.
const API_SERVER_PODS: [(&str, &[(&str, &str)]); 3] = [
    (
        "kube-system",
        &[("component", "kube-apiserver"), ("tier", "control-plane")],
    ),
    ("kube-system", &[("k8s-app", "kube-apiserver")]),
    (
        "openshift-kube-apiserver",
        &[("app", "openshift-kube-apiserver"), ("apiserver", "true")],
    ),
];

/// Whether a set, of a policy in `namespace`, could hold the API server's own pod, as installers
/// label it.
fn api_server_pod(set: &PodSet, namespace: &str) -> Certainty {
    let found = Certainty::any(API_SERVER_PODS.into_iter().map(|(there, labels)| {
        let of_namespace: Labels = [(NAMESPACE_NAME_LABEL, there)].into_iter().collect();
        let labels: Labels = labels.iter().copied().collect();
        let pod = Pod {
            namespace: there,
            namespace_labels: Facts::some(&of_namespace),
            name: None,
            labels: Facts::all(&labels),
            addresses: &[],
            host_network: true,
            ports: None,
            node: None,
        };
        selects(set, namespace, &pod)
    }));
    // It may as well be hosted elsewhere.
    found.and(|| Certainty::Maybe(Because::Address))
}

/// Whether a set, of a policy in `namespace`, names the API server's own pods by their labels:
/// clients dial its address, not a name.
pub fn names_api_server(set: &PodSet, namespace: &str) -> bool {
    !set.pods.is_empty() && api_server_pod(set, namespace) != Certainty::No
}

/// Whether a block of addresses holds `party`: what else an address stands for decides on some
/// datapaths.
pub(super) fn block(net: &IpNet, except: &[IpNet], scene: &Scene<'_>) -> Certainty {
    let datapath = scene.datapath;
    let asked = scene.flow.family;
    if asked.is_some_and(|family| family != Family::of(&net.addr())) {
        return Certainty::No;
    }
    let holds = |address: IpAddr| {
        net.contains(&address) && !except.iter().any(|less| less.contains(&address))
    };
    match scene.other {
        Party::Unknown { .. } => Certainty::Maybe(Because::Address),
        Party::Address(address) => holds(*address).into(),
        Party::Node { address, .. } => Certainty::from(matches_nodes(datapath) && holds(*address)),
        Party::Pod(pod) => {
            let visible = if pod.host_network {
                matches_nodes(datapath)
            } else {
                matches_pods(datapath)
            };
            if visible {
                of_pod(pod, asked, holds)
            } else {
                Certainty::No
            }
        }
        Party::ApiServer(server) => {
            of_api_server(net, server, holds).and(|| visible_api_server(server, datapath))
        }
    }
}

/// Whether a block could hold the other end at all.
pub(super) fn any_block(scene: &Scene<'_>) -> Certainty {
    let all = [Ipv4Net::default().into(), Ipv6Net::default().into()];
    Certainty::any(all.iter().map(|net| block(net, &[], scene)))
}

/// Whether addresses match the pods that have them.
fn matches_pods(datapath: Datapath) -> bool {
    !matches!(datapath, Datapath::Cilium | Datapath::CiliumNodes)
}

/// Whether addresses match the nodes that have them.
fn matches_nodes(datapath: Datapath) -> bool {
    datapath != Datapath::Cilium
}

/// Whether a block holds the address of a pod that is asked for: of any family, or of one.
fn of_pod(pod: &Pod<'_>, asked: Option<Family>, holds: impl Fn(IpAddr) -> bool) -> Certainty {
    if pod.addresses.is_empty() {
        return Certainty::Maybe(Because::Address);
    }
    // A connection over its other address is admitted or not on its own.
    let of = |family: Family| {
        let same = pod.addresses.iter().filter(|it| Family::of(it) == family);
        Certainty::same(same.map(|it| holds(*it).into()), &Because::Address)
    };
    let families = Family::ALL.into_iter();
    let families = families.filter(|family| asked.is_none_or(|asked| asked == *family));
    Certainty::same(families.filter_map(of), &Because::Family).unwrap_or(Certainty::No)
}

fn of_api_server(net: &IpNet, server: &ApiServer, holds: impl Fn(IpAddr) -> bool) -> Certainty {
    match server.address {
        Some(address) => holds(address).into(),
        None if could_hold_node(net) => Certainty::Maybe(Because::Address),
        None => Certainty::No,
    }
}

fn visible_api_server(server: &ApiServer, datapath: Datapath) -> Certainty {
    match server.on_node {
        _ if matches_nodes(datapath) => Certainty::Yes,
        Some(on_node) => Certainty::from(!on_node),
        None => Certainty::Maybe(Because::Address),
    }
}

/// The first address of the ranges that installers give to Services: always that of
/// `default/kubernetes`, never an endpoint's.
const SERVICE_ADDRESSES: [&str; 12] = [
    "10.96.0.1",
    "10.43.0.1",
    "172.20.0.1",
    "10.100.0.1",
    "10.0.0.1",
    "172.30.0.1",
    "10.152.183.1",
    "10.233.0.1",
    "172.21.0.1",
    "10.245.0.1",
    "34.118.224.1",
    "fd00:10:96::1",
];

/// Whether an address in a block could be one that a host listens on.
fn could_hold_node(net: &IpNet) -> bool {
    let address = net.addr();
    let single = net.prefix_len() == net.max_prefix_len();
    let well_known = single && is_service_address(address);
    let link_local = match net {
        IpNet::V4(four) => four.prefix_len() >= 16 && four.addr().is_link_local(),
        IpNet::V6(six) => six.prefix_len() >= 10 && six.addr().is_unicast_link_local(),
    };
    let loopback = address.is_loopback() && net.prefix_len() >= 8;
    let multicast = address.is_multicast() && net.prefix_len() >= 8;
    !(well_known || link_local || loopback || multicast)
}

/// Whether an address is one that installers give to the Service `default/kubernetes`.
pub(super) fn is_service_address(address: IpAddr) -> bool {
    SERVICE_ADDRESSES
        .iter()
        .any(|known| known.parse() == Ok(address))
}
