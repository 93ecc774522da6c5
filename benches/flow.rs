//! `flow`: one question in a cluster of 10,000 policies, after loading, and the loading itself.

mod support;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use portcullis::cluster::{Knowledge, Known, Store, View};
use portcullis::query::{Asked, Directory, Question};
use serde_json::{Value, json};
use support::{deployment, namespace, object, service};

const POLICIES: usize = 10_000;

/// Every other policy is over one Deployment, the rest over everything in a namespace of a few.
fn policy(n: usize) -> Value {
    let subject = if n.is_multiple_of(2) {
        json!({"matchLabels": {"app": format!("app-{}", n / 2)}})
    } else {
        json!({"matchLabels": {"app": format!("app-{}", n / 2), "tier": "none"}})
    };
    let from = json!([{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": format!("app-{}", n / 2 + 1)}}}]);
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": format!("policy-{n}"), "namespace": namespace(n / 2)},
        "spec": {
            "podSelector": subject, "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": from, "ports": [{"port": "http"}]}],
            "egress": [{"to": from}],
        },
    })
}

fn store() -> Store {
    let mut store = Store::default();
    store.cover(None, None, Known::All);
    for n in 0..POLICIES {
        store.put(object(&policy(n)));
        if n.is_multiple_of(2) {
            store.put(object(&deployment(n / 2)));
            store.put(object(&service(n / 2)));
        }
    }
    store
}

fn questions(criterion: &mut Criterion) {
    let store = store();
    let knowledge = Knowledge::default();
    let view = View::new(&store, &knowledge);
    let directory = Directory::of(view);
    let mut group = criterion.benchmark_group("flow");
    for (name, from, to, port) in [
        (
            "denied, with a patch",
            "big/app-2",
            "big/app-4",
            Some("http"),
        ),
        ("allowed", "big/app-4", "team-1/app-3", Some("9090")),
        ("to a Service", "big/app-2", "big/svc/app-4:80", None),
        ("to the API server", "big/app-2", "apiserver", None),
        ("from the world", "world", "big/app-2", Some("http")),
    ] {
        let ask = || {
            let question = Question {
                from: directory.source(from, None)?,
                to: directory.destination(to, None)?,
                port: port.map(Asked::parse).transpose()?,
            };
            question.answered(&directory, view)
        };
        let answered = ask().map(|it| it.answer.says.as_str());
        assert!(answered.is_ok(), "{name}: {answered:?}");
        group.bench_function(name, |bencher| bencher.iter(|| black_box(ask())));
    }
    group.bench_function("everyone found, once", |bencher| {
        bencher.iter(|| Directory::of(black_box(view)));
    });
    group.finish();
}

criterion_group!(benches, questions);
criterion_main!(benches);
