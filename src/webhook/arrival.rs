//! How a request's body arrives: whole and within the memory budget, or only its beginning.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::answer::Unchecked;
use super::gate::HEAD;
use super::limits::Limits;

/// The budget is counted in these.
const UNIT: usize = 1024;

/// The memory that all bodies in flight may hold together.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    units: Arc<Semaphore>,
    all: usize,
    longest: usize,
}

/// What arrived.
#[derive(Debug)]
pub(super) enum Arrival {
    /// The whole body, and its share of the budget.
    Whole(Vec<u8>, OwnedSemaphorePermit),
    /// Only its beginning is kept.
    Cut(Vec<u8>, Unchecked),
    /// The sender went away or broke the protocol.
    Broken,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        let all = limits.bodies.div_ceil(UNIT).min(Semaphore::MAX_PERMITS);
        Self {
            units: Arc::new(Semaphore::new(all)),
            all,
            longest: limits.body,
        }
    }

    /// Receives a body: whole where it is not too long, there is memory for it, and it comes
    /// before `until`.
    pub(super) async fn receive(&self, mut body: Body, until: Instant) -> Arrival {
        let announced = body.size_hint().exact();
        let Some(expected) = announced.map(usize::try_from) else {
            return self.grow(&mut body, until).await;
        };
        let expected = expected.unwrap_or(usize::MAX);
        if expected > self.longest {
            return only_head(&mut body, Unchecked::TooLarge(self.longest), until).await;
        }
        let Some(share) = self.wait_for(expected, until).await else {
            return only_head(&mut body, Unchecked::Shed, until).await;
        };
        let mut whole = Vec::with_capacity(expected);
        match fill(&mut body, until, |chunk| {
            whole.extend_from_slice(&chunk);
            whole.len() <= expected
        })
        .await
        {
            End::Reached => Arrival::Whole(whole, share),
            End::Late => cut(whole, Unchecked::Late),
            End::Stopped | End::Broken => Arrival::Broken,
        }
    }

    /// Receives a body that does not say how long it is.
    async fn grow(&self, body: &mut Body, until: Instant) -> Arrival {
        let mut whole = Vec::new();
        let Ok(mut share) = self.units.clone().try_acquire_many_owned(0) else {
            return Arrival::Broken;
        };
        let mut why = Unchecked::Late;
        let end = fill(body, until, |chunk| {
            let length = whole.len().saturating_add(chunk.len());
            if length > self.longest {
                why = Unchecked::TooLarge(self.longest);
                return false;
            }
            let lacking = length.div_ceil(UNIT).saturating_sub(share.num_permits());
            let lacking = u32::try_from(lacking).unwrap_or(u32::MAX);
            let Ok(more) = self.units.clone().try_acquire_many_owned(lacking) else {
                why = Unchecked::Shed;
                return false;
            };
            share.merge(more);
            whole.extend_from_slice(&chunk);
            true
        })
        .await;
        match end {
            End::Reached => Arrival::Whole(whole, share),
            End::Late => cut(whole, Unchecked::Late),
            End::Broken => Arrival::Broken,
            End::Stopped => {
                drop(share);
                let arrival = cut(whole, why);
                discard(body, until).await;
                arrival
            }
        }
    }

    /// Waits for memory, but not so long that nothing could be done with it.
    async fn wait_for(&self, bytes: usize, until: Instant) -> Option<OwnedSemaphorePermit> {
        let units = bytes.div_ceil(UNIT);
        if units > self.all {
            return None;
        }
        let units = u32::try_from(units).ok()?;
        let patience = until.saturating_duration_since(Instant::now()) / 2;
        let waiting = self.units.clone().acquire_many_owned(units);
        tokio::time::timeout(patience, waiting).await.ok()?.ok()
    }
}

fn cut(mut head: Vec<u8>, why: Unchecked) -> Arrival {
    head.truncate(HEAD);
    head.shrink_to_fit();
    Arrival::Cut(head, why)
}

/// Keeps the beginning of a body and throws the rest away: most clients read no answer before
/// they have sent everything.
pub(super) async fn only_head(body: &mut Body, why: Unchecked, until: Instant) -> Arrival {
    let mut head = Vec::new();
    let end = fill(body, until, |chunk| {
        let room = HEAD.saturating_sub(head.len());
        head.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        true
    })
    .await;
    match end {
        End::Broken => Arrival::Broken,
        End::Reached | End::Stopped | End::Late => Arrival::Cut(head, why),
    }
}

/// Reads what is left of a body and throws it away.
pub(super) async fn discard(body: &mut Body, until: Instant) {
    fill(body, until, |_| true).await;
}

enum End {
    Reached,
    Stopped,
    Late,
    Broken,
}

async fn fill(body: &mut Body, until: Instant, mut take: impl FnMut(Bytes) -> bool) -> End {
    loop {
        match timeout_at(until, body.frame()).await {
            Err(_) => return End::Late,
            Ok(None) => return End::Reached,
            Ok(Some(Err(_))) => return End::Broken,
            Ok(Some(Ok(frame))) => {
                if let Ok(chunk) = frame.into_data()
                    && !take(chunk)
                {
                    return End::Stopped;
                }
            }
        }
    }
}

/// A moment `after` from now.
pub(super) fn moment(after: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(after).unwrap_or(now)
}
