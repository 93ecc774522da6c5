//! The upstream truth tables, in both readings of `ipBlock`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use portcullis::policy::{Datapath, Protocol};
use serde_json::Value;

use super::{Inhabitant, cell, labels, policies};

const MATCHES_PODS: &str = "expect_ipblock_matches_pods";
const EXTERNAL_ONLY: &str = "expect_ipblock_external_only";

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
