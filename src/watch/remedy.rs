//! What to do about failures of a watch, and how long to wait before.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use kube::runtime::watcher::Error;
use tokio::time::Instant;

use super::coverage::Reason;
use super::source::Source;
use super::timing::Timing;

/// What to do after a failure.
#[derive(Debug)]
pub(super) enum Remedy {
    /// Go on.
    Again,
    /// List anew.
    Anew,
    /// List anew without streaming.
    Pages,
    /// Give up for now.
    Refuse(Box<kube::Error>),
}

/// What to do after a failure; `streaming` says whether lists are streamed.
pub(super) fn remedy(error: Error, streaming: bool) -> Remedy {
    let (Error::WatchStartFailed(error) | Error::InitialListFailed(error)) = error else {
        // kube goes on from where it was, or lists anew where that is forgotten.
        return Remedy::Again;
    };
    match &error {
        kube::Error::Api(status) => match status.code {
            403 | 404 => Remedy::Refuse(error.into()),
            // kube would ask for the same state again.
            410 => Remedy::Anew,
            // Who we are, and how busy it is, is not about the list.
            401 | 408 | 429 => Remedy::Again,
            400..500 if streaming => Remedy::Pages,
            _ => Remedy::Again,
        },
        _ => Remedy::Again,
    }
}

/// A series of failures.
#[derive(Debug)]
pub(super) struct Trouble {
    timing: Timing,
    since: Option<Instant>,
    delay: Delay,
}

impl Trouble {
    /// No failure yet.
    pub(super) fn new(timing: &Timing) -> Self {
        Self {
            timing: *timing,
            since: None,
            delay: Delay::between(timing.again),
        }
    }

    /// Adds a failure; once the API server has answered with nothing but errors for too long, says
    /// why.
    pub(super) fn add(&mut self, source: &Source, error: &Error) -> Option<Reason> {
        let first = self.since.is_none();
        let since = *self.since.get_or_insert_with(Instant::now);
        if first {
            tracing::warn!(kind = %source, %error, "watching fails, and is tried again");
        } else {
            tracing::debug!(kind = %source, %error, "watching fails, and is tried again");
        }
        let (Error::WatchStartFailed(kube::Error::Api(status))
        | Error::InitialListFailed(kube::Error::Api(status))) = error
        else {
            return None;
        };
        let hopeless = since.elapsed() >= self.timing.hope && status.code != 401;
        hopeless.then(|| Reason::Failed(status.message.clone()))
    }

    /// Notes that it works again.
    pub(super) fn is_over(&mut self, source: &Source) {
        self.delay = Delay::between(self.timing.again);
        if let Some(since) = self.since.take() {
            let seconds = since.elapsed().as_secs_f64();
            tracing::info!(kind = %source, seconds, "watching works again");
        }
    }

    /// How long to wait before it is tried again.
    pub(super) fn delay(&mut self) -> Duration {
        self.delay.next()
    }
}

/// Delays that double, and differ a little so that not everybody asks at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delay {
    next: Duration,
    most: Duration,
}

impl Delay {
    /// Delays from the first to the second.
    pub(super) fn between([first, most]: [Duration; 2]) -> Self {
        Self { next: first, most }
    }

    /// The next delay: between half of its length and the whole.
    pub(super) fn next(&mut self) -> Duration {
        let delay = self.next;
        self.next = (delay * 2).min(self.most);
        let random = RandomState::new().build_hasher().finish();
        delay.mul_f64(0.5 + f64::from(u8::try_from(random % 128).unwrap_or(0)) / 256.0)
    }
}
