//! `NetworkPolicy` against the upstream truth tables, and against a second, naive reading of the
//! API text.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
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

const MATCHES_PODS: &str = "expect_ipblock_matches_pods";
const EXTERNAL_ONLY: &str = "expect_ipblock_external_only";
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

fn tables() -> Option<(PathBuf, String)> {
    let shared = std::env::var_os("PORTCULLIS_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let path = shared.join("conformance/netpol_truth_tables.jsonl");
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!(
            "no truth tables at {}: nothing was compared",
            path.display()
        );
    }
    Some((path, text?))
}

fn inhabitants(table: &Value) -> BTreeMap<String, Inhabitant> {
    let pods = table["pods"].as_array().unwrap().iter();
    pods.map(|pod| {
        let text = |field: &str| pod[field].as_str().unwrap().to_owned();
        let namespace = text("NS");
        let it = Inhabitant {
            namespace_labels: labels(&table["namespaces"][&namespace]),
            name: text("Name"),
            labels: labels(&pod["Labels"]),
            address: text("IP").parse().unwrap(),
            namespace,
        };
        (format!("{}/{}", it.namespace, it.name), it)
    })
    .collect()
}

/// Compares one matrix and names each cell that differs.
fn compare(table: &Value, reading: &str, datapath: Datapath, failures: &mut Vec<String>) -> usize {
    let world = inhabitants(table);
    let policies = policies(&table["policies"]);
    let order: Vec<&str> = table["order"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(Value::as_str)
        .collect();
    let mut compared = 0;
    for (ports, rows) in table[reading].as_object().unwrap() {
        let (protocol, port) = ports.split_once('/').unwrap();
        let ports = (Protocol::parse(protocol).unwrap(), port.parse().unwrap());
        for (from, row) in order.iter().zip(rows.as_array().unwrap()) {
            for (to, expected) in order.iter().zip(row.as_str().unwrap().chars()) {
                if from == to {
                    continue;
                }
                compared += 1;
                let got = cell(&world[*from], &world[*to], ports, &policies, datapath);
                // The tables of this reading tell only that a Flow is blocked, not where.
                let got = match reading {
                    EXTERNAL_ONLY if got != '.' => 'X',
                    _ => got,
                };
                if got != expected {
                    failures.push(format!(
                        "{} ({}), {reading}, {protocol}/{port} {from} -> {to}: {got}, not {expected}",
                        table["case"], table["description"]
                    ));
                }
            }
        }
    }
    compared
}

#[test]
fn every_cell_of_every_truth_table_agrees_in_both_readings_of_ip_block() {
    let Some((path, text)) = tables() else { return };
    let (mut failures, mut compared, mut count) = (Vec::new(), 0, 0);
    for line in text.lines() {
        let table: Value = serde_json::from_str(line).unwrap();
        count += 1;
        compared += compare(&table, MATCHES_PODS, Datapath::Endpoint, &mut failures);
        if table.get(EXTERNAL_ONLY).is_some() {
            compared += compare(&table, EXTERNAL_ONLY, Datapath::Cilium, &mut failures);
        }
    }
    assert!(
        count >= 246 && compared > 100_000,
        "{}: {count} tables, {compared} cells",
        path.display()
    );
    assert!(
        failures.is_empty(),
        "{} of {compared} cells:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
