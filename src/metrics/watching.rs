//! How the watch fares, by kind.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::atomic::Ordering;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::object::{Kind, row_of};

/// How the watch of one kind fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The kind; all custom ones count as one.
    pub kind: Kind,
    /// How long ago the API server was last heard on it.
    pub age: Duration,
    /// How often watching had to begin again.
    pub restarts: u64,
    /// Why it is not known, if it is not.
    pub unknown: Option<Unknown>,
}

/// Why a kind is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unknown {
    /// Its CRD is not installed.
    NotInstalled,
    /// It has not been listed yet.
    Pending,
    /// The API server has been silent for too long.
    Stale,
    /// The API server answers with errors.
    Failed,
    /// It may not be listed.
    Forbidden,
}

impl Unknown {
    const fn as_str(self) -> &'static str {
        match self {
            Self::NotInstalled => "not_installed",
            Self::Pending => "pending",
            Self::Stale => "stale",
            Self::Failed => "failed",
            Self::Forbidden => "forbidden",
        }
    }
}

/// The metrics of the watch.
#[derive(Debug, Default)]
pub(super) struct Watching {
    age: Family<KindLabels, Gauge>,
    restarts: Family<KindLabels, Counter>,
    unknown: Family<UnknownLabels, Gauge>,
}

impl Watching {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "watch_last_event_age",
            "Time since the API server was last heard on a kind, bookmarks included",
            Unit::Seconds,
            self.age.clone(),
        );
        registry.register(
            "watch_restarts",
            "How often watching a kind had to begin again after a failure",
            self.restarts.clone(),
        );
        registry.register(
            "watch_unknown",
            "Kinds of which not everything is known, by reason",
            self.unknown.clone(),
        );
    }

    /// Sets everything anew; of several feeds of one kind the worst counts.
    pub(super) fn set(&self, watched: impl IntoIterator<Item = Watched>) {
        self.age.clear();
        self.unknown.clear();
        let mut restarts: BTreeMap<Kind, u64> = BTreeMap::new();
        for Watched {
            kind,
            age,
            restarts: more,
            unknown,
        } in watched
        {
            *restarts.entry(kind).or_default() += more;
            let kind = KindLabel(kind);
            if let Some(reason) = unknown {
                let labels = UnknownLabels { kind, reason };
                self.unknown.get_or_create(&labels).set(1);
            }
            if matches!(unknown, None | Some(Unknown::Stale)) {
                let age = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
                let gauge = self.age.get_or_create_owned(&KindLabels { kind });
                gauge.set(gauge.get().max(age));
            }
        }
        for (kind, count) in restarts {
            let labels = KindLabels {
                kind: KindLabel(kind),
            };
            // It grows as the feeds' own counts do.
            self.restarts
                .get_or_create(&labels)
                .inner()
                .store(count, Ordering::Relaxed);
        }
    }
}

/// A kind as a label: `deployments.apps`, or `custom`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct KindLabel(Kind);

impl EncodeLabelValue for KindLabel {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        match row_of(self.0) {
            Some(row) if row.group.is_empty() => encoder.write_str(row.plural),
            Some(row) => write!(encoder, "{}.{}", row.plural, row.group),
            None => encoder.write_str("custom"),
        }
    }
}

impl EncodeLabelValue for Unknown {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        encoder.write_str(self.as_str())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: KindLabel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct UnknownLabels {
    kind: KindLabel,
    reason: Unknown,
}
