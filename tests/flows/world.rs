//! A random world of pods and others, in which every pair is asked.

use std::net::IpAddr;
use std::sync::Arc;

use portcullis::cluster::{Known, Store, View};
use portcullis::flows::{Actor, Port};
use portcullis::labels::Labels;
use portcullis::object;
use portcullis::policy::Protocol;
use portcullis::reach::{ApiServer, Facts, NamedPort, Party, Pod};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What is there beside pods and policies. Namespace z is not in view.
fn surroundings() -> Vec<Value> {
    let namespace = |name: &str, team: &str| {
        json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": name, "labels": {"ns": name, "team": team}},
        })
    };
    let set = |kind: &str, metadata: Value, net: &str| {
        json!({
            "apiVersion": "projectcalico.org/v3", "kind": kind, "metadata": metadata,
            "spec": {"nets": [net]},
        })
    };
    vec![
        namespace("x", "red"),
        namespace("y", "blue"),
        json!({"apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": {"name": "writer", "namespace": "x", "labels": {"role": "trusted"}}}),
        json!({"apiVersion": "projectcalico.org/v3", "kind": "Tier",
            "metadata": {"name": "first"}, "spec": {"order": 10, "defaultAction": "Pass"}}),
        set(
            "NetworkSet",
            json!({"name": "s", "namespace": "x", "labels": {"kind": "set"}}),
            "10.0.1.4/30",
        ),
        set(
            "GlobalNetworkSet",
            json!({"name": "g", "labels": {"kind": "set", "app": "web"}}),
            "192.0.2.0/24",
        ),
        json!({"apiVersion": "cilium.io/v2", "kind": "CiliumCIDRGroup",
            "metadata": {"name": "blocks"}, "spec": {"externalCIDRs": ["10.0.1.0/30", "fd00::/126"]}}),
        json!({"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": "n1", "labels": {"role": "gpu"}},
            "status": {"addresses": [{"type": "InternalIP", "address": "10.0.1.6"}]}}),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "x"},
            "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}, {"name": "b", "port": 81}]}}),
        json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {"name": "web-1", "namespace": "x", "labels": {"kubernetes.io/service-name": "web"}},
            "addressType": "IPv4", "endpoints": [{"addresses": ["10.0.1.5"]}, {"addresses": ["192.0.2.7"]}],
            "ports": [{"port": 8080, "protocol": "TCP"}]}),
    ]
}

/// A Store of policies and what they refer to.
pub(crate) fn store(policies: &[Value], known: Known) -> Store {
    let mut store = Store::default();
    store.cover(None, None, known);
    for value in surroundings().iter().chain(policies) {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let parsed = object::parse(&text("apiVersion"), &text("kind"), value);
        store.put(Arc::new(
            parsed.unwrap_or_else(|error| panic!("{error}: {value}")),
        ));
    }
    store
}

/// A pod as it is generated.
#[derive(Clone, Debug)]
pub(crate) struct Inhabitant {
    pub(crate) namespace: &'static str,
    pub(crate) labels: Vec<(&'static str, &'static str)>,
    pub(crate) account: &'static str,
    pub(crate) addresses: Vec<&'static str>,
    pub(crate) host_network: bool,
    pub(crate) node: Option<&'static str>,
    pub(crate) ports: Vec<NamedPort<'static>>,
}

const PORTS: [NamedPort<'static>; 4] = [
    NamedPort {
        name: "http",
        number: 8080,
        protocol: Protocol::Tcp,
    },
    NamedPort {
        name: "http",
        number: 80,
        protocol: Protocol::Tcp,
    },
    NamedPort {
        name: "serve-81-tcp",
        number: 81,
        protocol: Protocol::Tcp,
    },
    NamedPort {
        name: "dns",
        number: 53,
        protocol: Protocol::Udp,
    },
];

/// Addresses of pods: none that are known, of one family, of both.
const ADDRESSES: [&[&str]; 6] = [
    &[],
    &["10.0.1.4"],
    &["10.0.2.1"],
    &["10.0.1.5"],
    &["10.0.1.4", "fd00::4"],
    &["fd00::5"],
];

/// Some pods.
pub(crate) fn inhabitants() -> impl Strategy<Value = Vec<Inhabitant>> {
    let one = (
        prop::sample::select(vec!["x", "y", "z"]),
        prop::sample::select(vec!["a", "b", "c"]),
        prop::option::of(prop::sample::select(vec!["web", "db", "vault"])),
        prop::sample::select(vec!["default", "writer"]),
        prop::sample::select(ADDRESSES.to_vec()),
        (
            prop::bool::weighted(0.2),
            prop::sample::select(vec![None, Some("n1"), Some("n2")]),
        ),
        prop::sample::subsequence(PORTS.to_vec(), 0..3),
    )
        .prop_map(
            |(namespace, pod, app, account, addresses, (host_network, node), ports)| {
                let app = app.map(|app| ("app", app));
                Inhabitant {
                    namespace,
                    labels: [("pod", pod)].into_iter().chain(app).collect(),
                    account,
                    addresses: addresses.to_vec(),
                    host_network,
                    node,
                    ports,
                }
            },
        );
    prop::collection::vec(one, 2..10)
}

/// An inhabitant with all that a View tells of it.
pub(crate) struct Settled {
    inhabitant: Inhabitant,
    name: String,
    labels: Labels,
    namespace_labels: Result<Labels, Labels>,
    addresses: Vec<IpAddr>,
}

/// Pods as they live in a View.
pub(crate) fn settled(inhabitants: &[Inhabitant], view: View<'_>) -> Vec<Settled> {
    let settle = |(index, it): (usize, &Inhabitant)| {
        let labels: Labels = it.labels.iter().copied().collect();
        Settled {
            inhabitant: it.clone(),
            name: format!("pod-{index}"),
            labels: view.with_account(it.namespace, &labels, it.account),
            namespace_labels: view.namespace_labels(it.namespace),
            addresses: it.addresses.iter().map(|it| it.parse().unwrap()).collect(),
        }
    };
    inhabitants.iter().enumerate().map(settle).collect()
}

/// Who stands at the ends of Flows: these pods, and others that are no pods.
pub(crate) fn actors<'a>(pods: &'a [Settled], view: View<'a>) -> Vec<Actor<'a, 'a>> {
    let mut all: Vec<Actor<'a, 'a>> = pods
        .iter()
        .map(|pod| Actor {
            party: Party::Pod(Pod {
                namespace: pod.inhabitant.namespace,
                namespace_labels: match &pod.namespace_labels {
                    Ok(labels) => Facts::all(labels),
                    Err(labels) => Facts::some(labels),
                },
                name: Some(&pod.name),
                labels: Facts::all(&pod.labels),
                addresses: &pod.addresses,
                host_network: pod.inhabitant.host_network,
                ports: Some(&pod.inhabitant.ports),
                node: pod.inhabitant.node,
            }),
            policies: view.policies_of(pod.inhabitant.namespace, &pod.labels),
            ports: ports(&pod.inhabitant.ports),
        })
        .collect();
    let others = [
        Party::Address([192, 0, 2, 7].into()),
        Party::Address([8, 8, 8, 8].into()),
        Party::Node {
            name: None,
            address: [10, 0, 1, 6].into(),
        },
        Party::ApiServer(ApiServer::default()),
        Party::ApiServer(ApiServer {
            address: Some([10, 0, 1, 7].into()),
            on_node: Some(true),
            ..ApiServer::default()
        }),
        Party::Unknown { may_be_pod: false },
        Party::Unknown { may_be_pod: true },
    ];
    all.extend(others.map(|party| Actor {
        party,
        policies: Vec::new(),
        ports: vec![(Protocol::Tcp, 8080), (Protocol::Udp, 53)],
    }));
    all
}

fn ports(declared: &[NamedPort<'_>]) -> Vec<Port> {
    let declared = declared.iter().map(|it| (it.protocol, it.number));
    // Any port may be asked for, declared or not.
    let mut ports: Vec<Port> = declared
        .chain([(Protocol::Tcp, 80), (Protocol::Sctp, 80)])
        .collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}
