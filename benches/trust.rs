//! What is found in published manifests, by rule and severity, and every warning and error to read:
//! `make trust PATHS='checkout another/checkout'`. Each path is one set; of a file `@SETS` each
//! line is one, its paths separated by spaces.
#![expect(
    clippy::print_stdout,
    reason = "a table for a person at a terminal is all that this makes"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use portcullis::cluster::Knowledge;
use portcullis::config::Config;
use portcullis::finding::Severity;
use portcullis::manifest::{InputError, Inputs, Set, read};
use portcullis::object::{Body, Kind};
use portcullis::review::review_set;

/// The severities in the order of the table's columns.
const COLUMNS: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Notice];

/// What was read, and what was found in it.
#[derive(Default)]
struct Tally {
    sets: usize,
    unread: usize,
    services: usize,
    workloads: usize,
    policies: usize,
    by_rule: BTreeMap<&'static str, [usize; 3]>,
    /// Warnings and errors with the places where they stand; objects repeat between releases.
    to_read: BTreeMap<String, BTreeSet<String>>,
}

impl Tally {
    fn add(&mut self, paths: Vec<PathBuf>) -> Result<(), InputError> {
        let inputs = Inputs {
            paths,
            ..Inputs::default()
        };
        let set = read(&inputs, |_, _| {})?;
        self.sets += 1;
        for (object, _) in set.objects() {
            let kind = object.meta.kind;
            self.services += usize::from(kind == Kind::Service);
            self.policies += usize::from(kind == Kind::NetworkPolicy);
            self.workloads += usize::from(matches!(object.body, Body::Workload(_)));
        }
        self.judge(&set);
        Ok(())
    }

    fn judge(&mut self, set: &Set) {
        let reviewed = review_set(set, &Knowledge::default(), &Config::default());
        for (report, place) in set.findings().iter().chain(&reviewed) {
            let severity = report.finding.severity;
            let row = self.by_rule.entry(report.rule).or_default();
            for (column, cell) in COLUMNS.iter().zip(row) {
                *cell += usize::from(*column == severity);
            }
            if severity == Severity::Notice {
                continue;
            }
            let at = set.locate(*place, &report.finding.field);
            let object = report.object.as_ref();
            let object = object.map_or_else(String::new, |it| format!("{it}: "));
            let line = format!("{}: {object}{}", report.rule, report.finding.message);
            let places = self.to_read.entry(line).or_default();
            places.insert(format!("{}:{}", at.file, at.line));
        }
    }

    fn print(&self) {
        for (line, places) in &self.to_read {
            let first = places.first().map_or("", String::as_str);
            println!(
                "{line}\n    {first} and {} more",
                places.len().saturating_sub(1)
            );
        }
        println!(
            "\n{:<32}{:>8}{:>9}{:>9}",
            "rule", "errors", "warnings", "notices"
        );
        for (rule, [errors, warnings, notices]) in &self.by_rule {
            println!("{rule:<32}{errors:>8}{warnings:>9}{notices:>9}");
        }
        println!(
            "\n{} sets ({} could not be read): {} Services, {} Workloads, {} NetworkPolicies; {} \
             different warnings and errors",
            self.sets,
            self.unread,
            self.services,
            self.workloads,
            self.policies,
            self.to_read.len()
        );
    }
}

fn main() -> io::Result<()> {
    let mut tally = Tally::default();
    for argument in std::env::args().skip(1) {
        let sets: Vec<Vec<PathBuf>> = match argument.strip_prefix('@') {
            Some(list) => std::fs::read_to_string(list)?
                .lines()
                .map(|line| line.split_whitespace().map(PathBuf::from).collect())
                .collect(),
            None => vec![vec![PathBuf::from(&argument)]],
        };
        for paths in sets.into_iter().filter(|paths| !paths.is_empty()) {
            if let Err(error) = tally.add(paths) {
                tally.unread += 1;
                println!("{argument}: {error}");
            }
        }
    }
    tally.print();
    Ok(())
}
