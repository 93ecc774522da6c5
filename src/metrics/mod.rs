//! What Portcullis counts, in the format that Prometheus reads.

mod labels;
mod watching;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

pub use labels::{Operation, Outcome, Subject};
pub use watching::{Unknown, Watched};

use crate::finding::Report;
use labels::{FindingLabels, ReloadLabels, ReloadOutcome, RequestLabels, SeverityLabel};
use watching::Watching;

/// Upper bounds of the latency buckets in seconds: from 50 µs, and to what no API server waits for.
const LATENCY: [f64; 15] = [
    0.000_05, 0.000_1, 0.000_2, 0.000_4, 0.000_8, 0.001_6, 0.003_2, 0.006_4, 0.012_8, 0.025, 0.1,
    0.5, 1.0, 2.0, 10.0,
];

/// The content type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything that is counted, and the registry that shows it.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    findings: Family<FindingLabels, Counter>,
    latency: Histogram,
    in_flight: Gauge,
    late: Counter,
    panics: Counter,
    shed: Counter,
    objects: Gauge,
    certificate_expiry: Gauge,
    reloads: Reloads,
    watching: Watching,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("portcullis"),
            requests: Family::default(),
            findings: Family::default(),
            latency: Histogram::new(LATENCY),
            in_flight: Gauge::default(),
            late: Counter::default(),
            panics: Counter::default(),
            shed: Counter::default(),
            objects: Gauge::default(),
            certificate_expiry: Gauge::default(),
            reloads: Reloads::default(),
            watching: Watching::default(),
        };
        metrics.register_requests();
        metrics.register_rest();
        metrics.watching.register(&mut metrics.registry);
        metrics
    }
}

impl Metrics {
    fn register_requests(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "admission_requests",
            "Admission requests by operation and by how they were answered",
            self.requests.clone(),
        );
        registry.register_with_unit(
            "admission_duration",
            "Time from the request's head to its answer",
            Unit::Seconds,
            self.latency.clone(),
        );
        registry.register(
            "admission_in_flight",
            "Admission requests being answered now",
            self.in_flight.clone(),
        );
        registry.register(
            "admission_deadline_exceeded",
            "Requests allowed before all was checked, because their time was up",
            self.late.clone(),
        );
        registry.register(
            "admission_panics",
            "Requests allowed because a rule panicked: each is a bug",
            self.panics.clone(),
        );
        registry.register(
            "admission_shed",
            "Requests allowed unchecked because too many others were in flight",
            self.shed.clone(),
        );
    }

    fn register_rest(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "findings",
            "Findings at admission by rule and severity, dry runs apart",
            self.findings.clone(),
        );
        registry.register(
            "view_objects",
            "Objects that reviews can see",
            self.objects.clone(),
        );
        registry.register_with_unit(
            "certificate_expiry_timestamp",
            "When the serving certificate expires, as Unix time",
            Unit::Seconds,
            self.certificate_expiry.clone(),
        );
        registry.register(
            "reloads",
            "Changes of files taken up, or refused and what was there before kept",
            self.reloads.0.clone(),
        );
    }

    /// Counts what is read again from files.
    pub fn reloads(&self) -> Reloads {
        self.reloads.clone()
    }

    /// Counts a request that has been answered.
    pub fn answered(&self, operation: Operation, outcome: Outcome, took: Duration) {
        self.requests
            .get_or_create(&RequestLabels { operation, outcome })
            .inc();
        self.latency.observe(took.as_secs_f64());
        match outcome {
            Outcome::Late => self.late.inc(),
            Outcome::Shed => self.shed.inc(),
            Outcome::Panicked => self.panics.inc(),
            _ => return,
        };
    }

    /// Counts what a review found.
    pub fn found<'a>(&self, reports: impl IntoIterator<Item = &'a Report>) {
        for report in reports {
            let labels = FindingLabels {
                rule: report.rule,
                severity: SeverityLabel(report.finding.severity),
            };
            self.findings.get_or_create(&labels).inc();
        }
    }

    /// Counts a request as in flight until the returned guard is dropped.
    pub fn in_flight(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// Sets how the watch fares.
    pub fn set_watched(&self, watched: impl IntoIterator<Item = Watched>) {
        self.watching.set(watched);
    }

    /// Sets how many objects reviews can see.
    pub fn set_objects(&self, objects: usize) {
        self.objects.set(i64::try_from(objects).unwrap_or(i64::MAX));
    }

    /// Sets when the serving certificate expires.
    pub fn set_certificate_expiry(&self, at: SystemTime) {
        let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.certificate_expiry
            .set(i64::try_from(seconds).unwrap_or(i64::MAX));
    }

    /// Everything in the `OpenMetrics` text format.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// What is read again from files, counted.
#[derive(Clone, Debug, Default)]
pub struct Reloads(Family<ReloadLabels, Counter>);

impl Reloads {
    /// Counts a change of files that was taken up or refused.
    pub fn count(&self, subject: Subject, taken: bool) {
        let outcome = if taken {
            ReloadOutcome::Taken
        } else {
            ReloadOutcome::Refused
        };
        (self.0.get_or_create(&ReloadLabels { subject, outcome })).inc();
    }
}

/// One request in flight.
#[derive(Debug)]
#[must_use]
pub struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_answer_counts_as_a_request_and_as_a_missed_deadline() {
        let metrics = Metrics::default();
        metrics.answered(Operation::Create, Outcome::Late, Duration::from_micros(60));
        let text = metrics.text();
        for line in [
            "portcullis_admission_requests_total{operation=\"CREATE\",outcome=\"late\"} 1",
            "portcullis_admission_deadline_exceeded_total 1",
            "portcullis_admission_duration_seconds_bucket{le=\"0.0001\"} 1",
            "portcullis_admission_duration_seconds_bucket{le=\"0.00005\"} 0",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }

    #[test]
    fn a_request_is_in_flight_until_its_guard_is_dropped() {
        let metrics = Metrics::default();
        let guard = metrics.in_flight();
        assert!(metrics.text().contains("portcullis_admission_in_flight 1"));
        drop(guard);
        assert!(metrics.text().contains("portcullis_admission_in_flight 0"));
    }
}
