//! The followers: one for everything that is wanted, and for custom kinds that make pods as
//! their CRDs come and go.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::Request;
use kube::Client;
use kube::client::Body;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{interval, sleep};

use super::cilium;
use super::crd::definitions;
use super::custom::{Customs, DefinitionRead, Step};
use super::feed::{Feed, State};
use super::follow::Follower;
use super::ledger::{Read, Slot, Told};
use super::source::Wanted;
use super::timing::Timing;
use super::writer::Message;
use crate::object::Kind;

/// How often it is looked whether what others wait for is there.
const SETTLING: Duration = Duration::from_millis(5);

/// How many CRDs may wait to be looked at.
const WAITING: usize = 16;

/// Starts and stops followers. Dropping it stops them all.
pub(super) struct Followers {
    client: Client,
    timing: Timing,
    out: mpsc::Sender<Message>,
    tasks: JoinSet<()>,
    feeds: Vec<Arc<Feed>>,
    customs: Customs<Running>,
    next: Slot,
}

/// A custom kind that is followed.
struct Running {
    slot: Slot,
    feed: Arc<Feed>,
    task: AbortHandle,
}

/// The writer is gone.
#[derive(Debug)]
struct Ended;

impl Followers {
    pub(super) fn new(client: Client, timing: Timing, out: mpsc::Sender<Message>) -> Self {
        Self {
            client,
            timing,
            out,
            tasks: JoinSet::new(),
            feeds: Vec::new(),
            customs: Customs::default(),
            next: 0,
        }
    }

    /// Runs something for as long as they do.
    pub(super) fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Works until the writer is gone.
    pub(super) async fn run(
        mut self,
        wanted: Vec<Wanted>,
        cilium: watch::Receiver<Option<Arc<str>>>,
    ) {
        // The writer's end is the only way to end.
        let _ = self.tend(wanted, cilium).await;
    }

    async fn tend(
        &mut self,
        wanted: Vec<Wanted>,
        cilium: watch::Receiver<Option<Arc<str>>>,
    ) -> Result<(), Ended> {
        let (slot, mut crds) = self.follow_definitions().await?;
        for wanted in wanted {
            let (_, feed, _) = self.follow(wanted).await?;
            self.feeds.push(feed);
        }
        self.tasks.spawn(cilium::read_settings(
            self.client.clone(),
            cilium,
            self.out.clone(),
        ));
        let mut tick = interval(self.timing.tick);
        loop {
            tokio::select! {
                told = crds.recv() => match told {
                    Some(told) => self.note(slot, told).await?,
                    None => return Err(Ended),
                },
                _ = tick.tick() => self.tell(Message::Tick).await?,
            }
        }
    }

    async fn follow_definitions(
        &mut self,
    ) -> Result<(Slot, mpsc::Receiver<Told<DefinitionRead>>), Ended> {
        let (out, crds) = mpsc::channel(WAITING);
        let (slot, feed) = self.join(&definitions().into()).await?;
        let follower = Follower {
            client: listening(&self.client, &feed),
            slot,
            feed,
            timing: self.timing,
            read: DefinitionRead::of,
            message: |_, told| told,
            out,
        };
        self.tasks.spawn(follower.run(definitions().into()));
        Ok((slot, crds))
    }

    async fn follow(&mut self, wanted: Wanted) -> Result<(Slot, Arc<Feed>, AbortHandle), Ended> {
        let (slot, feed) = self.join(&wanted).await?;
        let follower = Follower {
            client: listening(&self.client, &feed),
            slot,
            feed: feed.clone(),
            timing: self.timing,
            read: Read::of,
            message: Message::Told,
            out: self.out.clone(),
        };
        let above = match wanted.preferred.kind {
            Kind::Pod => self.feeds.clone(),
            _ => Vec::new(),
        };
        let wait = self.timing.pods_wait;
        let task = self.tasks.spawn(async move {
            settled(&above, wait).await;
            follower.run(wanted).await;
        });
        Ok((slot, feed, task))
    }

    async fn join(&mut self, wanted: &Wanted) -> Result<(Slot, Arc<Feed>), Ended> {
        let slot = self.next;
        self.next += 1;
        let feed = Arc::new(Feed::new(wanted.preferred.clone()));
        self.tell(Message::Join(slot, feed.clone())).await?;
        Ok((slot, feed))
    }

    /// Takes note of what is told of CRDs, and tells the writer when it is known which there are.
    async fn note(&mut self, slot: Slot, told: Told<DefinitionRead>) -> Result<(), Ended> {
        let forward = match &told {
            Told::Complete => Some(Told::Complete),
            Told::Begin(source) => Some(Told::Begin(source.clone())),
            Told::Refused(source, reason) => Some(Told::Refused(source.clone(), reason.clone())),
            Told::Listed(_) | Told::Changed(_) | Told::Gone(_) => None,
        };
        for step in self.customs.note(told) {
            match step {
                Step::Start(name, source) => {
                    let (slot, feed, task) = self.follow(source.into()).await?;
                    self.customs.started(&name, Running { slot, feed, task });
                }
                Step::Stop(running) => {
                    running.task.abort();
                    self.tell(Message::Leave(running.slot)).await?;
                }
                Step::Again(kind) => {
                    let customs = self.customs.running().map(|it| &it.feed);
                    let feeds = self.feeds.iter().chain(customs);
                    feeds
                        .filter(|feed| feed.source().kind == kind)
                        .for_each(|feed| feed.nudge());
                }
            }
        }
        match forward {
            Some(told) => self.tell(Message::Told(slot, told)).await,
            None => Ok(()),
        }
    }

    async fn tell(&self, message: Message) -> Result<(), Ended> {
        self.out.send(message).await.map_err(|_| Ended)
    }
}

/// Waits until every feed has been listed or refused, but not for ever.
async fn settled(feeds: &[Arc<Feed>], longest: Duration) {
    let pending = || feeds.iter().any(|feed| feed.state() == State::Pending);
    let settled = async {
        while pending() {
            sleep(SETTLING).await;
        }
    };
    // Pods do not need what they wait for, they are only smaller with it.
    let _ = tokio::time::timeout(longest, settled).await;
}

/// A client that notes on a feed whenever the API server is heard.
fn listening(client: &Client, feed: &Arc<Feed>) -> Client {
    let (inner, feed) = (client.clone(), feed.clone());
    let service = tower::service_fn(move |request: Request<Body>| {
        let (inner, feed) = (inner.clone(), feed.clone());
        async move {
            let response = inner.send(request).await?;
            let answers = response.status().is_success();
            if answers {
                feed.hear();
            }
            Ok::<_, kube::Error>(response.map(|body| {
                body.map_frame(move |frame| {
                    if answers {
                        feed.hear();
                    }
                    frame
                })
            }))
        }
    });
    Client::new(service, client.default_namespace())
}
