//! What was admitted a moment ago, and the watch has not brought yet.

use std::sync::Arc;
use std::time::Instant;

use portcullis::cluster::{Change, Knowledge, Store};
use portcullis::config::Config;
use portcullis::finding::Severity;
use portcullis::object::{Key, Kind};
use portcullis::review::Outcome;
use portcullis::webhook::Gate;
use serde_json::Value;

use crate::support::{allowed, ask, create, gate, report, review, service};

/// Warns of every Service but one, unless that one is in view.
fn misses_friend(
    changes: &[Change],
    store: &Store,
    _: &Knowledge,
    _: &Config,
    _: Option<Instant>,
) -> Outcome {
    let friend = Key::new(Kind::Service, "shop", "friend");
    let is_friend = changes[0].meta().unwrap().key() == friend;
    let mut outcome = Outcome::default();
    if !is_friend && store.get(&friend).is_none() {
        outcome
            .reports
            .push(report(changes, Severity::Warning, false));
    }
    outcome
}

fn friend() -> String {
    let mut friend = service();
    friend["metadata"]["name"] = "friend".into();
    review("f", "CREATE", &friend, &Value::Null)
}

fn warnings(gate: &Gate) -> usize {
    allowed(&ask(gate, create("u").as_bytes()).unwrap(), "u").len()
}

fn watching() -> Gate {
    let gate = gate(misses_friend);
    gate.watch(Arc::default());
    gate
}

#[test]
fn what_was_admitted_silences_a_finding_before_the_watch_brings_it() {
    let gate = watching();
    assert_eq!(warnings(&gate), 1);
    ask(&gate, friend().as_bytes()).unwrap();
    assert_eq!(warnings(&gate), 0);
    assert!(gate.store().is_empty());
}

#[test]
fn a_dry_run_silences_nothing() {
    let gate = watching();
    let dry = friend().replace("\"dryRun\":false", "\"dryRun\":true");
    ask(&gate, dry.as_bytes()).unwrap();
    assert_eq!(warnings(&gate), 1);
}

#[test]
fn where_there_is_no_watch_nothing_is_remembered() {
    let gate = gate(misses_friend);
    ask(&gate, friend().as_bytes()).unwrap();
    assert_eq!(warnings(&gate), 1);
}
