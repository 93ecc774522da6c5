//! Which rules are asked, what is shown, what fails the run, and what is known of the cluster.

use anyhow::bail;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use std::path::{Path, PathBuf};

use super::Globals;
use super::config::settings;
use crate::certs::TlsVersion;
use crate::cluster::Knowledge;
use crate::config::{Config, FailOn};
use crate::finding::{Datapath, Platform, Severity};
use crate::labels::near_name;
use crate::rules::{self, Rule};

/// The flags that choose among findings.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Findings")]
pub(super) struct Select {
    /// The mildest findings to show; milder ones are only counted [default: warning]
    #[arg(long, value_name = "SEVERITY", value_parser = severity())]
    show: Option<Severity>,
    /// The mildest findings that make the exit code 1 [default: warning]
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on())]
    fail_on: Option<FailOn>,
    /// Only this rule; repeatable
    #[arg(long = "rule", value_name = "RULE")]
    only: Vec<String>,
    /// Not this rule; repeatable
    #[arg(long, value_name = "RULE")]
    skip: Vec<String>,
    /// List what annotations and comments ask to ignore too, and why
    #[arg(long)]
    pub(super) show_ignored: bool,
    /// The file of settings; without it, portcullis.yaml in the folder of the inputs or above it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What flags and the file of settings come to.
#[derive(Debug)]
pub(super) struct Settings {
    /// Which rules are asked.
    pub(super) config: Config,
    /// What is known of the cluster.
    pub(super) knowledge: Knowledge,
    /// The mildest findings to show.
    pub(super) show: Severity,
    /// What makes the exit code 1.
    pub(super) fail_on: FailOn,
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
    /// What the flags and the file of settings beside `inputs` come to; a name that no rule has is
    /// refused.
    pub(super) fn settings(
        &self,
        known: &Known,
        inputs: &[&Path],
        globals: &Globals,
    ) -> anyhow::Result<Settings> {
        for name in self.only.iter().chain(&self.skip) {
            rule(name)?;
        }
        let file = settings(self.config.as_deref(), inputs, globals)?;
        let (told, flags) = (file.knowledge(), known.knowledge());
        Ok(Settings {
            config: chosen(file.config(), &self.only, &self.skip),
            knowledge: Knowledge {
                datapath: flags.datapath.or(told.datapath),
                platform: flags.platform.or(told.platform),
            },
            show: self.show.or(file.show()).unwrap_or(Severity::Warning),
            fail_on: self
                .fail_on
                .or(file.fail_on())
                .unwrap_or(FailOn::AtLeast(Severity::Warning)),
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

/// The settings of a file, over which the rules win that flags name.
pub(super) fn chosen(mut config: Config, only: &[String], skip: &[String]) -> Config {
    if !only.is_empty() {
        config.only = only.to_vec();
        config.skip.retain(|rule| !only.contains(rule));
        let is_off = |(rule, severity): &(String, Option<Severity>)| {
            severity.is_none() && only.contains(rule)
        };
        config.severity.retain(|set| !is_off(set));
    }
    config.skip.extend(skip.iter().cloned());
    config
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
