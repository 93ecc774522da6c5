//! What flags and the file of settings come to, and again whenever the file changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Args;
use crate::cli::{config, select};
use crate::cluster::Knowledge;
use crate::config::{Config, File};
use crate::metrics::{Reloads, Subject};
use crate::reload::{self, Files};
use crate::webhook::Webhook;

/// What flags and the file of settings came to.
#[derive(Debug)]
pub(super) struct Settings {
    /// What is known of the cluster.
    pub(super) knowledge: Knowledge,
    /// Which rules are asked, what is told and denied.
    pub(super) config: Config,
    file: Option<(Files, PathBuf)>,
}

/// Why a file of settings is not taken up.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
struct Refused(anyhow::Error);

impl Settings {
    /// Reads the file that a flag names, over which the other flags win.
    pub(super) fn read(args: &Args) -> anyhow::Result<Self> {
        for name in args.deny.iter().chain(&args.rule).chain(&args.skip) {
            select::rule(name)?;
        }
        // Looked at first, so that no change falls between the reading and the watching.
        let watched = args.config.clone();
        let watched = watched.map(|path| (Files::new(vec![path.clone()]), path));
        let (knowledge, config) = both(args, args.config.as_deref())?;
        Ok(Self {
            knowledge,
            config,
            file: watched,
        })
    }

    /// Takes up the file whenever it changes, for as long as the process runs.
    pub(super) fn follow(self, args: &Args, webhook: Arc<Webhook>, reloads: &Reloads) {
        let Some((files, path)) = self.file else {
            return;
        };
        let args = args.clone();
        let take = move || {
            let (knowledge, config) = both(&args, Some(&path)).map_err(Refused)?;
            webhook.gate().configure(knowledge, config);
            Ok::<_, Refused>(())
        };
        let reloads = reloads.clone();
        tokio::spawn(reload::follow(files, Subject::Config, reloads, take));
    }
}

fn both(args: &Args, path: Option<&Path>) -> anyhow::Result<(Knowledge, Config)> {
    let file = path.map(config::read).transpose()?.unwrap_or_default();
    Ok((knowledge(args, &file), settled(args, &file)))
}

fn knowledge(args: &Args, file: &File) -> Knowledge {
    let told = file.knowledge();
    Knowledge {
        datapath: args.datapath.or(told.datapath),
        platform: args.platform.or(told.platform),
    }
}

fn settled(args: &Args, file: &File) -> Config {
    let mut config = select::chosen(file.config(), &args.rule, &args.skip);
    let admission = &mut config.admission;
    if let Some(show) = args.show {
        admission.show = show.severity();
    }
    if let Some(notices) = args.notices {
        admission.notices = notices.which();
    }
    if !args.deny.is_empty() {
        admission.deny.clone_from(&args.deny);
    }
    if args.deny_namespaces.is_some() {
        admission.deny_namespaces.clone_from(&args.deny_namespaces);
    }
    config
}
