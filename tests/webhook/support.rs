//! What the tests of the webhook share: requests, reviewers that find what they are told to, and
//! a router.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use portcullis::cluster::{Change, Knowledge, Store};
use portcullis::config::Config;
use portcullis::finding::{FieldPath, Finding, Report, Severity};
use portcullis::review::Outcome;
use portcullis::webhook::{Answer, Gate, Limits, Reviewer, Webhook, router};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub(crate) const RULE: &str = "service-selects-nothing";

pub(crate) fn gate(reviewer: Reviewer) -> Gate {
    gate_with(Config::default(), reviewer)
}

pub(crate) fn gate_with(config: Config, reviewer: Reviewer) -> Gate {
    Gate::new(Store::default(), Knowledge::default(), config).reviewing_with(reviewer)
}

pub(crate) fn routed(reviewer: Reviewer, limits: Limits) -> Router {
    router(Webhook::new(Arc::new(gate(reviewer)), limits))
}

/// The report of a rule on the changed object, or on its neighbour.
pub(crate) fn report(changes: &[Change], severity: Severity, neighbour: bool) -> Report {
    let object = changes[0].meta().unwrap().reference.clone();
    Report {
        rule: RULE,
        object: Some(object.clone()),
        finding: Finding::new(severity, FieldPath::of("spec.selector"), "selects no pod")
            .help("mend the selector"),
        caused_by: neighbour.then_some(object),
    }
}

fn found(reports: Vec<Report>) -> Outcome {
    Outcome {
        reports,
        unchecked: Vec::new(),
        ..Outcome::default()
    }
}

pub(crate) fn silent(
    _: &[Change],
    _: &Store,
    _: &Knowledge,
    _: &Config,
    _: Option<Instant>,
) -> Outcome {
    Outcome::default()
}

pub(crate) fn warns(
    c: &[Change],
    _: &Store,
    _: &Knowledge,
    _: &Config,
    _: Option<Instant>,
) -> Outcome {
    found(vec![report(c, Severity::Warning, false)])
}

pub(crate) fn notices(
    c: &[Change],
    _: &Store,
    _: &Knowledge,
    _: &Config,
    _: Option<Instant>,
) -> Outcome {
    found(vec![report(c, Severity::Notice, false)])
}

pub(crate) fn blames(
    c: &[Change],
    _: &Store,
    _: &Knowledge,
    _: &Config,
    _: Option<Instant>,
) -> Outcome {
    found(vec![report(c, Severity::Error, true)])
}

pub(crate) fn panics(
    _: &[Change],
    _: &Store,
    _: &Knowledge,
    _: &Config,
    _: Option<Instant>,
) -> Outcome {
    panic!("a rule with a bug")
}

/// Takes its time and heeds no deadline.
pub(crate) fn dawdles(
    c: &[Change],
    _: &Store,
    _: &Knowledge,
    _: &Config,
    _: Option<Instant>,
) -> Outcome {
    std::thread::sleep(Duration::from_millis(1_500));
    found(vec![report(c, Severity::Warning, false)])
}

/// Takes a moment, as under load.
pub(crate) fn ponders(
    c: &[Change],
    _: &Store,
    _: &Knowledge,
    _: &Config,
    _: Option<Instant>,
) -> Outcome {
    std::thread::sleep(Duration::from_millis(400));
    found(vec![report(c, Severity::Warning, false)])
}

pub(crate) fn service() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "protocol": "TCP", "targetPort": 8080}]},
    })
}

/// An `AdmissionReview` of a Service, its fields in the order in which an API server writes them.
pub(crate) fn review(uid: &str, operation: &str, object: &Value, old: &Value) -> String {
    format!(
        r#"{{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{{"uid":{},"kind":{{"group":"","version":"v1","kind":"Service"}},"resource":{{"group":"","version":"v1","resource":"services"}},"name":"web","namespace":"shop","operation":"{operation}","userInfo":{{"username":"ann"}},"object":{object},"oldObject":{old},"dryRun":false,"options":{{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1"}}}}}}"#,
        json!(uid)
    )
}

pub(crate) fn create(uid: &str) -> String {
    review(uid, "CREATE", &service(), &Value::Null)
}

/// The answer of a gate as JSON; a refusal is an `Err` with its reason.
pub(crate) fn ask(gate: &Gate, body: &[u8]) -> Result<Value, String> {
    match gate.answer(body, Instant::now() + Duration::from_secs(5)) {
        Answer::Review(reply) => Ok(serde_json::from_slice(&reply.to_json().unwrap()).unwrap()),
        Answer::Refused(why) => Err(why),
    }
}

pub(crate) async fn post(
    router: &Router,
    query: &str,
    body: impl Into<Body>,
) -> (StatusCode, String) {
    let request = Request::post(format!("/validate{query}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap();
    send(router, request).await
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// The response of an answer that must be an `AdmissionReview` that allows, for `uid`, and what it
/// warns of.
pub(crate) fn allowed(answer: &Value, uid: &str) -> Vec<String> {
    assert_eq!(answer["apiVersion"], "admission.k8s.io/v1", "{answer}");
    assert_eq!(answer["kind"], "AdmissionReview", "{answer}");
    let response = &answer["response"];
    assert_eq!(response["uid"], uid, "{answer}");
    assert_eq!(response["allowed"], true, "{answer}");
    assert!(response.get("patch").is_none() && response.get("status").is_none());
    let none = Vec::new();
    let warnings = response["warnings"].as_array().unwrap_or(&none);
    warnings
        .iter()
        .map(|w| w.as_str().unwrap().to_owned())
        .collect()
}

/// The only warning of a response that must be 200.
pub(crate) fn only_warning((status, body): &(StatusCode, String), uid: &str) -> String {
    assert_eq!(*status, StatusCode::OK, "{body}");
    let warnings = allowed(&serde_json::from_str(body).unwrap(), uid);
    assert_eq!(warnings.len(), 1, "{body}");
    warnings[0].clone()
}
