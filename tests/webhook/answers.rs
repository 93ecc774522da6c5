//! What a gate answers to the bytes of a request.

use std::time::Instant;

use portcullis::cluster::{Change, Knowledge, Store};
use portcullis::config::Config;
use portcullis::finding::Severity;
use portcullis::review::Outcome;
use serde_json::{Value, json};

use crate::support::{allowed, ask, create, gate, panics, report, review, service, silent, warns};

const TOLD: &str = "Service shop/web: selects no pod (mend the selector) [service-selects-nothing]";

#[test]
fn what_a_review_finds_is_a_warning_and_the_request_is_allowed() {
    let answer = ask(&gate(warns), create("u-1").as_bytes()).unwrap();
    assert_eq!(allowed(&answer, "u-1"), [TOLD]);
}

#[test]
fn where_nothing_is_found_nothing_is_said() {
    let answer = ask(&gate(silent), create("u-1").as_bytes()).unwrap();
    assert!(answer["response"].get("warnings").is_none(), "{answer}");
}

#[test]
fn an_object_without_kind_and_namespace_has_those_of_the_request() {
    let mut object = service();
    for field in ["apiVersion", "kind"] {
        object.as_object_mut().unwrap().remove(field);
    }
    object["metadata"] = json!({"name": "web"});
    let body = review("u", "CREATE", &object, &Value::Null);
    assert_eq!(
        allowed(&ask(&gate(warns), body.as_bytes()).unwrap(), "u"),
        [TOLD]
    );
}

#[test]
fn a_deletion_is_known_by_the_old_object_even_where_the_request_has_no_name() {
    fn deleted(c: &[Change], _: &Store, _: &Knowledge, _: &Config, _: Option<Instant>) -> Outcome {
        assert!(c[0].before.is_some() && c[0].after.is_none() && !c[0].orphans);
        Outcome {
            reports: vec![report(c, Severity::Warning, false)],
            unchecked: Vec::new(),
            ..Outcome::default()
        }
    }
    let body = review("u", "DELETE", &Value::Null, &service()).replace(
        r#""name":"web","namespace":"shop","op"#,
        r#""namespace":"shop","op"#,
    );
    assert_eq!(
        allowed(&ask(&gate(deleted), body.as_bytes()).unwrap(), "u"),
        [TOLD]
    );
}

#[test]
fn an_update_has_both_sides() {
    fn updated(c: &[Change], _: &Store, _: &Knowledge, _: &Config, _: Option<Instant>) -> Outcome {
        let sides =
            [&c[0].before, &c[0].after].map(|side| side.as_ref().unwrap().meta.labels.clone());
        assert_eq!(sides[0].get("v"), Some("1"));
        assert_eq!(sides[1].get("v"), Some("2"));
        Outcome::default()
    }
    let [mut old, mut new] = [service(), service()];
    old["metadata"]["labels"] = json!({"v": "1"});
    new["metadata"]["labels"] = json!({"v": "2"});
    let body = review("u", "UPDATE", &new, &old);
    assert!(allowed(&ask(&gate(updated), body.as_bytes()).unwrap(), "u").is_empty());
}

#[test]
fn an_orphan_deletion_is_passed_on_as_one() {
    fn orphans(c: &[Change], _: &Store, _: &Knowledge, _: &Config, _: Option<Instant>) -> Outcome {
        assert!(c[0].orphans);
        Outcome::default()
    }
    let body = review("u", "DELETE", &Value::Null, &service()).replace(
        "\"options\":{",
        "\"options\":{\"propagationPolicy\":\"Orphan\",",
    );
    assert!(allowed(&ask(&gate(orphans), body.as_bytes()).unwrap(), "u").is_empty());
}

#[test]
fn subresources_and_connections_are_allowed_without_a_word_and_without_a_review() {
    let status = create("u").replace(
        "\"namespace\":\"shop\",\"op",
        "\"subResource\":\"status\",\"namespace\":\"shop\",\"op",
    );
    let connect = create("u").replace("\"operation\":\"CREATE\"", "\"operation\":\"CONNECT\"");
    for body in [status, connect] {
        let answer = ask(&gate(panics), body.as_bytes()).unwrap();
        assert!(allowed(&answer, "u").is_empty(), "{answer}");
    }
}

#[test]
fn a_panic_in_a_rule_is_allowed_with_a_warning_and_the_gate_lives() {
    let gate = gate(panics);
    for _ in 0..3 {
        let warnings = allowed(&ask(&gate, create("u").as_bytes()).unwrap(), "u");
        assert_eq!(
            warnings,
            ["not checked by portcullis: a rule failed; this is a bug in portcullis"]
        );
    }
}

#[test]
fn a_kind_that_nobody_asked_for_is_allowed_without_a_word() {
    let body = create("u")
        .replace(r#""kind":"Service"}"#, r#""kind":"Wardrobe"}"#)
        .replace(r#""group":"""#, r#""group":"narnia.example""#);
    assert!(allowed(&ask(&gate(silent), body.as_bytes()).unwrap(), "u").is_empty());
}

#[test]
fn what_cannot_be_read_is_allowed_with_the_reason_where_there_is_a_uid() {
    let whole = create("u");
    let at_object = whole.find("\"object\"").unwrap();
    for (body, reason) in [
        (whole[..at_object].to_owned(), "EOF"),
        (
            whole.replace("admission.k8s.io/v1", "admission.k8s.io/v7"),
            "is not AdmissionReview",
        ),
        (
            whole.replace("\"AdmissionReview\"", "\"Pod\""),
            "is not AdmissionReview",
        ),
        (whole.replace("CREATE", "EXPLODE"), "operation is not known"),
        (
            review("u", "CREATE", &Value::Null, &Value::Null),
            "request.object is missing",
        ),
        (
            review("u", "UPDATE", &service(), &Value::Null),
            "request.oldObject is missing",
        ),
        (
            review("u", "DELETE", &Value::Null, &Value::Null),
            "request.oldObject is missing",
        ),
        (
            review("u", "CREATE", &json!([1]), &Value::Null),
            "request.object is not readable",
        ),
        (
            review("u", "CREATE", &json!("text"), &Value::Null),
            "request.object is not readable",
        ),
        (format!("{whole}garbage"), "trailing"),
    ] {
        let warnings = allowed(&ask(&gate(panics), body.as_bytes()).unwrap(), "u");
        assert!(
            warnings[0].starts_with("not checked by portcullis: "),
            "{warnings:?}"
        );
        assert!(warnings[0].contains(reason), "{warnings:?}");
    }
}

#[test]
fn where_no_uid_can_be_read_the_reason_is_told() {
    for (body, reason) in [
        ("", "no AdmissionReview"),
        ("{", "no AdmissionReview"),
        ("[]", "no AdmissionReview"),
        ("null", "no AdmissionReview"),
        ("{}", "request.uid is missing"),
        (r#"{"request":null}"#, "no AdmissionReview"),
        (r#"{"request":{"uid":5}}"#, "no AdmissionReview"),
        (r#"{"request":{"uid":""}}"#, "request.uid is missing"),
        (&create(&"u".repeat(5_000)), "too long"),
    ] {
        let why = ask(&gate(panics), body.as_bytes()).unwrap_err();
        assert!(why.contains(reason), "{body}: {why}");
    }
}

#[test]
fn a_question_in_v1beta1_is_answered_in_v1beta1() {
    let body = create("u").replace("admission.k8s.io/v1", "admission.k8s.io/v1beta1");
    let answer = ask(&gate(panics), body.as_bytes()).unwrap();
    assert_eq!(answer["apiVersion"], "admission.k8s.io/v1beta1");
    assert_eq!(answer["response"]["allowed"], true);
}

#[test]
fn nesting_ten_thousand_deep_and_invalid_utf8_are_allowed_with_a_warning() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep = create("u").replace(r#"{"app":"web"}"#, &deep);
    let mut invalid = create("u").into_bytes();
    let at = create("u").find("8080").unwrap();
    invalid[at] = 0xff;
    for body in [deep.into_bytes(), invalid] {
        let warnings = allowed(&ask(&gate(panics), &body).unwrap(), "u");
        assert!(
            warnings[0].starts_with("not checked by portcullis"),
            "{warnings:?}"
        );
    }
}

#[test]
fn what_was_not_decided_in_time_is_named() {
    fn late(c: &[Change], _: &Store, _: &Knowledge, _: &Config, until: Option<Instant>) -> Outcome {
        assert!(until.is_some());
        let object = c[0].meta().unwrap().reference.clone();
        Outcome {
            reports: vec![report(c, Severity::Warning, false)],
            unchecked: vec![object.clone(), object],
            ..Outcome::default()
        }
    }
    let warnings = allowed(&ask(&gate(late), create("u").as_bytes()).unwrap(), "u");
    assert_eq!(
        warnings,
        [
            TOLD,
            "not checked by portcullis, time was up: Service shop/web and 1 more"
        ]
    );
}

#[test]
fn a_published_store_is_what_the_next_request_is_judged_by() {
    fn counts(
        c: &[Change],
        store: &Store,
        _: &Knowledge,
        _: &Config,
        _: Option<Instant>,
    ) -> Outcome {
        let reports = vec![report(c, Severity::Warning, false); store.len()];
        Outcome {
            reports,
            unchecked: Vec::new(),
            ..Outcome::default()
        }
    }
    let gate = gate(counts);
    assert!(allowed(&ask(&gate, create("u").as_bytes()).unwrap(), "u").is_empty());
    let mut store = gate.store();
    let object = portcullis::object::parse("v1", "Service", service()).unwrap();
    store.put(object.into());
    gate.publish(store);
    assert_eq!(
        allowed(&ask(&gate, create("u").as_bytes()).unwrap(), "u"),
        [TOLD]
    );
    assert!(gate.metrics().text().contains("portcullis_view_objects 1"));
}
