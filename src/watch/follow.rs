//! Following one wanted source: listing it, watching it, and beginning again where that fails.

use std::pin::pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt as _};
use kube::runtime::watcher::{self, watcher};
use kube::{Api, Client};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::coverage::Reason;
use super::feed::{Feed, State};
use super::ledger::{Slot, Told, name};
use super::list;
use super::remedy::{Delay, Remedy, Trouble, remedy};
use super::source::{Source, Wanted};
use super::timing::Timing;
use super::wire::Wire;

/// Follows one wanted source, reading objects as `R` and telling of them in messages `M`.
pub(super) struct Follower<R, M> {
    pub(super) client: Client,
    pub(super) slot: Slot,
    pub(super) feed: Arc<Feed>,
    pub(super) timing: Timing,
    pub(super) read: fn(&Source, &Wire) -> R,
    pub(super) message: fn(Slot, Told<R>) -> M,
    pub(super) out: mpsc::Sender<M>,
}

/// Nobody listens any more.
#[derive(Debug)]
struct Deaf;

impl<R, M> Follower<R, M> {
    /// Follows what is wanted in the first form that can be listed, for as long as anybody listens.
    pub(super) async fn run(self, wanted: Wanted) {
        // That nobody listens any more is the only way to end.
        let _ = self.follow(&wanted).await;
    }

    async fn follow(&self, wanted: &Wanted) -> Result<(), Deaf> {
        let mut delay = Delay::between(self.timing.retry);
        loop {
            let (mut source, mut reason) = self.form(&wanted.preferred).await?;
            for other in &wanted.others {
                // Of several forms the one that is there tells why.
                if reason == Reason::Absent {
                    (source, reason) = self.form(other).await?;
                } else {
                    self.form(other).await?;
                }
            }
            if self.feed.state() == State::Synced {
                delay = Delay::between(self.timing.retry);
            }
            if self.feed.state() != State::Unknown(reason.clone()) {
                tracing::warn!(kind = %source, %reason, "cannot be listed, so nothing is known of it");
                self.tell(Told::Refused(source, reason)).await?;
            }
            self.feed.rest(delay.next()).await;
        }
    }

    /// Follows one form until it cannot be listed.
    async fn form(&self, source: &Source) -> Result<(Source, Reason), Deaf> {
        let api: Api<Wire> = Api::all_with(self.client.clone(), source);
        let mut trouble = Trouble::new(&self.timing);
        let mut streaming = true;
        loop {
            let events = pin!(watcher(api.clone(), self.config(streaming)));
            match self.drain(source, events, streaming, &mut trouble).await? {
                Remedy::Again | Remedy::Anew => {}
                Remedy::Pages => streaming = false,
                Remedy::Refuse(error) => match list::reason(&self.client, source, *error).await {
                    Ok(reason) => return Ok((source.clone(), reason)),
                    Err(error) => tracing::debug!(kind = %source, %error, "refused"),
                },
            }
            self.feed.restarted();
            sleep(trouble.delay()).await;
        }
    }

    /// Tells of everything that comes, until it has to be begun anew.
    async fn drain(
        &self,
        source: &Source,
        mut events: impl Stream<Item = watcher::Result<watcher::Event<Wire>>> + Unpin,
        streaming: bool,
        trouble: &mut Trouble,
    ) -> Result<Remedy, Deaf> {
        let mut listing = true;
        loop {
            let streams_list = streaming && listing;
            let patience = if streams_list {
                self.timing.stream_patience
            } else {
                self.timing.patience
            };
            let event = match timeout(patience, events.next()).await {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(Remedy::Anew),
                Err(_) if self.feed.age() >= self.timing.patience => return Ok(Remedy::Anew),
                // It answers, yet the list does not end.
                Err(_) if streams_list && self.feed.age() < patience => return Ok(Remedy::Pages),
                Err(_) => continue,
            };
            match event {
                Ok(event) => {
                    match event {
                        // In pages the list begins before anybody was asked.
                        watcher::Event::Init => listing = true,
                        watcher::Event::InitDone => listing = false,
                        _ => {}
                    }
                    if !matches!(event, watcher::Event::Init) {
                        trouble.is_over(source);
                    }
                    self.tell(self.told(source, event)).await?;
                }
                Err(error) => {
                    self.suffer(source, &error, trouble).await?;
                    match remedy(error, streaming) {
                        Remedy::Again => {
                            self.feed.restarted();
                            sleep(trouble.delay()).await;
                        }
                        remedy => return Ok(remedy),
                    }
                }
            }
        }
    }

    fn told(&self, source: &Source, event: watcher::Event<Wire>) -> Told<R> {
        match event {
            watcher::Event::Init => Told::Begin(source.clone()),
            watcher::Event::InitApply(wire) => Told::Listed((self.read)(source, &wire)),
            watcher::Event::InitDone => Told::Complete,
            watcher::Event::Apply(wire) => Told::Changed((self.read)(source, &wire)),
            watcher::Event::Delete(wire) => Told::Gone(name(&wire)),
        }
    }

    /// Takes note of a failure. Where the API server has answered with errors for so long that it
    /// will not list this kind any time soon, nobody has to wait for it any longer.
    async fn suffer(
        &self,
        source: &Source,
        error: &watcher::Error,
        trouble: &mut Trouble,
    ) -> Result<(), Deaf> {
        let reason = trouble.add(source, error);
        match reason.filter(|_| self.feed.state() == State::Pending) {
            Some(reason) => self.tell(Told::Refused(source.clone(), reason)).await,
            None => Ok(()),
        }
    }

    async fn tell(&self, told: Told<R>) -> Result<(), Deaf> {
        let message = (self.message)(self.slot, told);
        self.out.send(message).await.map_err(|_| Deaf)
    }

    fn config(&self, streaming: bool) -> watcher::Config {
        let config = watcher::Config::default().timeout(self.timing.watch);
        if streaming {
            config.streaming_lists()
        } else {
            config.page_size(list::PAGE)
        }
    }
}
