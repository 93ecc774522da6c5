//! Health and metrics, on a listener of their own without TLS.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::cluster;
use super::router::Webhook;
use crate::certs::Resolver;
use crate::metrics::CONTENT_TYPE;
use crate::watch::Status;

/// What health is judged by.
#[derive(Clone, Debug)]
pub struct Health {
    webhook: Arc<Webhook>,
    resolver: Arc<Resolver>,
}

impl Health {
    /// The health of a webhook that serves with a resolver's certificate.
    pub fn new(webhook: Arc<Webhook>, resolver: Arc<Resolver>) -> Self {
        Self { webhook, resolver }
    }

    /// Every condition of being ready, and whether it holds.
    fn conditions(&self) -> Vec<(&'static str, bool)> {
        let in_view = self.cluster().map(|it| ("in-view", it.is_ready()));
        [
            ("certificate", self.resolver.expires() > SystemTime::now()),
            ("not-stopping", !self.webhook.is_draining()),
        ]
        .into_iter()
        .chain(in_view)
        .collect()
    }

    /// How the watch fares, where there is one.
    fn cluster(&self) -> Option<&Arc<Status>> {
        self.webhook.gate().cluster()
    }

    /// Whether requests should be sent here.
    pub fn is_ready(&self) -> bool {
        self.conditions().iter().all(|(_, holds)| *holds)
    }

    /// `/healthz`, `/readyz` and `/metrics`.
    pub fn router(self) -> Router {
        Router::new()
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .with_state(self)
    }
}

async fn ready(State(health): State<Health>, RawQuery(query): RawQuery) -> Response {
    let verbose = query
        .iter()
        .flat_map(|query| query.split('&'))
        .any(|pair| pair == "verbose" || pair.starts_with("verbose="));
    let ready = health.is_ready();
    let mut text = String::new();
    if verbose {
        for (name, holds) in health.conditions() {
            let sign = if holds { '+' } else { '-' };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "[{sign}] {name}");
        }
        if let Some(status) = health.cluster() {
            text.push_str(&cluster::lines(status, health.webhook.gate().knowledge()));
        }
    }
    let (status, word) = if ready {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    };
    text.push_str(word);
    (status, text).into_response()
}

async fn metrics(State(health): State<Health>) -> Response {
    let metrics = health.webhook.gate().metrics();
    metrics.set_certificate_expiry(health.resolver.expires());
    if let Some(status) = health.cluster() {
        metrics.set_watched(cluster::watched(status));
    }
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.text()).into_response()
}
