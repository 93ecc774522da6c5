//! What manifests are laid over: a live cluster, or one that was saved to a file.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Globals;
use super::live::Reach;
use super::progress::Progress;
use crate::cluster::Store;
use crate::snapshot::{self, Snapshot};

/// The flags that say what the inputs are laid over.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Cluster")]
pub(super) struct Over {
    /// Lay the inputs over a cluster that `portcullis snapshot` saved, so that what is not there
    /// is known to be absent
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cluster", "context", "kubeconfig"])]
    snapshot: Option<PathBuf>,
    /// Lay the inputs over the cluster of the kubeconfig; what names no namespace is in that of the
    /// context
    #[arg(long)]
    cluster: bool,
    #[command(flatten)]
    reach: Reach,
}

/// A cluster to lay manifests over.
#[derive(Debug)]
pub(super) struct Laid {
    /// Everything that is known of it.
    pub(super) store: Store,
    /// The namespace of its context, where it has one.
    pub(super) namespace: Option<String>,
}

impl Over {
    /// The cluster to lay the inputs over, if any.
    pub(super) fn cluster(&self, globals: &Globals) -> anyhow::Result<Option<Laid>> {
        if let Some(path) = &self.snapshot {
            let store = saved(path, globals)?.store;
            let namespace = None;
            return Ok(Some(Laid { store, namespace }));
        }
        if !self.cluster && self.reach.is_given() {
            bail!("--context and --kubeconfig say which cluster --cluster means");
        }
        let live = self
            .cluster
            .then(|| self.reach.load(None, globals, |_, _| {}));
        Ok(live.transpose()?.map(|live| Laid {
            store: live.store,
            namespace: Some(live.namespace),
        }))
    }
}

/// Reads a snapshot, and says what it lacks.
pub(super) fn saved(path: &Path, globals: &Globals) -> anyhow::Result<Snapshot> {
    let progress = Progress::start("reading the snapshot", globals.quiet);
    let mib = |bytes: u64| usize::try_from(bytes >> 20).unwrap_or(usize::MAX);
    let snapshot = snapshot::read(path, |done, of| progress.at(mib(done), mib(of)))
        .with_context(|| format!("snapshot {}", path.display()))?;
    drop(progress);
    let name = path.display();
    globals.say_more(1, format_args!("{name} holds {} objects", snapshot.objects));
    match &snapshot.claim {
        None => globals.say(format_args!(
            "{name} does not say what it holds completely, so nothing counts as absent; portcullis snapshot saves a cluster that does"
        )),
        Some(claim) if !claim.lacking().is_empty() => globals.say(format_args!(
            "{name} does not hold all of {}; what depends on them is not reported",
            claim.lacking().join(", ")
        )),
        Some(_) => {}
    }
    if let [first, rest @ ..] = snapshot.unreadable.as_slice() {
        let more = match rest.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        globals.say(format_args!(
            "{name} holds what cannot be read: {first}{more}"
        ));
    }
    Ok(snapshot)
}
