//! The one writer: it drains what feeds tell, and publishes what is known then.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::detect::CiliumConfig;
use super::feed::{Feed, State};
use super::ledger::{Effect, Ledger, Read, Slot, Told};
use super::status::Status;
use crate::cluster::{Knowledge, Store};
use crate::finding::Platform;

/// At most this many messages go into what is published at once.
const BATCH: usize = 1024;

/// What the writer is told.
#[derive(Debug)]
pub(super) enum Message {
    /// There is a new feed.
    Join(Slot, Arc<Feed>),
    /// A feed is no more.
    Leave(Slot),
    /// A feed tells something.
    Told(Slot, Told<Read>),
    /// What Cilium's settings say; `None` where they cannot be read.
    Cilium(Option<CiliumConfig>),
    /// Time has passed.
    Tick,
}

/// Everything that is known at one time.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Every object, and how much of each kind is known.
    pub store: Store,
    /// What the cluster shows of itself beside its objects.
    pub knowledge: Knowledge,
}

/// Takes what is published.
pub(super) type Publish = Box<dyn Fn(Snapshot) + Send>;

/// The one writer.
pub(super) struct Writer {
    ledger: Ledger,
    status: Arc<Status>,
    publish: Publish,
    /// Where Cilium's agents run.
    cilium: watch::Sender<Option<Arc<str>>>,
    /// How much is known, as it was last published, and which feeds were stale then.
    coverage: Store,
    stale: Vec<Slot>,
    effect: Effect,
    knowledge: Knowledge,
}

impl Writer {
    pub(super) fn new(
        status: Arc<Status>,
        cilium: watch::Sender<Option<Arc<str>>>,
        publish: Publish,
    ) -> Self {
        Self {
            ledger: Ledger::default(),
            status,
            publish,
            cilium,
            coverage: Store::default(),
            stale: Vec::new(),
            effect: Effect::Nothing,
            knowledge: Knowledge::default(),
        }
    }

    /// Works until nobody is left who might tell something.
    pub(super) async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        let mut batch = Vec::with_capacity(BATCH);
        while messages.recv_many(&mut batch, BATCH).await > 0 {
            for message in batch.drain(..) {
                self.take(message);
            }
            self.conclude();
        }
    }

    fn take(&mut self, message: Message) {
        let effect = match message {
            Message::Join(slot, feed) => {
                self.status.join(slot, feed.clone());
                self.ledger.join(slot, feed);
                Effect::Coverage
            }
            Message::Leave(slot) => {
                self.status.leave(slot);
                self.ledger.leave(slot);
                Effect::Coverage
            }
            Message::Told(slot, told) => self.ledger.note(slot, told),
            Message::Cilium(config) => self.ledger.note_cilium(config),
            Message::Tick => Effect::Nothing,
        };
        self.effect = self.effect.max(effect);
    }

    /// Publishes, if there is anything new and everything has been listed once.
    fn conclude(&mut self) {
        let stale = self.stale();
        if stale != self.stale {
            self.tell_of_silence(&stale);
            self.stale = stale;
            self.effect = Effect::Coverage;
        }
        if !self.status.is_ready() {
            if self.is_pending() {
                return;
            }
            self.effect = Effect::Coverage;
        }
        let effect = std::mem::replace(&mut self.effect, Effect::Nothing);
        if effect == Effect::Coverage {
            self.coverage = self.ledger.coverage(|slot| self.stale.contains(&slot));
        }
        if effect > Effect::Nothing {
            self.publish();
        }
        if !self.status.is_ready() {
            let objects = self.ledger.store().len();
            tracing::info!(objects, "the cluster is in view");
            self.status.set_ready();
        }
    }

    fn publish(&mut self) {
        let knowledge = self.ledger.knowledge();
        if knowledge != self.knowledge {
            tracing::info!(
                datapath = knowledge.datapath.map(tracing::field::display),
                platform = knowledge.platform.map(Platform::as_str),
                "what the cluster is"
            );
            self.knowledge = knowledge;
        }
        let cilium = self.ledger.cilium_namespace();
        self.cilium.send_if_modified(|known| {
            let news = known.as_ref() != cilium;
            if news {
                *known = cilium.cloned();
            }
            news
        });
        let store = self.ledger.store().known_as(&self.coverage);
        (self.publish)(Snapshot { store, knowledge });
    }

    fn is_pending(&self) -> bool {
        let feeds = self.ledger.feeds();
        let mut feeds = feeds.peekable();
        feeds.peek().is_none() || feeds.any(|(_, feed)| feed.state() == State::Pending)
    }

    fn stale(&self) -> Vec<Slot> {
        let feeds = self.ledger.feeds();
        let stale = feeds.filter(|(_, feed)| self.status.is_stale(feed));
        stale.map(|(slot, _)| slot).collect()
    }

    fn tell_of_silence(&self, stale: &[Slot]) {
        let kinds: Vec<String> = (self.ledger.feeds())
            .filter(|(slot, _)| stale.contains(slot))
            .map(|(_, feed)| feed.source().to_string())
            .collect();
        if kinds.is_empty() {
            tracing::info!("every kind is heard of again");
        } else {
            tracing::warn!(
                ?kinds,
                "not heard of for too long: what is not in view may be there"
            );
        }
    }
}
