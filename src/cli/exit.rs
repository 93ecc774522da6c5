//! Exit codes: what a pipeline learns without reading a word.

use std::process::ExitCode;

use crate::config::FailOn;
use crate::finding::Severity;
use crate::report::Summary;

/// Nothing at or above `--fail-on`.
pub(super) const CLEAN: u8 = 0;
/// Something at or above `--fail-on`.
pub(super) const FOUND: u8 = 1;
/// The work could not be done: bad usage, nothing readable, a cluster that was not reached.
pub(super) const FAILED: u8 = 2;

/// The code of a run that could do its work.
pub(super) fn of(summary: &Summary, fail_on: FailOn) -> u8 {
    let FailOn::AtLeast(least) = fail_on else {
        return CLEAN;
    };
    let found = [Severity::Notice, Severity::Warning, Severity::Error]
        .into_iter()
        .any(|severity| severity >= least && summary.of(severity) > 0);
    if found { FOUND } else { CLEAN }
}

/// The code of arguments that clap answered itself: help and version are no failure.
pub(super) fn usage(code: i32) -> ExitCode {
    if code == 0 { CLEAN } else { FAILED }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(errors: usize, warnings: usize, notices: usize, fail_on: FailOn) -> u8 {
        let summary = Summary {
            errors,
            warnings,
            notices,
            ..Summary::default()
        };
        of(&summary, fail_on)
    }

    #[test]
    fn a_run_fails_on_what_is_at_least_as_severe_as_asked() {
        use FailOn::{AtLeast, Never};
        use Severity::{Error, Notice, Warning};
        assert_eq!(code(0, 0, 0, AtLeast(Notice)), CLEAN);
        assert_eq!(code(0, 0, 1, AtLeast(Notice)), FOUND);
        assert_eq!(code(0, 0, 1, AtLeast(Warning)), CLEAN);
        assert_eq!(code(0, 1, 0, AtLeast(Warning)), FOUND);
        assert_eq!(code(1, 0, 0, AtLeast(Warning)), FOUND);
        assert_eq!(code(0, 1, 0, AtLeast(Error)), CLEAN);
        assert_eq!(code(1, 0, 0, AtLeast(Error)), FOUND);
        assert_eq!(code(1, 1, 1, Never), CLEAN);
    }

    #[test]
    fn help_is_no_failure_and_bad_usage_is_two() {
        let text = |code| format!("{:?}", usage(code));
        assert_eq!(text(0), format!("{:?}", ExitCode::SUCCESS));
        assert_eq!(text(2), format!("{:?}", ExitCode::from(2)));
        assert_eq!(text(1), format!("{:?}", ExitCode::from(2)));
    }
}
