//! Who may talk to whom, for every pair, in a cluster of 1,000 Workloads and 2,000 policies no two
//! of which are alike.

mod support;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use portcullis::cluster::{Knowledge, Known, Store, View};
use portcullis::flows::{Scope, Survey};
use portcullis::query::Directory;
use portcullis::report::flows::{Look, table};
use support::{object, tangle};

const WORKLOADS: usize = 1_000;

fn store() -> Store {
    let mut store = Store::default();
    store.cover(None, None, Known::Files);
    for value in tangle::objects(WORKLOADS) {
        store.put(Arc::clone(&object(&value)));
    }
    store
}

/// The whole table, from what is known to its last line.
fn flows(criterion: &mut Criterion) {
    let store = store();
    let knowledge = Knowledge::default();
    let look = Look {
        colour: false,
        whole: false,
    };
    criterion.bench_function("flows/1,000 Workloads and 2,000 policies", |bencher| {
        bencher.iter(|| {
            let view = View::new(black_box(&store), &knowledge);
            let directory = Directory::of(view);
            let survey = Survey::of(&Scope::default(), &directory, view);
            let mut out = Vec::new();
            table::write(&mut out, &survey.picture(), look).map(|()| out)
        });
    });
}

/// Writes the manifests, where `-- --write FOLDER` asks for them, to try the program on them.
fn write(_: &mut Criterion) {
    let mut words = std::env::args().skip_while(|word| word != "--write");
    let Some(folder) = words.nth(1) else {
        return;
    };
    let all: Vec<String> = tangle::objects(WORKLOADS)
        .iter()
        .map(ToString::to_string)
        .collect();
    let written = fs::write(Path::new(&folder).join("tangle.yaml"), all.join("\n---\n"));
    assert!(written.is_ok(), "cannot write to {folder}: {written:?}");
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = write, flows
}
criterion_main!(benches);
