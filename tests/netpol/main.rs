//! `NetworkPolicy` against the upstream truth tables, and against a second, naive reading of the
//! API text.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod naive;
#[path = "../support/network_policy.rs"]
mod network_policy;
mod random;
mod tables;

use std::net::IpAddr;
use std::sync::Arc;

use portcullis::finding::ObjectRef;
use portcullis::labels::Labels;
use portcullis::object::{Kind, Meta, Of};
use portcullis::policy::from::networking_v1::{Spec, translate};
use portcullis::policy::{Datapath, Policy, Protocol};
use portcullis::reach::{
    Certainty, Decision, Facts, Flow, NamedPort, Outcome, Party, Pod, evaluate, selects,
};
use serde_json::Value;

const PROTOCOLS: [Protocol; 3] = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];

/// A pod of a small world.
#[derive(Clone, Debug)]
struct Inhabitant {
    namespace: String,
    name: String,
    namespace_labels: Labels,
    labels: Labels,
    address: IpAddr,
}

fn labels(map: &Value) -> Labels {
    let pairs = map.as_object().unwrap().iter();
    pairs
        .map(|(key, value)| (key.as_str(), value.as_str().unwrap()))
        .collect()
}

/// Policies as objects: metadata and meaning.
fn policies(objects: &Value) -> Vec<(Meta, Policy)> {
    let objects = objects.as_array().into_iter().flatten();
    objects
        .map(|object| {
            let text = |field: &str| object["metadata"][field].as_str().unwrap().to_owned();
            let spec = object["spec"].to_string();
            let spec: Spec<'_> = serde_json::from_str(&spec).unwrap();
            let (policy, problems) = translate(&spec);
            assert!(problems.is_empty(), "{problems:?}");
            let reference = ObjectRef {
                api_version: "networking.k8s.io/v1".into(),
                kind: "NetworkPolicy".into(),
                namespace: Some(text("namespace").into()),
                name: text("name").into(),
            };
            let meta = Meta {
                kind: Kind::NetworkPolicy,
                reference,
                labels: Arc::default(),
                annotations: Labels::default(),
                owner: None,
                deleting: false,
                problems: Vec::new(),
            };
            (meta, policy)
        })
        .collect()
}

/// The ports that every pod of the tables declares.
fn served() -> Vec<(String, u16, Protocol)> {
    let ports = [80, 81].into_iter();
    ports
        .flat_map(|port| {
            PROTOCOLS.map(|protocol| {
                let name = format!("serve-{port}-{protocol}").to_lowercase();
                (name, port, protocol)
            })
        })
        .collect()
}

/// What the evaluator says of a Flow, in the letters of the tables.
fn cell(
    from: &Inhabitant,
    to: &Inhabitant,
    (protocol, port): (Protocol, u16),
    policies: &[(Meta, Policy)],
    datapath: Datapath,
) -> char {
    let served = served();
    let served: Vec<NamedPort<'_>> = served
        .iter()
        .map(|(name, number, protocol)| NamedPort {
            name,
            number: *number,
            protocol: *protocol,
        })
        .collect();
    let (source, destination) = (pod(from, &served), pod(to, &served));
    let flow = Flow {
        source: Party::Pod(source),
        destination: Party::Pod(destination),
        protocol,
        port,
        family: None,
    };
    let (from, to) = (of(policies, &source), of(policies, &destination));
    let verdict = evaluate(&flow, &from, &to, datapath);
    let denied = |side: &Decision<'_>| match &side.outcome {
        Outcome::Allowed => false,
        Outcome::Denied => true,
        Outcome::Depends(because) => panic!("depends: {because}"),
    };
    match (denied(&verdict.egress), denied(&verdict.ingress)) {
        (false, false) => '.',
        (false, true) => 'I',
        (true, false) => 'E',
        (true, true) => 'X',
    }
}

fn pod<'a>(it: &'a Inhabitant, served: &'a [NamedPort<'a>]) -> Pod<'a> {
    Pod {
        namespace: &it.namespace,
        namespace_labels: Facts::all(&it.namespace_labels),
        name: Some(&it.name),
        labels: Facts::all(&it.labels),
        addresses: std::slice::from_ref(&it.address),
        host_network: false,
        ports: Some(served),
        node: None,
    }
}

/// The policies that select a pod.
fn of<'a>(policies: &'a [(Meta, Policy)], pod: &Pod<'_>) -> Vec<Of<'a, Policy>> {
    policies
        .iter()
        .filter(|(meta, policy)| selects(&policy.subject, meta.namespace(), pod) == Certainty::Yes)
        .map(|(meta, body)| Of { meta, body })
        .collect()
}
