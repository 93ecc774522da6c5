//! A feed: how one wanted source fares, for everybody who wants to know.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::coverage::{Extent, Reason};
use super::source::Source;

/// How far a feed has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It has not been listed yet.
    #[default]
    Pending,
    /// It was listed, and is watched.
    Synced,
    /// It cannot be listed.
    Unknown(Reason),
}

impl State {
    /// How much is known of the source; what was not heard of for too long may have changed.
    pub(super) fn extent(&self, stale: bool) -> Extent {
        match self {
            Self::Synced if !stale => Extent::All,
            Self::Pending | Self::Synced => Extent::Nothing,
            Self::Unknown(reason) => reason.extent(),
        }
    }
}

/// How one wanted source fares. Followers write it, the writer and whoever asks for health read it.
#[derive(Debug)]
pub struct Feed {
    source: Mutex<Source>,
    state: Mutex<State>,
    /// When the API server was last heard on it, in milliseconds since `began`.
    heard: AtomicU64,
    began: Instant,
    restarts: AtomicU64,
    nudge: Notify,
}

impl Feed {
    /// A feed of a source, of which nothing has been heard.
    pub(super) fn new(source: Source) -> Self {
        Self {
            source: Mutex::new(source),
            state: Mutex::default(),
            heard: AtomicU64::new(0),
            began: Instant::now(),
            restarts: AtomicU64::new(0),
            nudge: Notify::new(),
        }
    }

    /// What is read, in the form that was read last.
    pub fn source(&self) -> Source {
        lock(&self.source).clone()
    }

    /// How far it has come.
    pub fn state(&self) -> State {
        lock(&self.state).clone()
    }

    /// How long ago the API server was last heard on it: an event, a bookmark, or an answer.
    pub fn age(&self) -> Duration {
        let heard = Duration::from_millis(self.heard.load(Ordering::Relaxed));
        self.began.elapsed().saturating_sub(heard)
    }

    /// How often watching had to begin again after a failure.
    pub fn restarts(&self) -> u64 {
        self.restarts.load(Ordering::Relaxed)
    }

    /// Notes that the API server was heard.
    pub(super) fn hear(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard.fetch_max(now, Ordering::Relaxed);
    }

    pub(super) fn restarted(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }

    /// Sets how far it has come, and in which form; says whether that is news.
    pub(super) fn set(&self, source: &Source, state: State) -> bool {
        lock(&self.source).clone_from(source);
        let mut current = lock(&self.state);
        let news = *current != state;
        *current = state;
        news
    }

    /// Asks for what cannot be listed to be tried again now.
    pub(super) fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// Waits for `delay`, or less where it is nudged.
    pub(super) async fn rest(&self, delay: Duration) {
        let _ = tokio::time::timeout(delay, self.nudge.notified()).await;
    }
}

/// What a panic left behind is still true: each value is replaced as a whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
