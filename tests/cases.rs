//! Whole small sets of manifests, and everything that is found in each: most mistakes are about
//! sets of objects, not one. `UPDATE=1 cargo test --test cases` writes what is found.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use portcullis::manifest::Inputs;
use support::manifests::{Setting, found_in, line};

/// The file that holds what is expected: a line `[check]` for the door, then a finding a line.
const EXPECTED: &str = "expected.txt";

fn cases() -> Vec<PathBuf> {
    // Relative to the crate, where cargo runs tests: findings may name files.
    let mut cases: Vec<PathBuf> = fs::read_dir("tests/cases")
        .expect("tests/cases is there")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

/// What `check` finds in a case, every severity, a line each.
fn by_check(case: &Path) -> Vec<String> {
    let inputs = Inputs {
        paths: vec![case.to_path_buf()],
        ..Inputs::default()
    };
    let mut lines: Vec<String> = found_in(&inputs, Setting::default())
        .iter()
        .map(|report| format!("{}: {}", report.rule, line(report)))
        .collect();
    lines.sort();
    lines
}

#[test]
fn every_case_is_judged_as_expected() {
    let mut failures = Vec::new();
    for case in cases() {
        let mut actual = "[check]\n".to_owned();
        for line in by_check(&case) {
            actual.push_str(&line);
            actual.push('\n');
        }
        let expected = case.join(EXPECTED);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &actual).expect("the case is writable");
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        if expected != actual {
            let name = case.file_name().unwrap_or_default().display();
            failures.push(format!("{name}\nexpected:\n{expected}\nfound:\n{actual}"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn there_are_enough_cases_and_a_third_of_them_is_quiet() {
    let all = cases();
    let is_quiet = |case: &&PathBuf| by_check(case).iter().all(|line| line.contains(": notice "));
    let quiet = all.iter().filter(is_quiet).count();
    assert!(all.len() >= 25, "{} cases", all.len());
    assert!(quiet * 3 >= all.len(), "{quiet} of {} are quiet", all.len());
}
