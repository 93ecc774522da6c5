//! Admission: the review of one object in clusters of 1,000 and of 150,000 pods, the publishing
//! of a pod's update, and what a pod costs in memory.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints its figures and may fail any way it likes"
)]

mod support;

use std::hint::black_box;
use std::sync::Arc;

use arc_swap::ArcSwap;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use portcullis::cluster::{Change, Knowledge, Store};
use portcullis::config::Config;
use portcullis::review::review;
use serde_json::{Value, json};
use support::{cluster, deployment, object, pod, policy, service};

const SIZES: [usize; 2] = [1_000, 150_000];

fn reviews(criterion: &mut Criterion) {
    for pods in SIZES {
        let store = cluster(pods, true);
        for (name, changes) in changes() {
            let mut group = criterion.benchmark_group(format!("review/{name}"));
            group.bench_function(format!("{pods} pods"), |bencher| {
                bencher.iter(|| {
                    review(
                        black_box(&changes),
                        &store,
                        &Knowledge::default(),
                        &Config::default(),
                        None,
                    )
                });
            });
            group.finish();
        }
    }
}

/// What is reviewed: something new, and something changed, in the namespace of half of the pods.
fn changes() -> Vec<(&'static str, Vec<Change>)> {
    let renamed = |mut value: Value| {
        value["metadata"]["name"] = json!("new");
        object(&value)
    };
    let mut bare = pod(2, 0, 0);
    bare["metadata"]["ownerReferences"] = json!([]);
    let mut relabelled = deployment(4);
    relabelled["spec"]["template"]["metadata"]["labels"]["app"] = json!("other");
    vec![
        ("service created", vec![Change::create(renamed(service(2)))]),
        ("pod created", vec![Change::create(renamed(bare))]),
        (
            "deployment created",
            vec![Change::create(renamed(deployment(2)))],
        ),
        (
            "deployment relabelled",
            vec![Change::update(object(&deployment(4)), object(&relabelled))],
        ),
        ("policy created", vec![Change::create(renamed(policy(2)))]),
        (
            "default-deny created",
            vec![Change::create(object(&default_deny()))],
        ),
    ]
}

/// A policy that cuts every pod of the large namespace off.
fn default_deny() -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": "default-deny", "namespace": "big"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    })
}

fn publish(criterion: &mut Criterion) {
    for pods in SIZES {
        let published = ArcSwap::from_pointee(cluster(pods, true));
        let updates: Vec<_> = (0..100).map(|n| object(&pod(n, 3, n))).collect();
        let mut next = updates.iter().cycle();
        criterion.bench_function(&format!("publish a pod's update/{pods} pods"), |bencher| {
            bencher.iter_batched(
                || next.next().cloned(),
                |update| {
                    let mut store = Store::clone(&published.load());
                    if let Some(update) = update {
                        store.put(update);
                    }
                    published.store(Arc::new(store));
                },
                BatchSize::SmallInput,
            );
        });
    }
}

/// Resident memory in bytes, as Linux tells it.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = status
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(0);
    pages * 4096
}

fn memory(_: &mut Criterion) {
    let [_, pods] = SIZES;
    let start = resident();
    let without = cluster(pods, false);
    let objects = resident();
    let with = cluster(pods, true);
    let all = resident();
    let pods_alone = (all - objects).saturating_sub(objects - start);
    println!(
        "memory at {pods} pods: {} B a pod, {} MB for {} objects without pods",
        pods_alone / pods,
        (objects - start) / 1_000_000,
        without.len(),
    );
    black_box((without, with));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = memory, reviews, publish
}
criterion_main!(benches);
