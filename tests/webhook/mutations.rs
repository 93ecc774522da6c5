//! Requests broken at random: never a panic, always a valid answer.

use proptest::prelude::*;
use serde_json::Value;

use crate::support::{ask, create, gate, review, service, warns};

/// Cases for each property; `make test` may ask for more with `PROPTEST_CASES`.
const CASES: u32 = 2_000;

fn cases() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|n| n.parse().ok()).unwrap_or(CASES),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[derive(Clone, Debug)]
enum Mutation {
    Replace(usize, u8),
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    Cut(usize),
    Double(usize, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let piece = prop_oneof![
        Just(b"null".to_vec()),
        Just(b"{}".to_vec()),
        Just(b"[]".to_vec()),
        Just(b"\"\"".to_vec()),
        Just(b"-1e999".to_vec()),
        Just(b"\\ud800".to_vec()),
        Just(b"99999999999999999999".to_vec()),
        Just(b"\"uid\":\"x\",".to_vec()),
        prop::collection::vec(any::<u8>(), 1..8),
    ];
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        (any::<usize>(), piece).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        (any::<usize>(), 1_usize..40).prop_map(|(at, count)| Mutation::Remove(at, count)),
        any::<usize>().prop_map(Mutation::Cut),
        (any::<usize>(), 1_usize..80).prop_map(|(at, count)| Mutation::Double(at, count)),
    ]
}

fn apply(body: &mut Vec<u8>, mutation: &Mutation) {
    let length = body.len().max(1);
    let span = |at: usize, count: usize, all: usize| {
        let from = (at % length).min(all);
        from..(from + count).min(all)
    };
    match mutation {
        Mutation::Replace(at, byte) => {
            if let Some(old) = body.get_mut(at % length) {
                *old = *byte;
            }
        }
        Mutation::Insert(at, piece) => {
            let at = (at % length).min(body.len());
            body.splice(at..at, piece.iter().copied());
        }
        Mutation::Remove(at, count) => drop(body.drain(span(*at, *count, body.len()))),
        Mutation::Cut(at) => body.truncate(at % length),
        Mutation::Double(at, count) => {
            let again = body[span(*at, *count, body.len())].to_vec();
            body.splice(at % length..at % length, again);
        }
    }
}

/// An answer that the API server would take: a uid, a decision, and warnings that it would show.
fn is_valid(answer: &Value) {
    assert_eq!(answer["kind"], "AdmissionReview");
    let response = answer["response"].as_object().unwrap();
    assert!(!response["uid"].as_str().unwrap().is_empty());
    assert_eq!(response["allowed"], true);
    for warning in response
        .get("warnings")
        .into_iter()
        .flat_map(|w| w.as_array().unwrap())
    {
        let warning = warning.as_str().unwrap();
        assert!(!warning.chars().any(char::is_control), "{warning:?}");
        assert!(warning.chars().count() <= 256, "{warning:?}");
        assert!(!warning.contains("a rule failed"), "{warning:?}");
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_broken_request_gets_a_valid_answer_or_a_reason(
        update in any::<bool>(),
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let mut body = if update {
            review("0b5e1c1e-5c6e-4c5d-8f5e-8b9e4f6f1a2b", "UPDATE", &service(), &service())
        } else {
            create("0b5e1c1e-5c6e-4c5d-8f5e-8b9e4f6f1a2b")
        }
        .into_bytes();
        for mutation in &mutations {
            apply(&mut body, mutation);
        }
        match ask(&gate(warns), &body) {
            Ok(answer) => is_valid(&answer),
            Err(reason) => prop_assert!(!reason.is_empty()),
        }
    }
}
