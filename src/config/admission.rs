//! Settings of the webhook: what is told at admission, and what is denied.

use crate::finding::{Report, Severity};
use crate::labels::Selector;

/// The rules whose notices are told at admission by default.
pub const PROMISED: [&str; 3] = [
    "service-selects-nothing",
    "target-port-not-declared",
    "api-server-egress-blocked",
];

/// Which of the notices that are new at admission are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notices {
    /// Those of the rules that the product promises.
    #[default]
    Promised,
    /// Those of every rule.
    All,
    /// None.
    None,
}

/// What is told at admission, and what is denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// The mildest severity that is told; notices have a setting of their own.
    pub show: Severity,
    /// Which notices are told; none where warnings are not.
    pub notices: Notices,
    /// The rules whose warnings and errors deny a creation.
    pub deny: Vec<String>,
    /// The namespaces, by their labels, in which something is denied; `None` is all of them.
    pub deny_namespaces: Option<Selector>,
}

impl Default for Admission {
    fn default() -> Self {
        Self {
            show: Severity::Warning,
            notices: Notices::default(),
            deny: Vec::new(),
            deny_namespaces: None,
        }
    }
}

impl Admission {
    /// Whether a finding is told to the person whose request is being admitted.
    pub fn tells(&self, report: &Report) -> bool {
        match report.finding.severity {
            Severity::Notice if self.show > Severity::Warning => false,
            Severity::Notice => match self.notices {
                Notices::All => true,
                Notices::Promised => PROMISED.contains(&report.rule),
                Notices::None => false,
            },
            severity => severity >= self.show,
        }
    }

    /// Whether the operator named a rule as one that denies.
    pub fn denies(&self, rule: &str) -> bool {
        self.deny.iter().any(|named| named == rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{FieldPath, Finding};

    fn report(rule: &'static str, severity: Severity) -> Report {
        Report {
            rule,
            object: None,
            finding: Finding::new(severity, FieldPath::default(), ""),
            caused_by: None,
        }
    }

    #[test]
    fn only_the_promised_notices_are_told_by_default() {
        let admission = Admission::default();
        assert!(admission.tells(&report("service-selects-nothing", Severity::Notice)));
        assert!(!admission.tells(&report("dns-egress-blocked", Severity::Notice)));
        assert!(admission.tells(&report("dns-egress-blocked", Severity::Warning)));
    }

    #[test]
    fn whoever_wants_errors_only_gets_no_notices() {
        let admission = Admission {
            show: Severity::Error,
            notices: Notices::All,
            ..Admission::default()
        };
        assert!(!admission.tells(&report("service-selects-nothing", Severity::Notice)));
        assert!(!admission.tells(&report("service-selects-nothing", Severity::Warning)));
        assert!(admission.tells(&report("service-selects-nothing", Severity::Error)));
    }
}
