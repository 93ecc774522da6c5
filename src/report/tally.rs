//! The figures of a run, and the line that says them.

use std::fmt::Write as _;

use crate::finding::Severity;

use super::{Door, Placed};

/// What was read and what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Documents in them.
    pub documents: usize,
    /// Kubernetes objects in them.
    pub objects: usize,
    /// Findings by severity: errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notices.
    pub notices: usize,
    /// Findings that an annotation asked to leave out.
    pub ignored: usize,
}

impl Summary {
    /// The same figures with the findings of `reports` counted.
    #[must_use]
    pub fn count(mut self, reports: &[Placed]) -> Self {
        for placed in reports {
            if placed.report.finding.exempted.is_some() {
                self.ignored += 1;
                continue;
            }
            match placed.report.finding.severity {
                Severity::Error => self.errors += 1,
                Severity::Warning => self.warnings += 1,
                Severity::Notice => self.notices += 1,
            }
        }
        self
    }

    /// How many findings are of a severity.
    pub fn of(&self, severity: Severity) -> usize {
        match severity {
            Severity::Error => self.errors,
            Severity::Warning => self.warnings,
            Severity::Notice => self.notices,
        }
    }

    /// The last line of a run that showed what is at least `show`.
    pub fn line(&self, show: Severity, door: Door) -> String {
        let by_severity = [Severity::Error, Severity::Warning, Severity::Notice];
        let counts: Vec<String> = by_severity
            .iter()
            .filter(|severity| self.of(**severity) > 0)
            .map(|severity| count(self.of(*severity), severity.as_str()))
            .collect();
        let worst = by_severity.into_iter().find(|s| self.of(*s) > 0);
        let mut line = match worst {
            None => "no findings".to_owned(),
            Some(Severity::Notice) => format!("no warnings, {}", list(&counts)),
            Some(_) => list(&counts),
        };
        let objects = count(self.objects, "object");
        let _ = write!(line, " in {objects}");
        if door == Door::Check {
            let _ = write!(line, " ({})", count(self.files, "file"));
        }
        if self.ignored > 0 {
            let _ = write!(line, ", {} ignored", self.ignored);
        }
        if let Some(worst) = worst.filter(|worst| *worst < show) {
            let them = if self.of(worst) == 1 { "it" } else { "them" };
            let lists = if worst == Severity::Notice || self.notices == 0 {
                them
            } else {
                "the worst"
            };
            let _ = write!(line, "; --show {worst} lists {lists}");
        }
        line
    }
}

fn count(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}

/// `a`, `a and b`, `a, b and c`.
fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(errors: usize, warnings: usize, notices: usize) -> String {
        let summary = Summary {
            files: 3,
            objects: 12,
            errors,
            warnings,
            notices,
            ..Summary::default()
        };
        summary.line(Severity::Warning, Door::Check)
    }

    #[test]
    fn the_last_line_counts_every_severity() {
        assert_eq!(line(0, 2, 0), "2 warnings in 12 objects (3 files)");
        assert_eq!(
            line(1, 2, 3),
            "1 error, 2 warnings and 3 notices in 12 objects (3 files)"
        );
        assert_eq!(line(1, 0, 0), "1 error in 12 objects (3 files)");
    }

    #[test]
    fn a_clean_run_is_one_line_that_says_what_was_not_shown() {
        assert_eq!(line(0, 0, 0), "no findings in 12 objects (3 files)");
        assert_eq!(
            line(0, 0, 3),
            "no warnings, 3 notices in 12 objects (3 files); --show notice lists them"
        );
        assert_eq!(
            line(0, 0, 1),
            "no warnings, 1 notice in 12 objects (3 files); --show notice lists it"
        );
    }

    #[test]
    fn what_is_ignored_is_said_and_one_is_not_many() {
        let summary = Summary {
            files: 1,
            objects: 1,
            ignored: 2,
            ..Summary::default()
        };
        assert_eq!(
            summary.line(Severity::Warning, Door::Check),
            "no findings in 1 object (1 file), 2 ignored"
        );
    }

    #[test]
    fn notices_that_were_shown_are_not_offered_again() {
        let summary = Summary {
            files: 1,
            objects: 1,
            notices: 1,
            ..Summary::default()
        };
        assert_eq!(
            summary.line(Severity::Notice, Door::Check),
            "no warnings, 1 notice in 1 object (1 file)"
        );
    }
}
