//! Whole small sets of manifests, and everything that is found in each: most mistakes are about
//! sets of objects, not one. `UPDATE=1 cargo test --test cases` writes what is found.
//!
//! A case is a set for `check`; or `cluster/` (what is there before) and `set/` (what `check` lays
//! over it); or `cluster/` and `change/` (what is then submitted, file by file and document by document, each to a cluster that has what came
//! before it). The name of a file in `change/` says how: `1-apply-….yaml` creates or updates,
//! `2-delete-….yaml` deletes with everything owned, `3-orphan-….yaml` deletes and leaves that.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up fails"
)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portcullis::cluster::{Change, Knowledge, Known, Store};
use portcullis::config::Config;
use portcullis::finding::{FieldPath, Report};
use portcullis::manifest::{Inputs, read};
use portcullis::object::{Key, Object};
use portcullis::review::{review, review_over};
use support::manifests::{Setting, found_in, line, values};
use support::object;

/// The file that holds what is expected: a line for the door (`[check]`, `[check over a cluster]` or
/// `[admission]`), then what is found.
const EXPECTED: &str = "expected.txt";

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| {
            entries
                .map(|entry| entry.expect("a readable entry").path())
                .collect()
        })
        .unwrap_or_default();
    entries.sort();
    entries
}

/// Relative to the crate, where cargo runs tests: findings may name files.
fn cases() -> Vec<PathBuf> {
    let mut cases = entries(Path::new("tests/cases"));
    cases.retain(|path| path.is_dir());
    cases
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Check,
    CheckOver,
    Admission,
}

const DOORS: [Door; 3] = [Door::Check, Door::CheckOver, Door::Admission];

fn door(case: &Path) -> Door {
    if case.join("change").is_dir() {
        Door::Admission
    } else if case.join("set").is_dir() {
        Door::CheckOver
    } else {
        Door::Check
    }
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

fn objects_of(file: &Path) -> Vec<Arc<Object>> {
    let text = fs::read_to_string(file).expect("a readable manifest");
    values(&text).iter().map(object).collect()
}

/// What a file of `change/` does to an object, given what is there under its key.
fn change(file: &Path, object: Arc<Object>, there: Option<Arc<Object>>) -> Change {
    let name = file.file_stem().and_then(|stem| stem.to_str());
    match name.and_then(|name| name.split('-').nth(1)) {
        Some("apply") => Change {
            before: there,
            after: Some(object),
            orphans: false,
        },
        Some(how @ ("delete" | "orphan")) => Change {
            before: Some(there.expect("what is deleted is there")),
            after: None,
            orphans: how == "orphan",
        },
        _ => panic!("{}: neither apply nor delete nor orphan", file.display()),
    }
}

/// A Store of the objects in `cluster/`, which is all there is.
fn cluster(case: &Path) -> (Store, BTreeMap<Key, Arc<Object>>) {
    let mut store = Store::default();
    store.cover(None, None, Known::All);
    let mut there: BTreeMap<Key, Arc<Object>> = BTreeMap::new();
    for file in entries(&case.join("cluster")) {
        for object in objects_of(&file) {
            there.insert(object.meta.key(), object.clone());
            store.put(object);
        }
    }
    (store, there)
}

/// What `check` finds in `set/` laid over `cluster/`, every severity, a line each with its place.
fn by_check_over(case: &Path) -> Vec<String> {
    let inputs = Inputs {
        paths: vec![case.join("set")],
        ..Inputs::default()
    };
    let set = read(&inputs, |_, _| {}).expect("the set is there");
    let (store, _) = cluster(case);
    let found = review_over(&set, &store, &Knowledge::default(), &Config::default());
    let of_files = set.findings().iter().cloned();
    let mut lines: Vec<String> = found
        .into_iter()
        .chain(of_files)
        .map(|(report, place)| {
            let at = set.locate(place, &FieldPath::default());
            format!("{} (from line {})", told_line(&report).trim(), at.line)
        })
        .collect();
    lines.sort();
    lines
}

/// What is told at admission, request by request, as by a webhook without settings.
fn by_admission(case: &Path) -> Vec<String> {
    let (mut store, mut there) = cluster(case);
    let (knowledge, config) = (Knowledge::default(), Config::default());
    let mut lines = Vec::new();
    for file in entries(&case.join("change")) {
        for object in objects_of(&file) {
            let key = object.meta.key();
            let change = change(&file, object, there.get(&key).cloned());
            lines.push(request(&change));
            let outcome = review(
                std::slice::from_ref(&change),
                &store,
                &knowledge,
                &config,
                None,
            );
            let told = outcome
                .reports
                .iter()
                .filter(|it| config.admission.tells(it));
            lines.extend(told.map(told_line));
            store = store.after(std::slice::from_ref(&change));
            match change.after {
                Some(object) => drop(there.insert(key, object)),
                None => drop(there.remove(&key)),
            }
        }
    }
    lines
}

/// `CREATE Service shop/web`.
fn request(change: &Change) -> String {
    let operation = match (&change.before, &change.after) {
        (None, _) => "CREATE",
        (_, Some(_)) => "UPDATE",
        (_, None) => "DELETE",
    };
    let object = &change.meta().expect("an object").reference;
    format!("{operation} {object}")
}

fn told_line(report: &Report) -> String {
    let mut told = format!("  {}: {}", report.rule, line(report));
    if let Some(cause) = &report.caused_by {
        let _ = write!(told, " (caused by {cause})");
    }
    told
}

/// What a case comes to: a line for the door, and what is found behind it.
fn outcome(case: &Path) -> String {
    let (door, lines) = match door(case) {
        Door::Check => ("[check]", by_check(case)),
        Door::CheckOver => ("[check over a cluster]", by_check_over(case)),
        Door::Admission => ("[admission]", by_admission(case)),
    };
    let lines = std::iter::once(door.to_owned()).chain(lines);
    lines.map(|line| line + "\n").collect()
}

#[test]
fn every_case_is_judged_as_expected() {
    let mut failures = Vec::new();
    for case in cases() {
        let actual = outcome(&case);
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
fn there_are_enough_cases_at_each_door_and_a_third_of_them_is_quiet() {
    let loud = |line: &str| line.contains(": warning ") || line.contains(": error ");
    for (which, enough) in DOORS.into_iter().zip([25, 15, 20]) {
        let mut cases = cases();
        cases.retain(|case| door(case) == which);
        let quiet = cases
            .iter()
            .filter(|case| !outcome(case).lines().any(loud))
            .count();
        assert!(cases.len() >= enough, "{} cases", cases.len());
        assert!(
            quiet * 3 >= cases.len(),
            "{quiet} of {} are quiet",
            cases.len()
        );
    }
}
