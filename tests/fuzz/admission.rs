//! The whole of admission over broken objects and broken reviews.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use portcullis::cluster::Knowledge;
use portcullis::config::{Admission, Config, Notices};
use portcullis::finding::Datapath;
use portcullis::finding::printable;
use portcullis::manifest::{Inputs, read};
use portcullis::review::cluster_of;
use portcullis::rules;
use portcullis::webhook::{Answer, Gate};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::seeds::{SEEDS, Seed};
use crate::{bytes, cases, shape};

const UID: &str = "0b5e1c1e-5c6e-4c5d-8f5e-8b9e4f6f1a2b";

/// A gate before the cluster of each seed; every other one denies whatever it may.
static GATES: LazyLock<Vec<Gate>> = LazyLock::new(|| {
    SEEDS
        .iter()
        .enumerate()
        .map(|(n, seed)| gate(seed, n % 2 == 1))
        .collect()
});

fn gate(seed: &Seed, denies: bool) -> Gate {
    let inputs = Inputs {
        stdin: Some(seed.text.clone().into_bytes()),
        ..Inputs::default()
    };
    let set = read(&inputs, |_, _| {}).unwrap();
    let all = rules::all().iter().map(|rule| rule.id.to_owned());
    let admission = Admission {
        notices: Notices::All,
        deny: all.filter(|_| denies).collect(),
        ..Admission::default()
    };
    let config = Config {
        admission,
        ..Config::default()
    };
    let knowledge = Knowledge {
        datapath: denies.then_some(Datapath::Endpoint),
        ..Knowledge::default()
    };
    Gate::new(cluster_of(&set), knowledge, config)
}

fn operation() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        8 => prop::sample::select(vec!["CREATE", "UPDATE", "DELETE"]),
        1 => prop::sample::select(vec!["CONNECT", "PATCH", ""]),
    ]
}

/// An `AdmissionReview`, its fields in the order in which an API server writes them.
fn review(operation: &str, kind: &Value, object: &str, old: &str) -> String {
    let api_version = kind["apiVersion"].as_str().unwrap_or_default();
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let kind = json!({"group": group, "version": version, "kind": kind["kind"]});
    let (object, old) = match operation {
        "CREATE" => (object, "null"),
        "DELETE" => ("null", old),
        _ => (object, old),
    };
    format!(
        r#"{{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{{"uid":"{UID}","kind":{kind},"name":"web","namespace":"shop","operation":"{operation}","userInfo":{{"username":"ann"}},"object":{object},"oldObject":{old},"dryRun":false,"options":{{"propagationPolicy":"Orphan"}}}}}}"#
    )
}

/// Asks the gate; whatever it answers is what the API server takes. `None` where it is refused.
fn ask(gate: &Gate, body: &[u8]) -> Option<Value> {
    let reply = match gate.answer(body, Instant::now() + Duration::from_secs(60)) {
        Answer::Review(reply) => reply,
        Answer::Refused(why) => {
            assert!(!why.is_empty());
            return None;
        }
    };
    let answer: Value = serde_json::from_slice(&reply.to_json().unwrap()).unwrap();
    assert_eq!(answer["kind"], "AdmissionReview");
    let response = &answer["response"];
    assert!(!response["uid"].as_str().unwrap().is_empty());
    if response["allowed"] == false {
        let status = &response["status"];
        let message = status["message"].as_str().unwrap();
        assert!(status["code"] == 422 && !message.is_empty(), "{status}");
        message.lines().for_each(is_shown);
        return Some(answer);
    }
    assert_eq!(response["allowed"], true);
    let none = Vec::new();
    let warnings = response["warnings"].as_array().unwrap_or(&none);
    let warnings: Vec<&str> = warnings.iter().map(|it| it.as_str().unwrap()).collect();
    for warning in &warnings {
        is_shown(warning);
        assert!(warning.chars().count() <= 256, "{warning:?}");
        assert!(!warning.contains("a rule failed"), "{warning:?}");
    }
    let total: usize = warnings.iter().map(|it| it.chars().count()).sum();
    assert!(total <= 4_096, "{total} characters");
    Some(answer)
}

/// A text that the API server does not drop and that deceives nobody.
fn is_shown(text: &str) {
    assert!(!text.trim().is_empty());
    assert_eq!(printable(text), text);
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn a_broken_object_is_admitted_or_denied_but_always_answered(
        seed in any::<Index>(),
        which in any::<Index>(),
        operation in operation(),
        mutations in prop::collection::vec((any::<bool>(), shape::mutation()), 1..5),
    ) {
        let at = seed.index(SEEDS.len());
        let documents = &SEEDS[at].documents;
        prop_assume!(!documents.is_empty());
        let whole = which.get(documents);
        let (mut object, mut old) = (whole.clone(), whole.clone());
        for (new, mutation) in &mutations {
            shape::apply(if *new { &mut object } else { &mut old }, mutation);
        }
        let body = review(operation, whole, &shape::written(&object), &shape::written(&old));
        let answer = ask(&GATES[at], body.as_bytes()).unwrap();
        prop_assert_eq!(&answer["response"]["uid"], UID);
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_broken_review_gets_a_valid_answer_or_a_reason(
        seed in any::<Index>(),
        which in any::<Index>(),
        operation in operation(),
        mutations in prop::collection::vec(bytes::mutation(), 1..6),
    ) {
        let at = seed.index(SEEDS.len());
        let documents = &SEEDS[at].documents;
        prop_assume!(!documents.is_empty());
        let object = which.get(documents);
        let text = object.to_string();
        let mut body = review(operation, object, &text, &text).into_bytes();
        for mutation in &mutations {
            bytes::apply(&mut body, mutation);
        }
        ask(&GATES[at], &body);
    }
}
