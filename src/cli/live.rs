//! A live cluster, reached with kubectl's habits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::Globals;
use super::progress::Progress;
use crate::cluster::{Knowledge, Store, View};
use crate::snapshot::Claim;
use crate::watch::{self, Access, Reason, Refused, Scope, Source, Wire};

/// The flags that say which cluster is meant.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Cluster")]
pub(super) struct Reach {
    /// The context of the kubeconfig, where it is not the current one
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// The kubeconfig; else $KUBECONFIG, ~/.kube/config, or the account of the pod that this runs in
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
}

/// A cluster as it is.
#[derive(Debug)]
pub(super) struct Live {
    /// Everything that could be read of it.
    pub(super) store: Store,
    /// What is completely known.
    pub(super) claim: Claim,
    /// The namespace of the context.
    pub(super) namespace: String,
}

impl Reach {
    /// Whether a cluster is named.
    pub(super) fn is_given(&self) -> bool {
        self.context.is_some() || self.kubeconfig.is_some()
    }

    /// Reads everything that may be read, and says what may not. Where a kind may not be listed
    /// in all namespaces, it is in `namespace`, or else in that of the context. `each` is given
    /// every object.
    pub(super) fn load(
        &self,
        namespace: Option<&str>,
        globals: &Globals,
        mut each: impl FnMut(&Source, &Wire),
    ) -> anyhow::Result<Live> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let progress = Progress::start("reading the cluster", globals.quiet);
        let mut done = 0;
        let mut counted = |source: &Source, wire: &Wire| {
            done += 1;
            progress.so_far(done);
            each(source, wire);
        };
        let access = Access {
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
        };
        let (loaded, context) = runtime.context("cannot start")?.block_on(async {
            let client = watch::connect(&access).await?;
            let context = client.default_namespace().to_owned();
            let namespace = namespace.map_or_else(|| context.clone(), str::to_owned);
            let scope = Scope {
                namespaces: vec![namespace],
                config_maps: true,
            };
            let loaded = watch::load(&client, &scope, &mut counted).await?;
            anyhow::Ok((loaded, context))
        })?;
        drop(progress);
        let within: BTreeSet<&str> = [namespace.unwrap_or(&context)].into();
        let claim = Claim::of(View::new(&loaded.store, &Knowledge::default()), &within);
        tell(
            &loaded.refused,
            &claim,
            namespace.unwrap_or(&context),
            globals,
        );
        if claim.is_empty() && loaded.store.is_empty() {
            bail!("nothing in the cluster may be read");
        }
        Ok(Live {
            store: loaded.store,
            claim,
            namespace: context,
        })
    }
}

/// Says what could not be read, a line a reason.
fn tell(refused: &[Refused], claim: &Claim, namespace: &str, globals: &Globals) {
    let mut by_reason: BTreeMap<&Reason, Vec<String>> = BTreeMap::new();
    // What is not installed is no gap: there is none of it.
    for refused in refused.iter().filter(|it| it.reason != Reason::Absent) {
        let name = refused.source.to_string();
        by_reason.entry(&refused.reason).or_default().push(name);
    }
    let within = claim.within();
    if !within.is_empty() {
        globals.say(format_args!(
            "seen in namespace {namespace} only, as listing all is not permitted: {}",
            within.join(", ")
        ));
    }
    for (reason, mut names) in by_reason {
        names.dedup();
        globals.say(format_args!(
            "not seen ({reason}), so what depends on it is not reported: {}",
            names.join(", ")
        ));
    }
}
