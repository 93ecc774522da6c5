//! How the watch fares: what readiness, metrics and people are told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::feed::{Feed, State};
use super::ledger::Slot;

/// How the watch fares.
#[derive(Debug)]
pub struct Status {
    feeds: Mutex<BTreeMap<Slot, Arc<Feed>>>,
    ready: AtomicBool,
    stale_after: Duration,
}

/// After so long a silence things may have changed: two bookmarks were missed, and then some.
const STALE_AFTER: Duration = Duration::from_secs(180);

impl Default for Status {
    fn default() -> Self {
        Self::new(STALE_AFTER)
    }
}

impl Status {
    pub(super) fn new(stale_after: Duration) -> Self {
        Self {
            feeds: Mutex::default(),
            ready: AtomicBool::new(false),
            stale_after,
        }
    }

    /// Whether everything that may be listed has been listed once. It stays so.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    /// Every feed, the table of kinds first.
    pub fn feeds(&self) -> Vec<Arc<Feed>> {
        let feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.values().cloned().collect()
    }

    /// Whether a feed that was listed has been silent for so long that things may have changed.
    pub fn is_stale(&self, feed: &Feed) -> bool {
        feed.state() == State::Synced && feed.age() > self.stale_after
    }

    pub(super) fn join(&self, slot: Slot, feed: Arc<Feed>) {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.insert(slot, feed);
    }

    pub(super) fn leave(&self, slot: Slot) {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.remove(&slot);
    }

    pub(super) fn set_ready(&self) {
        self.ready.store(true, Ordering::Release);
    }
}
