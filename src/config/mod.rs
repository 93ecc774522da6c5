//! Settings: which rules are asked, and what is done with what they say.

mod admission;
mod file;
mod word;

pub use admission::{Admission, Notices, PROMISED};
pub use file::{FILE_NAME, FailOn, File, FileError, schema};

use crate::finding::Severity;

/// Which rules are asked, and how far they may go.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Only these rules, where there are any.
    pub only: Vec<String>,
    /// Not these rules.
    pub skip: Vec<String>,
    /// Severities set by the operator: `None` switches a rule off.
    pub severity: Vec<(String, Option<Severity>)>,
    /// What the webhook tells and denies.
    pub admission: Admission,
}

impl Config {
    /// Whether a rule is asked.
    pub fn enabled(&self, rule: &str) -> bool {
        (self.only.is_empty() || self.only.iter().any(|only| only == rule))
            && !self.skip.iter().any(|skip| skip == rule)
            && !self
                .severity
                .iter()
                .any(|(name, severity)| name == rule && severity.is_none())
    }

    /// How bad a rule's finding is, as the operator sees it.
    pub fn severity_of(&self, rule: &str, severity: Severity) -> Severity {
        let set = self.severity.iter().find(|(name, _)| name == rule);
        set.and_then(|(_, severity)| *severity).unwrap_or(severity)
    }
}
