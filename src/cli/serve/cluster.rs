//! What `portcullis serve` reviews against: a cluster that it watches, or manifests.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};

use super::args::duration;
use crate::cluster::Store;
use crate::manifest::{self, Inputs};
use crate::review;
use crate::watch::{self, Access, Live, Options};
use crate::webhook::Gate;

/// The flags that say what is reviewed against.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Against {
    /// Review against these manifests instead of a cluster (repeatable)
    #[arg(long, value_name = "PATH", env = "PORTCULLIS_MANIFESTS", conflicts_with_all = ["kubeconfig", "context", "config_maps"])]
    manifests: Vec<PathBuf>,
    /// The kubeconfig that tells where the cluster is, where it is not the one around this process
    #[arg(long, value_name = "FILE", env = "PORTCULLIS_KUBECONFIG")]
    kubeconfig: Option<PathBuf>,
    /// The kubeconfig's context, where it is not the current one
    #[arg(long, value_name = "NAME", env = "PORTCULLIS_CONTEXT")]
    context: Option<String>,
    /// Watch `ConfigMaps` too: names and ports of Services are looked for in those that are mounted
    #[arg(long, env = "PORTCULLIS_CONFIG_MAPS")]
    config_maps: bool,
    /// After this long without a word from the API server what is not in view may be there
    #[arg(long, value_name = "DURATION", env = "PORTCULLIS_STALE_AFTER", default_value = "3m", value_parser = duration)]
    stale_after: Duration,
}

impl Against {
    /// What reviews see before anything was watched.
    pub(super) fn store(&self) -> anyhow::Result<Store> {
        if self.manifests.is_empty() {
            return Ok(Store::default());
        }
        let inputs = Inputs {
            paths: self.manifests.clone(),
            ..Inputs::default()
        };
        let set = manifest::read(&inputs, |_, _| {})?;
        if set.nothing_readable() {
            bail!("none of the manifests can be read; portcullis check says why");
        }
        Ok(review::cluster_of(&set))
    }

    /// Watches the cluster for a gate, unless there are manifests instead.
    pub(super) async fn watch(&self, gate: &Arc<Gate>) -> anyhow::Result<Option<Live>> {
        if !self.manifests.is_empty() {
            return Ok(None);
        }
        let access = Access {
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
        };
        let client = watch::connect(&access)
            .await
            .context("no cluster to watch: name one with --kubeconfig FILE, or give --manifests PATH instead")?;
        let options = Options {
            config_maps: self.config_maps,
            stale_after: self.stale_after,
        };
        let shown = gate.clone();
        let live = watch::start(client, &options, move |snapshot| shown.show(snapshot));
        gate.watch(live.status().clone());
        Ok(Some(live))
    }
}
