//! What was admitted a moment ago and has not come back by the watch: it may silence a finding, never
//! cause one.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::cluster::{Change, Store};
use crate::finding::Report;
use crate::object::{Body, Key};

/// The watch is milliseconds behind; what has not come back after this long was refused by others.
const LASTS: Duration = Duration::from_secs(10);

/// At most so many Changes are remembered: laying them over a Store takes microseconds each.
const MOST: usize = 512;

/// Changes that were admitted, in order.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<VecDeque<(Instant, Key, Change)>>);

impl Recent {
    /// Remembers a Change that was admitted.
    pub(super) fn remember(&self, change: Change, now: Instant) {
        let Some(key) = change.meta().map(crate::object::Meta::key) else {
            return;
        };
        let after = change.after.as_ref();
        if after.is_some_and(|object| object.body == Body::Opaque) {
            return;
        }
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|(_, other, _)| *other != key);
        if recent.len() >= MOST {
            recent.pop_front();
        }
        recent.push_back((now, key, change));
    }

    /// The Store as it will be once everything that was admitted is back, but for what `change` is
    /// about; `None` where that is the Store itself.
    pub(super) fn lay_over(&self, store: &Store, change: &Change, now: Instant) -> Option<Store> {
        let key = change.meta().map(crate::object::Meta::key);
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|(since, key, change)| {
            now.saturating_duration_since(*since) < LASTS && !is_back(store, key, change)
        });
        let others = recent
            .iter()
            .filter(|(_, other, _)| Some(other) != key.as_ref());
        let changes: Vec<Change> = others.map(|(_, _, change)| change.clone()).collect();
        drop(recent);
        (!changes.is_empty()).then(|| store.after(&changes))
    }
}

fn is_back(store: &Store, key: &Key, change: &Change) -> bool {
    store.get(key) == change.after.as_ref()
}

/// What is left of findings once those are silenced that do not hold `again`, in the words of the
/// milder of the two.
pub(super) fn silenced(found: Vec<Report>, again: &[Report]) -> Vec<Report> {
    let same = |a: &Report, b: &Report| {
        (a.rule, &a.object, &a.finding.field, &a.finding.culprit)
            == (b.rule, &b.object, &b.finding.field, &b.finding.culprit)
    };
    let left = found.into_iter().filter_map(|report| {
        let again = again.iter().find(|again| same(&report, again))?;
        let is_milder = again.finding.severity < report.finding.severity;
        Some(if is_milder { again.clone() } else { report })
    });
    left.collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::finding::{FieldPath, Finding, Severity};
    use crate::object::{self, Object};

    fn service(name: &str, spec: &Value) -> Arc<Object> {
        let text = json!({"metadata": {"name": name, "namespace": "shop"}, "spec": spec});
        let object = object::parse("v1", "Service", &text);
        Arc::new(object.unwrap())
    }

    fn web() -> Arc<Object> {
        service("web", &json!({"selector": {"app": "web"}}))
    }

    fn other() -> Change {
        Change::create(service("other", &json!({})))
    }

    #[test]
    fn what_was_admitted_is_seen_until_it_is_back_or_ten_seconds_have_passed() {
        let recent = Recent::default();
        let now = Instant::now();
        let store = Store::default();
        assert!(recent.lay_over(&store, &other(), now).is_none());
        recent.remember(Change::create(web()), now);
        let later = now + Duration::from_secs(9);
        let laid = recent.lay_over(&store, &other(), later).unwrap();
        assert!(laid.get(&web().meta.key()).is_some());
        assert!(recent.lay_over(&store, &other(), now + LASTS).is_none());

        recent.remember(Change::create(web()), now);
        let mut back = Store::default();
        back.put(web());
        assert!(recent.lay_over(&back, &other(), now).is_none());
        // It is back: what the watch brings later is newer.
        assert!(recent.lay_over(&store, &other(), now).is_none());
    }

    #[test]
    fn a_deletion_is_remembered_too() {
        let recent = Recent::default();
        let now = Instant::now();
        let mut store = Store::default();
        store.put(web());
        recent.remember(Change::delete(web()), now);
        let laid = recent.lay_over(&store, &other(), now).unwrap();
        assert!(laid.get(&web().meta.key()).is_none());
    }

    #[test]
    fn a_request_that_comes_again_is_not_held_against_itself() {
        let recent = Recent::default();
        let now = Instant::now();
        recent.remember(Change::create(web()), now);
        let again = Change::create(web());
        assert!(recent.lay_over(&Store::default(), &again, now).is_none());
    }

    #[test]
    fn no_more_is_remembered_than_can_be_laid_over_in_time() {
        let recent = Recent::default();
        let now = Instant::now();
        for number in 0..=MOST {
            let service = service(&format!("web-{number}"), &json!({}));
            recent.remember(Change::create(service), now);
        }
        let laid = recent.lay_over(&Store::default(), &other(), now).unwrap();
        assert_eq!(laid.len(), MOST);
    }

    fn report(severity: Severity, field: &str) -> Report {
        Report {
            rule: "service-selects-nothing",
            object: None,
            finding: Finding::new(severity, FieldPath::of(field), format!("{severity:?}")),
            caused_by: None,
        }
    }

    #[test]
    fn a_finding_is_silenced_or_made_milder_and_none_is_added() {
        let found = vec![
            report(Severity::Warning, "spec.selector"),
            report(Severity::Warning, "spec.ports"),
        ];
        let again = [
            report(Severity::Notice, "spec.ports"),
            report(Severity::Error, "spec.type"),
        ];
        assert_eq!(
            silenced(found, &again),
            [report(Severity::Notice, "spec.ports")]
        );
        let found = vec![report(Severity::Notice, "spec.ports")];
        let worse = [report(Severity::Error, "spec.ports")];
        assert_eq!(silenced(found.clone(), &worse), found);
    }
}
