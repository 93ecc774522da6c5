//! `portcullis.yaml`: the settings that a repository or a deployment keeps in a file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::word::{Of, Word};
use super::{Config, Notices};
use crate::cluster::Knowledge;
use crate::finding::{Datapath, Platform, Severity};
use crate::labels::{Selector, near_name};
use crate::rules;
use crate::text::{self, Position, TextError};

/// The name of the file that is looked for.
pub const FILE_NAME: &str = "portcullis.yaml";

/// Settings of Portcullis. Flags win over the file.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "portcullis.yaml")]
pub struct File {
    /// How bad the findings of a rule are, by the rule's name; `off` switches it off.
    rules: BTreeMap<RuleName, Of<Level>>,
    /// Only these rules, as --rule.
    only: Vec<RuleName>,
    /// Not these rules, as --skip.
    skip: Vec<RuleName>,
    /// The mildest findings that `check` and `audit` show, as --show.
    show: Option<Of<Severity>>,
    /// The mildest findings that make the exit code 1, as --fail-on.
    fail_on: Option<Of<FailOn>>,
    /// How the cluster enforces network policies, as --datapath.
    datapath: Option<Of<Datapath>>,
    /// Who set the cluster up, as --platform.
    platform: Option<Of<Platform>>,
    /// What only the webhook reads.
    serve: Serve,
}

/// What only the webhook reads.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Serve {
    /// The mildest findings that are told at admission, as serve --show.
    show: Option<Of<Told>>,
    /// Which notices are told at admission, as serve --notices.
    notices: Option<Of<Notices>>,
    /// The rules whose warnings and errors deny a creation, as serve --deny.
    deny: Vec<RuleName>,
    /// The namespaces, by their labels, in which something is denied, as serve --deny-namespaces.
    deny_namespaces: Option<Namespaces>,
}

/// What makes a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// A finding at least as severe.
    AtLeast(Severity),
    /// Nothing.
    Never,
}

/// How bad the findings of a rule are; `None` where it is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Level(Option<Severity>);

/// The mildest severity that is told at admission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told(Severity);

/// Why a file of settings is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct FileError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl File {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// Where it is not YAML, holds more than one document, or holds a key or a value that is not
    /// known.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        let at = |error: TextError| {
            let Position { line, column } = text::position(text, error.span.range().start);
            let message = error.message;
            FileError {
                line,
                column,
                message,
            }
        };
        let mut chunks = text::chunks(text).filter(|chunk| !chunk.is_blank());
        let Some(chunk) = chunks.next() else {
            return Ok(Self::default());
        };
        if let Some(other) = chunks.next() {
            let Position { line, column } = text::position(text, other.range.start);
            let message = "settings are one document".to_owned();
            return Err(FileError {
                line,
                column,
                message,
            });
        }
        let document = text::parse(&chunk).map_err(at)?;
        if let Some(key) = document.duplicate_keys.first() {
            let message = format!("{} stands more than once", key.path);
            return Err(at(TextError::new(message, key.span)));
        }
        text::from_node(&document.root).map_err(at)
    }

    /// The settings, where no flag wins over them.
    pub fn config(&self) -> Config {
        let names = |rules: &[RuleName]| rules.iter().map(|rule| rule.0.to_owned()).collect();
        let mut config = Config {
            only: names(&self.only),
            skip: names(&self.skip),
            severity: self
                .rules
                .iter()
                .map(|(rule, Of(level))| (rule.0.to_owned(), level.0))
                .collect(),
            ..Config::default()
        };
        let admission = &mut config.admission;
        let serve = &self.serve;
        admission.show = serve.show.map_or(admission.show, |Of(told)| told.0);
        admission.notices = serve
            .notices
            .map_or(admission.notices, |Of(notices)| notices);
        admission.deny = names(&serve.deny);
        admission.deny_namespaces = serve.deny_namespaces.clone().map(|it| it.0);
        config
    }

    /// What is known of the cluster, where no flag wins over it.
    pub fn knowledge(&self) -> Knowledge {
        Knowledge {
            datapath: self.datapath.map(|Of(datapath)| datapath),
            platform: self.platform.map(|Of(platform)| platform),
        }
    }

    /// The mildest findings to show.
    pub fn show(&self) -> Option<Severity> {
        self.show.map(|Of(show)| show)
    }

    /// What makes a run fail.
    pub fn fail_on(&self) -> Option<FailOn> {
        self.fail_on.map(|Of(fail_on)| fail_on)
    }
}

/// The JSON Schema of the file.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(File).to_value()
}

impl Word for Level {
    const WHAT: &'static str = "severity";

    fn words() -> Vec<(&'static str, Self)> {
        let words = Severity::words().into_iter();
        let words = words.map(|(word, severity)| (word, Self(Some(severity))));
        [("off", Self(None))].into_iter().chain(words).collect()
    }
}

impl Word for FailOn {
    const WHAT: &'static str = "severity";

    fn words() -> Vec<(&'static str, Self)> {
        let words = Severity::words().into_iter();
        let words = words.map(|(word, severity)| (word, Self::AtLeast(severity)));
        words.chain([("never", Self::Never)]).collect()
    }
}

impl Word for Told {
    const WHAT: &'static str = "severity";

    fn words() -> Vec<(&'static str, Self)> {
        let words = [Severity::Error, Severity::Warning];
        words
            .map(|severity| (severity.as_str(), Self(severity)))
            .into()
    }
}

impl Word for Notices {
    const WHAT: &'static str = "choice of notices";

    fn words() -> Vec<(&'static str, Self)> {
        vec![
            ("promised", Self::Promised),
            ("all", Self::All),
            ("none", Self::None),
        ]
    }
}

/// The name of a rule that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RuleName(&'static str);

impl<'de> Deserialize<'de> for RuleName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = RuleName;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a rule")
            }

            fn visit_str<E: Error>(self, given: &str) -> Result<RuleName, E> {
                if let Some(rule) = rules::find(given) {
                    return Ok(RuleName(rule.id));
                }
                let near = near_name(given, rules::all().iter().map(|rule| rule.id));
                Err(E::custom(match near {
                    Some(near) => format!("there is no rule {given}; did you mean {near}?"),
                    None => {
                        format!("there is no rule {given}; `portcullis explain` lists them all")
                    }
                }))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

impl JsonSchema for RuleName {
    fn schema_name() -> Cow<'static, str> {
        "rule".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = rules::all().iter().map(|rule| rule.id).collect();
        json_schema!({"type": "string", "enum": names})
    }
}

/// A selector over namespaces, as kubectl's `-l` writes it.
#[derive(Clone, Debug)]
struct Namespaces(Selector);

impl<'de> Deserialize<'de> for Namespaces {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl JsonSchema for Namespaces {
    fn schema_name() -> Cow<'static, str> {
        "selector".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "examples": ["env=prod,team in (a,b)"]})
    }
}
