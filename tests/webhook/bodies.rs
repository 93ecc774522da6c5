//! What arrives over HTTP: too much, too late, too many, or something else altogether.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use futures_util::{StreamExt as _, stream};
use portcullis::webhook::{Limits, Webhook, router};
use serde_json::{Value, json};

use crate::support::{
    allowed, create, dawdles, gate, only_warning, panics, ponders, post, review, routed, send,
    service, silent, warns,
};

fn default(reviewer: portcullis::webhook::Reviewer) -> Router {
    routed(reviewer, Limits::default())
}

/// A Service padded to a size.
fn padded(bytes: usize) -> Value {
    let mut object = service();
    object["metadata"]["annotations"] = json!({"padding": "x".repeat(bytes)});
    object
}

/// A body whose length is not announced.
fn streamed(body: &str) -> Body {
    let chunks: Vec<Bytes> = body
        .as_bytes()
        .chunks(16_384)
        .map(Bytes::copy_from_slice)
        .collect();
    Body::from_stream(stream::iter(chunks).map(Ok::<_, Infallible>))
}

/// A body that stops in the middle for good.
fn stalled(start: String) -> Body {
    let start = stream::iter([Ok::<_, Infallible>(Bytes::from(start))]);
    Body::from_stream(start.chain(stream::pending()))
}

#[tokio::test]
async fn a_request_is_answered_and_counted() {
    let webhook = Webhook::new(Arc::new(gate(warns)), Limits::default());
    let answer = post(&router(webhook.clone()), "?timeout=10s", create("u")).await;
    assert!(only_warning(&answer, "u").contains("selects no pod"));
    let text = webhook.gate().metrics().text();
    for line in [
        "portcullis_admission_requests_total{operation=\"CREATE\",outcome=\"warned\"} 1",
        "portcullis_findings_total{rule=\"service-selects-nothing\",severity=\"warning\"} 1",
        "portcullis_admission_in_flight 0",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
}

#[tokio::test]
async fn what_is_no_admission_request_is_refused_with_a_reason() {
    let router = default(panics);
    let request = |method: &str, path: &str, kind: &str| {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(create("u")))
            .unwrap()
    };
    for (method, path, kind, status) in [
        (
            "POST",
            "/validate",
            "text/plain",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (
            "GET",
            "/validate",
            "application/json",
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        ("POST", "/", "application/json", StatusCode::NOT_FOUND),
        (
            "POST",
            "/validate/",
            "application/json",
            StatusCode::NOT_FOUND,
        ),
    ] {
        let (got, _) = send(&router, request(method, path, kind)).await;
        assert_eq!(got, status, "{method} {path} {kind}");
    }
    for body in ["", "{", "not json", "{}"] {
        let (status, reason) = post(&router, "", body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(reason.contains("AdmissionReview"), "{reason}");
    }
}

#[tokio::test]
async fn a_content_type_with_parameters_is_json_too() {
    let request = Request::post("/validate")
        .header(header::CONTENT_TYPE, "Application/JSON; charset=utf-8")
        .body(Body::from(create("u")))
        .unwrap();
    assert_eq!(send(&default(silent), request).await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_update_of_17_mb_is_reviewed() {
    let object = padded(8_400_000);
    let body = review("u", "UPDATE", &object, &object);
    assert!(body.len() > 16_800_000);
    for body in [streamed(&body), Body::from(body)] {
        let answer = post(&default(warns), "?timeout=10s", body).await;
        assert!(only_warning(&answer, "u").contains("selects no pod"));
    }
}

#[tokio::test]
async fn forty_mb_are_allowed_with_a_warning() {
    let body = review("u", "CREATE", &padded(40_000_000), &Value::Null);
    for body in [streamed(&body), Body::from(body)] {
        let warning = only_warning(&post(&default(panics), "?timeout=10s", body).await, "u");
        assert_eq!(
            warning,
            "not checked by portcullis: the request is larger than 32 MiB"
        );
    }
}

#[tokio::test]
async fn a_slow_sender_is_answered_before_the_api_server_gives_up() {
    let start = create("u")[..200].to_owned();
    let began = Instant::now();
    let answer = post(&default(panics), "?timeout=1s", stalled(start)).await;
    assert!(
        began.elapsed() < Duration::from_millis(950),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(
        only_warning(&answer, "u"),
        "not checked by portcullis: time was up"
    );
}

#[tokio::test]
async fn a_slow_sender_who_sent_no_uid_gets_a_timeout() {
    let (status, _) = post(
        &default(panics),
        "?timeout=1s",
        stalled("{\"kind\":".to_owned()),
    )
    .await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn a_review_that_heeds_no_deadline_is_not_waited_for() {
    let began = Instant::now();
    let answer = post(&default(dawdles), "?timeout=1s", create("u")).await;
    assert!(
        began.elapsed() < Duration::from_millis(950),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(
        only_warning(&answer, "u"),
        "not checked by portcullis: time was up"
    );
}

#[tokio::test]
async fn two_hundred_at_once_with_little_memory_all_get_their_answer() {
    let limits = Limits {
        bodies: 2 << 20,
        ..Limits::default()
    };
    let router = routed(warns, limits);
    let object = padded(500_000);
    let all = (0..200).map(|n| {
        let (router, uid) = (router.clone(), format!("u-{n}"));
        let body = review(&uid, "CREATE", &object, &Value::Null);
        async move { only_warning(&post(&router, "?timeout=5s", body).await, &uid) }
    });
    let warnings = futures_util::future::join_all(all).await;
    assert!(
        warnings
            .iter()
            .any(|warning| warning.contains("selects no pod"))
    );
    for warning in warnings {
        let shed = warning == "not checked by portcullis: too many requests at once";
        assert!(shed || warning.contains("selects no pod"), "{warning}");
    }
}

#[tokio::test]
async fn a_body_larger_than_the_whole_budget_is_allowed_unchecked() {
    let limits = Limits {
        bodies: 100_000,
        ..Limits::default()
    };
    let body = review("u", "CREATE", &padded(500_000), &Value::Null);
    for body in [streamed(&body), Body::from(body)] {
        let warning = only_warning(&post(&routed(panics, limits), "", body).await, "u");
        assert!(warning.ends_with("too many requests at once"), "{warning}");
    }
}

#[tokio::test]
async fn when_too_many_are_in_flight_the_next_is_allowed_at_once() {
    let limits = Limits {
        in_flight: 1,
        ..Limits::default()
    };
    let router = routed(ponders, limits);
    let slow = tokio::spawn({
        let router = router.clone();
        async move { post(&router, "", create("slow")).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let warning = only_warning(&post(&router, "", create("u")).await, "u");
    assert!(warning.ends_with("too many requests at once"), "{warning}");
    assert!(only_warning(&slow.await.unwrap(), "slow").contains("selects no pod"));
}

#[tokio::test]
async fn a_panic_is_counted_and_the_next_request_is_answered() {
    let webhook = Webhook::new(Arc::new(gate(panics)), Limits::default());
    for _ in 0..2 {
        let answer = post(&router(webhook.clone()), "", create("u")).await;
        assert!(only_warning(&answer, "u").contains("a rule failed"));
    }
    let text = webhook.gate().metrics().text();
    assert!(
        text.contains("portcullis_admission_panics_total 2"),
        "{text}"
    );
}

#[tokio::test]
async fn a_sender_that_breaks_off_is_refused_and_gives_its_memory_back() {
    let limits = Limits {
        bodies: 64 * 1024,
        ..Limits::default()
    };
    let router = routed(silent, limits);
    for _ in 0..10 {
        let start = stream::iter([Ok(Bytes::from(vec![b' '; 50_000])), Err("gone")]);
        let (status, _) = post(&router, "", Body::from_stream(start)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
    let (status, body) = post(&router, "", create("u")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(allowed(&serde_json::from_str(&body).unwrap(), "u").is_empty());
}
