//! The live View: what is wanted, followed by one task each, and the one writer.

use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::followers::Followers;
use super::source::{Wanted, wanted};
use super::status::Status;
use super::timing::Timing;
use super::writer::{Publish, Snapshot, Writer};

/// How many messages may wait for the writer: then followers wait too.
const WAITING: usize = 1024;

/// What is watched, and what is made of it.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether `ConfigMaps` are watched.
    pub config_maps: bool,
    /// After how long a silence of the API server what is not in view may be there.
    pub stale_after: Duration,
}

/// A live View. Dropping it ends it.
#[derive(Debug)]
pub struct Live {
    status: Arc<Status>,
    task: JoinHandle<()>,
}

impl Live {
    /// How it fares.
    pub fn status(&self) -> &Arc<Status> {
        &self.status
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts watching, and publishes what is known once everything has been listed and whenever that
/// changes. It needs a tokio runtime around it.
pub fn start(
    client: Client,
    options: &Options,
    publish: impl Fn(Snapshot) + Send + 'static,
) -> Live {
    let wanted = wanted(options.config_maps);
    let timing = Timing::default();
    watch_all(client, options, timing, wanted, Box::new(publish))
}

/// The same for what is `wanted`, and for the custom kinds that make pods.
pub(super) fn watch_all(
    client: Client,
    options: &Options,
    timing: Timing,
    wanted: Vec<Wanted>,
    publish: Publish,
) -> Live {
    let status = Arc::new(Status::new(options.stale_after));
    let (out, messages) = mpsc::channel(WAITING);
    let (tell, cilium) = watch::channel(None);
    let writer = Writer::new(status.clone(), tell, publish);
    let mut followers = Followers::new(client, timing, out);
    followers.spawn(writer.run(messages));
    let task = tokio::spawn(followers.run(wanted, cilium));
    Live { status, task }
}
