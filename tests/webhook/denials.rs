//! When a request is denied, and what is said then.

use portcullis::config::{Admission, Config};
use portcullis::webhook::Gate;
use serde_json::{Value, json};

use crate::support::{
    RULE, allowed, ask, blames, create, gate_with, notices, review, service, warns,
};
use portcullis::webhook::Reviewer;

fn denying(selector: Option<&str>, reviewer: Reviewer) -> Gate {
    let admission = Admission {
        deny: vec![RULE.to_owned()],
        deny_namespaces: selector.map(|selector| selector.parse().unwrap()),
        ..Admission::default()
    };
    let config = Config {
        admission,
        ..Config::default()
    };
    gate_with(config, reviewer)
}

#[test]
fn a_denial_says_everything_in_its_message_and_gives_no_reason() {
    let answer = ask(&denying(None, warns), create("u").as_bytes()).unwrap();
    assert_eq!(
        answer["response"],
        json!({"uid": "u", "allowed": false, "status": {
            "status": "Failure", "code": 422,
            "message": "Service shop/web: selects no pod [service-selects-nothing]\n  help: mend the selector",
            "details": {"causes": [
                {"reason": RULE, "message": "selects no pod", "field": "spec.selector"}]}}})
    );
}

#[test]
fn a_dry_run_is_denied_as_the_real_thing_would_be() {
    let body = create("u").replace("\"dryRun\":false", "\"dryRun\":true");
    let gate = denying(None, warns);
    let answer = ask(&gate, body.as_bytes()).unwrap();
    assert_eq!(answer["response"]["allowed"], false);
    assert!(
        !gate.metrics().text().contains("portcullis_findings_total{"),
        "a dry run left a trace"
    );
}

#[test]
fn updates_and_deletions_are_never_denied() {
    for body in [
        review("u", "UPDATE", &service(), &service()),
        review("u", "DELETE", &Value::Null, &service()),
    ] {
        let answer = ask(&denying(None, warns), body.as_bytes()).unwrap();
        assert_eq!(allowed(&answer, "u").len(), 1);
    }
}

#[test]
fn neither_a_notice_nor_a_finding_about_a_neighbour_denies() {
    for reviewer in [notices as Reviewer, blames] {
        let answer = ask(&denying(None, reviewer), create("u").as_bytes()).unwrap();
        assert_eq!(allowed(&answer, "u").len(), 1);
    }
}

#[test]
fn a_rule_that_was_not_named_does_not_deny() {
    let answer = ask(&gate_with(Config::default(), warns), create("u").as_bytes()).unwrap();
    assert_eq!(allowed(&answer, "u").len(), 1);
}

#[test]
fn only_the_chosen_namespaces_deny() {
    let here = "kubernetes.io/metadata.name in (shop)";
    let answer = ask(&denying(Some(here), warns), create("u").as_bytes()).unwrap();
    assert_eq!(answer["response"]["allowed"], false);
    for elsewhere in ["kubernetes.io/metadata.name=bank", "env=prod"] {
        let answer = ask(&denying(Some(elsewhere), warns), create("u").as_bytes()).unwrap();
        assert_eq!(allowed(&answer, "u").len(), 1, "{elsewhere}");
    }
}
