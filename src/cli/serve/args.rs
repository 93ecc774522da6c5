//! The flags of `portcullis serve`, each with its environment variable.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use super::{certificate, cluster};
use crate::cli::select;
use crate::config::Notices;
use crate::finding::{Datapath, Platform, Severity};
use crate::labels::Selector;
use crate::webhook;

/// How `portcullis serve` is asked to serve.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Where the webhook listens
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "PORTCULLIS_LISTEN",
        default_value = "0.0.0.0:8443"
    )]
    pub(super) listen: SocketAddr,
    /// Where health and metrics listen, without TLS
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "PORTCULLIS_HEALTH_LISTEN",
        default_value = "0.0.0.0:8080"
    )]
    pub(super) health_listen: SocketAddr,
    #[command(flatten)]
    pub(super) certificate: certificate::Flags,
    #[command(flatten)]
    pub(super) cluster: cluster::Against,
    /// A file of settings, taken up again when it changes; flags win over it
    #[arg(long, value_name = "FILE", env = "PORTCULLIS_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// Deny the creation of what this rule warns about (repeatable)
    #[arg(
        long,
        value_name = "RULE",
        env = "PORTCULLIS_DENY",
        value_delimiter = ','
    )]
    pub(super) deny: Vec<String>,
    /// Deny only in namespaces whose labels match
    #[arg(
        long,
        value_name = "SELECTOR",
        env = "PORTCULLIS_DENY_NAMESPACES",
        requires = "deny"
    )]
    pub(super) deny_namespaces: Option<Selector>,
    /// The mildest severity that is told [default: warning]
    #[arg(long, value_name = "SEVERITY", env = "PORTCULLIS_SHOW", value_enum)]
    pub(super) show: Option<Show>,
    /// Which notices are told [default: promised]
    #[arg(long, value_name = "WHICH", env = "PORTCULLIS_NOTICES", value_enum)]
    pub(super) notices: Option<NoticesFlag>,
    /// Ask only this rule (repeatable)
    #[arg(
        long,
        value_name = "RULE",
        env = "PORTCULLIS_RULE",
        value_delimiter = ','
    )]
    pub(super) rule: Vec<String>,
    /// Do not ask this rule (repeatable)
    #[arg(
        long,
        value_name = "RULE",
        env = "PORTCULLIS_SKIP",
        value_delimiter = ','
    )]
    pub(super) skip: Vec<String>,
    /// How the cluster enforces network policies
    #[arg(long, value_name = "DATAPATH", env = "PORTCULLIS_DATAPATH", value_parser = select::datapath())]
    pub(super) datapath: Option<Datapath>,
    /// Who set the cluster up, which tells where its API server and DNS are
    #[arg(long, value_name = "PLATFORM", env = "PORTCULLIS_PLATFORM", value_parser = select::platform())]
    pub(super) platform: Option<Platform>,
    /// How long to keep serving after SIGTERM, until nobody sends requests here any more
    #[arg(long, value_name = "DURATION", env = "PORTCULLIS_DRAIN_DELAY", default_value = "10s", value_parser = duration)]
    pub(super) drain_delay: Duration,
    /// The longest that an answer may take, whatever the API server would wait
    #[arg(long, value_name = "DURATION", env = "PORTCULLIS_DEADLINE", default_value = "5s", value_parser = duration)]
    pub(super) deadline: Duration,
    /// What all requests being received may hold in memory, in MiB
    #[arg(long, value_name = "MIB", env = "PORTCULLIS_BODY_BUDGET", default_value = "128", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) body_budget: u16,
}

/// `--show`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Show {
    Error,
    Warning,
}

/// `--notices`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum NoticesFlag {
    Promised,
    All,
    None,
}

impl Show {
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
        }
    }
}

impl NoticesFlag {
    pub(super) fn which(self) -> Notices {
        match self {
            Self::Promised => Notices::Promised,
            Self::All => Notices::All,
            Self::None => Notices::None,
        }
    }
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    webhook::duration(text).ok_or_else(|| "a number and a unit, such as 500ms or 1m30s".to_owned())
}
