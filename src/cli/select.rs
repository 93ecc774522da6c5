//! Which rules are asked, what is shown, what fails the run, and what is known of the cluster.

use anyhow::bail;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::exit::FailOn;
use crate::certs::TlsVersion;
use crate::cluster::Knowledge;
use crate::config::Config;
use crate::finding::{Datapath, Platform, Severity};
use crate::labels::near_name;
use crate::rules::{self, Rule};

/// The flags that choose among findings.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Findings")]
pub(super) struct Select {
    /// The mildest findings to show; milder ones are only counted
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_parser = severity())]
    pub(super) show: Severity,
    /// The mildest findings that make the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_parser = fail_on())]
    pub(super) fail_on: FailOn,
    /// Only this rule; repeatable
    #[arg(long = "rule", value_name = "RULE")]
    only: Vec<String>,
    /// Not this rule; repeatable
    #[arg(long, value_name = "RULE")]
    skip: Vec<String>,
}

/// The flags that say what is known of the cluster beside its objects.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Cluster")]
pub(super) struct Known {
    /// How the cluster enforces network policies; without it, a finding must hold however it does
    #[arg(long, value_name = "DATAPATH", value_parser = datapath())]
    datapath: Option<Datapath>,
    /// Who set the cluster up, which tells where its API server and DNS are
    #[arg(long, value_name = "PLATFORM", value_parser = platform())]
    platform: Option<Platform>,
}

impl Select {
    /// The rules chosen; a name that no rule has is refused.
    pub(super) fn config(&self) -> anyhow::Result<Config> {
        for name in self.only.iter().chain(&self.skip) {
            rule(name)?;
        }
        Ok(Config {
            only: self.only.clone(),
            skip: self.skip.clone(),
            ..Config::default()
        })
    }
}

impl Known {
    /// What the flags tell of the cluster.
    pub(super) fn knowledge(&self) -> Knowledge {
        Knowledge {
            datapath: self.datapath,
            platform: self.platform,
        }
    }
}

/// The rule of a name, or else the name that may have been meant.
pub(super) fn rule(name: &str) -> anyhow::Result<&'static Rule> {
    if let Some(rule) = rules::find(name) {
        return Ok(rule);
    }
    match near_name(name, rules::all().iter().map(|rule| rule.id)) {
        Some(near) => bail!("there is no rule {name}; did you mean {near}?"),
        None => bail!("there is no rule {name}; `portcullis explain` lists them all"),
    }
}

/// A parser of one word of several, each of which stands for a value.
fn words<T: Clone + Send + Sync + 'static>(
    known: impl IntoIterator<Item = (&'static str, T)>,
) -> impl TypedValueParser<Value = T> {
    let known: Vec<(&'static str, T)> = known.into_iter().collect();
    PossibleValuesParser::new(known.iter().map(|(word, _)| *word)).try_map(move |given| {
        let value = known.iter().find(|(word, _)| *word == given);
        value.map(|(_, value)| value.clone()).ok_or("unknown word")
    })
}

const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Notice];

fn severity() -> impl TypedValueParser<Value = Severity> {
    words(SEVERITIES.map(|severity| (severity.as_str(), severity)))
}

fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    let severities = SEVERITIES.map(|severity| (severity.as_str(), FailOn::AtLeast(severity)));
    words(severities.into_iter().chain([("never", FailOn::Never)]))
}

/// A parser of a datapath's word.
pub(super) fn datapath() -> impl TypedValueParser<Value = Datapath> {
    let all = Datapath::ENFORCING.into_iter().chain([Datapath::None]);
    words(all.map(|datapath| (datapath.as_str(), datapath)))
}

/// A parser of a platform's word.
pub(super) fn platform() -> impl TypedValueParser<Value = Platform> {
    words(Platform::ALL.map(|platform| (platform.as_str(), platform)))
}

/// A parser of a version of TLS.
pub(super) fn tls_version() -> impl TypedValueParser<Value = TlsVersion> {
    words(TlsVersion::ALL.map(|version| (version.as_str(), version)))
}
