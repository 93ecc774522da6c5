//! `check` end to end, as a process: reading, parsing, storing, every rule, the report.
//!
//! `cargo bench --bench check -- --write FOLDER [SCALE]` only writes the tree, to hold other
//! programs against the same files.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot be set up fails"
)]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use criterion::{Criterion, Throughput, criterion_group};
use support::tree;
use tempfile::TempDir;

fn check(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    group.sample_size(10);
    for scale in [1, 10] {
        let folder = TempDir::new().expect("a temporary folder");
        let bytes = tree::write(folder.path(), scale).expect("room for the tree");
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(format!("{} Deployments", 5_000 * scale), |bencher| {
            bencher.iter(|| run(folder.path()));
        });
    }
    group.finish();
}

fn run(folder: &Path) {
    let status = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(["check", "--quiet"])
        .arg(folder)
        .stdout(Stdio::null())
        .status()
        .expect("the program runs");
    assert!(status.success(), "the tree is clean");
}

criterion_group!(benches, check);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Some(at) = words.iter().position(|word| *word == "--write") {
        let scale = words
            .get(at + 2)
            .and_then(|scale| scale.parse().ok())
            .unwrap_or(1);
        let folder = Path::new(words[at + 1]);
        std::fs::create_dir_all(folder).expect("a folder");
        tree::write(folder, scale).expect("room for the tree");
        return;
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
