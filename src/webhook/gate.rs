//! The gate: from the bytes of an `AdmissionReview` to the answer, without a network.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use arc_swap::ArcSwap;
use serde_json::value::RawValue;

use super::admission::{self, Envelope, Request};
use super::answer::{Answer, Reply, Unchecked, Verdict, Version};
use super::recent::{Recent, silenced};
use super::{denial, telling};
use crate::cluster::{Change, Knowledge, Store, View};
use crate::config::Config;
use crate::finding::Report;
use crate::metrics::{Metrics, Operation, Outcome};
use crate::object::{self, Object, row_of};
use crate::review;
use crate::watch::{Snapshot, Status};

/// What reviews: [`review::review`], or what a test puts in its place.
pub type Reviewer = fn(&[Change], &Store, &Knowledge, &Config, Option<Instant>) -> review::Outcome;

/// No API server sends a longer one; what is answered must not grow with what is sent.
const LONGEST_UID: usize = 1024;

/// As much of a body as a uid is looked for in, where the whole is not read.
pub(super) const HEAD: usize = 4096;

/// What reviews go by.
#[derive(Debug)]
struct Settings {
    /// What is said of the cluster, which wins over what it shows.
    knowledge: Knowledge,
    config: Config,
}

/// Answers admission requests on what it knows.
#[derive(Debug)]
pub struct Gate {
    known: ArcSwap<Snapshot>,
    /// How the watch fares that keeps `known` up to date, if there is one.
    cluster: OnceLock<Arc<Status>>,
    recent: Recent,
    settings: ArcSwap<Settings>,
    metrics: Metrics,
    reviewer: Reviewer,
}

impl Gate {
    /// A gate that knows `store`.
    pub fn new(store: Store, knowledge: Knowledge, config: Config) -> Self {
        let gate = Self {
            known: ArcSwap::default(),
            cluster: OnceLock::new(),
            recent: Recent::default(),
            settings: ArcSwap::from_pointee(Settings { knowledge, config }),
            metrics: Metrics::default(),
            reviewer: review::review,
        };
        gate.publish(store);
        gate
    }

    /// The same gate with another reviewer.
    #[must_use]
    pub fn reviewing_with(mut self, reviewer: Reviewer) -> Self {
        self.reviewer = reviewer;
        self
    }

    /// What is known now.
    pub fn store(&self) -> Store {
        self.known.load().store.clone()
    }

    /// What is known of the cluster beside its objects: what is said of it, or else what it shows.
    pub fn knowledge(&self) -> Knowledge {
        self.settings
            .load()
            .knowledge
            .or(self.known.load().knowledge)
    }

    /// Answers from here on on `store`; requests being answered keep the one they began with.
    pub fn publish(&self, store: Store) {
        let knowledge = self.known.load().knowledge;
        self.show(Snapshot { store, knowledge });
    }

    /// Answers from here on on what a watch knows.
    pub fn show(&self, snapshot: Snapshot) {
        self.metrics.set_objects(snapshot.store.len());
        self.known.store(Arc::new(snapshot));
    }

    /// Says how the watch fares that keeps what is known up to date. What is admitted from here on
    /// is remembered until it comes back by it.
    pub fn watch(&self, status: Arc<Status>) {
        // There is one cluster, and one watch of it.
        let _ = self.cluster.set(status);
    }

    /// How the watch fares, where there is one.
    pub fn cluster(&self) -> Option<&Arc<Status>> {
        self.cluster.get()
    }

    /// Goes by other settings from here on; requests being answered keep those they began with.
    pub fn configure(&self, knowledge: Knowledge, config: Config) {
        self.settings
            .store(Arc::new(Settings { knowledge, config }));
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Answers one request. What is not decided by `until` is allowed, and so is a request on
    /// which a rule panics.
    pub fn answer(&self, body: &[u8], until: Instant) -> Answer {
        // A Store is immutable and metrics are counters: a panic leaves nothing half done.
        catch_unwind(AssertUnwindSafe(|| self.decide(body, until)))
            .unwrap_or_else(|_| unchecked(body, &Unchecked::Panicked))
    }

    fn decide(&self, body: &[u8], until: Instant) -> Answer {
        let (mut envelope, end) = admission::read(body);
        let uid = match (uid(&mut envelope), &end) {
            (Ok(uid), _) => uid,
            (Err(_), Err(error)) if envelope.request.uid.is_none() => {
                return Answer::Refused(format!("the body is no AdmissionReview: {error}"));
            }
            (Err(refused), _) => return refused,
        };
        let version = Version::of(&envelope.api_version);
        let operation = envelope.request.operation;
        let judged = end
            .map_err(|error| format!("the request is not readable: {error}"))
            .and_then(|()| is_review(&envelope))
            .and_then(|()| self.judge(&envelope.request, until));
        Answer::Review(match judged {
            Ok((verdict, outcome)) => Reply {
                uid,
                version,
                verdict,
                operation,
                outcome,
            },
            Err(why) => Reply::unchecked(uid, version, operation, &Unchecked::Unread(why)),
        })
    }

    fn judge(&self, request: &Request<'_>, until: Instant) -> Result<(Verdict, Outcome), String> {
        if !request.sub_resource.is_empty() || request.operation == Operation::Connect {
            return Ok((Verdict::Allowed(Vec::new()), Outcome::Silent));
        }
        let change = change(request)?;
        let known = self.known.load();
        let settings = self.settings.load();
        let knowledge = settings.knowledge.or(known.knowledge);
        let config = &settings.config;
        let found = self.review(&change, &known.store, |store| {
            let changes = std::slice::from_ref(&change);
            (self.reviewer)(changes, store, &knowledge, config, Some(until))
        });
        if !request.dry_run {
            self.metrics.found(&found.reports);
        }
        let view = View::new(&known.store, &knowledge);
        let (verdict, outcome) = conclude(&change, request, view, config, &found);
        let admitted = matches!(verdict, Verdict::Allowed(_)) && !request.dry_run;
        if admitted && self.cluster.get().is_some() {
            self.recent.remember(change, Instant::now());
        }
        Ok((verdict, outcome))
    }

    /// Reviews a Change on what is known; what was admitted a moment ago may silence findings.
    fn review(
        &self,
        change: &Change,
        store: &Store,
        review: impl Fn(&Store) -> review::Outcome,
    ) -> review::Outcome {
        let mut found = review(store);
        if found.reports.is_empty() {
            return found;
        }
        if let Some(laid_over) = self.recent.lay_over(store, change, Instant::now()) {
            let again = review(&laid_over);
            // What was not decided in time silences nothing.
            if again.unchecked.is_empty() {
                found.reports = silenced(found.reports, &again.reports);
            }
        }
        found
    }
}

fn conclude(
    change: &Change,
    request: &Request<'_>,
    view: View<'_>,
    config: &Config,
    found: &review::Outcome,
) -> (Verdict, Outcome) {
    let admission = &config.admission;
    let told: Vec<&Report> = (found.reports.iter())
        .filter(|report| admission.tells(report))
        .collect();
    if let Some(object) = change
        .meta()
        .filter(|_| request.operation == Operation::Create)
    {
        let denying = denial::denying(&found.reports, admission, &object.reference);
        if !denying.is_empty() && may_deny(object.namespace(), view, config) {
            return (denial::denial(&denying, &told), Outcome::Denied);
        }
    }
    let late = late(found);
    let outcome = match (&late, told.is_empty()) {
        (Some(_), _) => Outcome::Late,
        (None, true) => Outcome::Silent,
        (None, false) => Outcome::Warned,
    };
    (Verdict::Allowed(telling::lines(&told, late)), outcome)
}

fn may_deny(namespace: &str, view: View<'_>, config: &Config) -> bool {
    let Some(selector) = &config.admission.deny_namespaces else {
        return true;
    };
    // What is in no namespace is in none of the chosen ones.
    if namespace.is_empty() {
        return false;
    }
    let labels = view.namespace_labels(namespace);
    denial::in_scope(Some(selector), labels.as_ref())
}

/// Answers a request of which only the beginning is at hand, or that is not to be checked.
pub(super) fn unchecked(head: &[u8], why: &Unchecked) -> Answer {
    let head = head.get(..HEAD).unwrap_or(head);
    let (mut envelope, _) = admission::read(head);
    match uid(&mut envelope) {
        Ok(uid) => Answer::Review(Reply::unchecked(
            uid,
            Version::of(&envelope.api_version),
            envelope.request.operation,
            why,
        )),
        Err(refused) => refused,
    }
}

/// Takes the uid out of an envelope, or says why there is nobody to answer.
fn uid(envelope: &mut Envelope<'_>) -> Result<String, Answer> {
    match envelope.request.uid.take() {
        Some(uid) if uid.len() > LONGEST_UID => {
            envelope.request.uid = Some(String::new());
            Err(Answer::Refused("request.uid is too long".to_owned()))
        }
        Some(uid) if !uid.is_empty() => Ok(uid),
        _ => Err(Answer::Refused(
            "the body is no AdmissionReview: request.uid is missing".to_owned(),
        )),
    }
}

fn is_review(envelope: &Envelope<'_>) -> Result<(), String> {
    if envelope.kind != "AdmissionReview" || envelope.api_version != Version::V1.as_str() {
        return Err(format!(
            "{} {} is not AdmissionReview admission.k8s.io/v1",
            envelope.kind, envelope.api_version
        ));
    }
    Ok(())
}

/// What was not decided in time, in one line.
fn late(found: &review::Outcome) -> Option<String> {
    let (first, rest) = found.unchecked.split_first()?;
    let more = if rest.is_empty() {
        String::new()
    } else {
        format!(" and {} more", rest.len())
    };
    Some(telling::single(&format!(
        "not checked by portcullis, time was up: {first}{more}"
    )))
}

fn change(request: &Request<'_>) -> Result<Change, String> {
    let new = || parse(request, request.object, "object");
    let old = || parse(request, request.old_object, "oldObject");
    Ok(match request.operation {
        Operation::Create => Change::create(new()?),
        Operation::Update => Change::update(old()?, new()?),
        Operation::Delete => Change {
            orphans: request.orphans,
            ..Change::delete(old()?)
        },
        Operation::Connect | Operation::Unknown => {
            return Err("request.operation is not known".to_owned());
        }
    })
}

fn parse(
    request: &Request<'_>,
    json: Option<&RawValue>,
    field: &str,
) -> Result<Arc<Object>, String> {
    let json = json.ok_or_else(|| format!("request.{field} is missing"))?;
    let mut deserializer = serde_json::Deserializer::from_str(json.get());
    let api_version = request.kind.api_version();
    let mut object = object::parse(&api_version, &request.kind.kind, &mut deserializer)
        .map_err(|error| format!("request.{field} is not readable: {error}"))?;
    complete(&mut object, request);
    Ok(Arc::new(object))
}

/// Fills in the identity that only the request tells.
fn complete(object: &mut Object, request: &Request<'_>) {
    // For a Namespace `request.namespace` is its own name.
    let namespaced = row_of(object.meta.kind).is_none_or(|row| row.namespaced);
    let reference = &mut object.meta.reference;
    if namespaced && reference.namespace.is_none() && !request.namespace.is_empty() {
        reference.namespace = Some(request.namespace.as_str().into());
    }
    if reference.name.is_empty() {
        reference.name = request.name.as_str().into();
    }
}
