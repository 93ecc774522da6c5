//! `POST /validate`: from an HTTP request to an HTTP response, always a well-formed one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::sync::Semaphore;
use tokio::time::timeout_at;

use super::answer::{Answer, Unchecked, Verdict};
use super::arrival::{Arrival, Budget, discard, moment, only_head};
use super::deadline::allowance;
use super::gate::{Gate, HEAD, unchecked};
use super::limits::Limits;
use crate::metrics::{Operation, Outcome};

/// What a review that heeds its deadline may still need to come back.
const GRACE: Duration = Duration::from_millis(150);

/// A gate with what bounds the requests to it.
#[derive(Debug)]
pub struct Webhook {
    gate: Arc<Gate>,
    limits: Limits,
    budget: Budget,
    in_flight: Semaphore,
    reviews: Arc<Semaphore>,
    draining: AtomicBool,
}

impl Webhook {
    /// A webhook in front of `gate`.
    pub fn new(gate: Arc<Gate>, limits: Limits) -> Arc<Self> {
        let most = |count: usize| count.min(Semaphore::MAX_PERMITS);
        Arc::new(Self {
            gate,
            limits,
            budget: Budget::new(&limits),
            in_flight: Semaphore::new(most(limits.in_flight)),
            reviews: Arc::new(Semaphore::new(most(limits.reviews))),
            draining: AtomicBool::new(false),
        })
    }

    /// The gate.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The bounds.
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Asks every client to connect anew, since this process is about to stop.
    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether this process is about to stop.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Receives a body and answers it.
    async fn admit(&self, mut body: Body, until: tokio::time::Instant) -> Option<Answer> {
        let Ok(_place) = self.in_flight.try_acquire() else {
            let arrival = only_head(&mut body, Unchecked::Shed, until).await;
            return cut_off(arrival);
        };
        match self.budget.receive(body, until).await {
            Arrival::Whole(body, share) => Some(self.review(body, share, until).await),
            other => cut_off(other),
        }
    }

    /// Reviews away from the threads that serve connections, so that not even a rule that never
    /// returns keeps an answer back; it only occupies its place.
    async fn review(
        &self,
        body: Vec<u8>,
        share: tokio::sync::OwnedSemaphorePermit,
        until: tokio::time::Instant,
    ) -> Answer {
        let head = body.get(..HEAD).unwrap_or(&body).to_vec();
        let Ok(Ok(turn)) = timeout_at(until, self.reviews.clone().acquire_owned()).await else {
            return unchecked(&head, &Unchecked::Late);
        };
        let gate = self.gate.clone();
        let review = tokio::task::spawn_blocking(move || {
            let answer = gate.answer(&body, until.into_std());
            drop((body, share, turn));
            answer
        });
        let end = until.checked_add(GRACE).unwrap_or(until);
        match timeout_at(end, review).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => unchecked(&head, &Unchecked::Panicked),
            Err(_) => unchecked(&head, &Unchecked::Late),
        }
    }
}

fn cut_off(arrival: Arrival) -> Option<Answer> {
    match arrival {
        Arrival::Cut(head, why) => Some(unchecked(&head, &why)),
        Arrival::Whole(..) | Arrival::Broken => None,
    }
}

/// The router of the webhook: `POST /validate` and nothing else.
pub fn router(webhook: Arc<Webhook>) -> Router {
    Router::new()
        .route("/validate", post(validate))
        .fallback(|| async { (StatusCode::NOT_FOUND, "only POST /validate is here\n") })
        .layer(from_fn_with_state(webhook.clone(), close_when_draining))
        .with_state(webhook)
}

async fn validate(State(webhook): State<Arc<Webhook>>, request: Request) -> Response {
    let began = Instant::now();
    let metrics = webhook.gate.metrics();
    let _in_flight = metrics.in_flight();
    let until = moment(allowance(request.uri().query(), webhook.limits.deadline));
    let (head, mut body) = request.into_parts();
    let answer = if is_json(&head.headers) {
        webhook.admit(body, until).await
    } else {
        discard(&mut body, until).await;
        metrics.answered(Operation::Unknown, Outcome::Refused, began.elapsed());
        let said = "the content type must be application/json\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, said).into_response();
    };
    let took = began.elapsed();
    let late = tokio::time::Instant::now() >= until;
    let mut response = respond(answer.as_ref(), late);
    let (operation, outcome) = match &answer {
        Some(Answer::Review(reply)) => (reply.operation, reply.outcome),
        Some(Answer::Refused(_)) | None => (Operation::Unknown, Outcome::Refused),
    };
    metrics.answered(operation, outcome, took);
    log(answer.as_ref(), took);
    let timing = format!("answer;dur={:.3}", took.as_secs_f64() * 1e3);
    if let Ok(timing) = HeaderValue::from_str(&timing) {
        response.headers_mut().insert("server-timing", timing);
    }
    response
}

fn respond(answer: Option<&Answer>, late: bool) -> Response {
    match answer {
        Some(Answer::Review(reply)) => match reply.to_json() {
            Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
        Some(Answer::Refused(_)) if late => {
            let said = "the request did not arrive in time\n";
            (StatusCode::REQUEST_TIMEOUT, said).into_response()
        }
        Some(Answer::Refused(why)) => (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response(),
        None => (StatusCode::BAD_REQUEST, "the body broke off\n").into_response(),
    }
}

/// Whether a body says that it is JSON; one that says nothing is given the chance.
fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_none_or(|value| {
        value
            .to_str()
            .ok()
            .and_then(|value| value.split(';').next())
            .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
    })
}

/// One line a request: in full view where something was said, for debugging where not.
fn log(answer: Option<&Answer>, took: Duration) {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    match answer {
        Some(Answer::Review(reply)) => {
            let (request, operation) = (&*reply.uid, reply.operation.as_str());
            let outcome = reply.outcome.as_str();
            match &reply.verdict {
                Verdict::Allowed(said) if said.is_empty() => {
                    tracing::debug!(request, operation, outcome, micros, "admitted");
                }
                Verdict::Allowed(said) => {
                    let warnings = said.join("; ");
                    tracing::info!(request, operation, outcome, micros, warnings, "admitted");
                }
                Verdict::Denied { message, .. } => {
                    tracing::info!(request, operation, outcome, micros, message, "denied");
                }
            }
        }
        Some(Answer::Refused(why)) => tracing::warn!(why, micros, "refused"),
        None => tracing::debug!(micros, "the body broke off"),
    }
}

/// HTTP/1 connections are told to end here; those of HTTP/2 get their GOAWAY from the server.
async fn close_when_draining(
    State(webhook): State<Arc<Webhook>>,
    request: Request,
    next: Next,
) -> Response {
    let version = request.version();
    let mut response = next.run(request).await;
    if webhook.is_draining() && version <= Version::HTTP_11 {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}
