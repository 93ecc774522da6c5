//! Calico's policies: hand-checked cases, each with the source that decides it.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod cases;
mod invalid;
mod peers;
mod tiers;

use std::net::IpAddr;
use std::sync::Arc;

use portcullis::cluster::{Knowledge, Known, Store, View};
use portcullis::labels::Labels;
use portcullis::object::{self, Object};
use portcullis::policy::{Datapath, Protocol};
use portcullis::reach::{Facts, Flow, NamedPort, Outcome, Party, Pod, evaluate_in};
use portcullis::text;
use serde_json::Value;

/// What is there in every case beside its own objects.
const WORLD: &str = r"
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: v1
kind: Namespace
metadata: {name: data, labels: {team: b}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: writer, namespace: shop, labels: {role: trusted}}
";

type Inhabitant = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
);

/// Who there is: namespace, name, labels, account and address.
const PODS: [Inhabitant; 4] = [
    (
        "shop",
        "web",
        &[("app", "web"), ("tier", "front")],
        "default",
        "10.0.1.1",
    ),
    (
        "shop",
        "api",
        &[("app", "api"), ("tier", "back-1")],
        "writer",
        "10.0.1.2",
    ),
    ("data", "db", &[("app", "db")], "default", "10.0.2.1"),
    ("data", "web", &[("app", "web")], "default", "10.0.2.2"),
];

/// What a Flow comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Is {
    Allowed,
    Denied,
    Unclear,
}

/// The objects of some manifests.
pub(crate) fn objects(manifests: &str) -> Vec<Object> {
    let read = |chunk: text::Chunk<'_>| {
        let document = text::parse(&chunk).unwrap();
        let value: Value = text::from_node(&document.root).unwrap();
        let word = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        object::parse(&word("apiVersion"), &word("kind"), &value)
            .unwrap_or_else(|error| panic!("{error}: {value}"))
    };
    text::chunks(manifests).map(read).collect()
}

/// Whether a Flow passes: `shop/web` or an address, to one of them, `TCP/80`.
pub(crate) fn flow(manifests: &str, from: &str, to: &str, port: &str) -> Is {
    known(manifests, from, to, port, Known::All)
}

/// The same, where so much is known of every kind.
pub(crate) fn known(manifests: &str, from: &str, to: &str, port: &str, known: Known) -> Is {
    let mut store = Store::default();
    store.cover(None, None, known);
    for object in objects(WORLD).into_iter().chain(objects(manifests)) {
        store.put(Arc::new(object));
    }
    let knowledge = Knowledge::default();
    let view = View::new(&store, &knowledge);
    let (protocol, port) = port.split_once('/').unwrap();
    let ends: Vec<End> = [from, to]
        .into_iter()
        .map(|end| End::of(end, view))
        .collect();
    let flow = Flow {
        source: ends[0].party(),
        destination: ends[1].party(),
        protocol: Protocol::parse(protocol).unwrap(),
        port: port.parse().unwrap(),
        family: None,
    };
    let policies = |end: &End| match end.namespace {
        Some(namespace) => view.policies_of(namespace, &end.labels),
        None => Vec::new(),
    };
    let (of_source, of_destination) = (policies(&ends[0]), policies(&ends[1]));
    let verdict = evaluate_in(
        &flow,
        &of_source,
        &of_destination,
        Datapath::Endpoint,
        Some(view),
    );
    match verdict.outcome() {
        Outcome::Allowed => Is::Allowed,
        Outcome::Denied => Is::Denied,
        Outcome::Depends(_) => Is::Unclear,
    }
}

/// One end of a Flow.
struct End {
    namespace: Option<&'static str>,
    name: &'static str,
    labels: Labels,
    namespace_labels: Labels,
    address: [IpAddr; 1],
}

const PORTS: [NamedPort<'static>; 1] = [NamedPort {
    name: "http",
    number: 8080,
    protocol: Protocol::Tcp,
}];

impl End {
    fn of(text: &str, view: View<'_>) -> Self {
        let found = PODS
            .iter()
            .find(|(ns, name, ..)| format!("{ns}/{name}") == text);
        let Some((namespace, name, labels, account, address)) = found else {
            return Self {
                namespace: None,
                name: "",
                labels: Labels::default(),
                namespace_labels: Labels::default(),
                address: [text.parse().unwrap()],
            };
        };
        let labels: Labels = labels.iter().copied().collect();
        Self {
            namespace: Some(namespace),
            name,
            labels: view.with_account(namespace, &labels, account),
            namespace_labels: view.namespace_labels(namespace).unwrap(),
            address: [address.parse().unwrap()],
        }
    }

    fn party(&self) -> Party<'_> {
        let Some(namespace) = self.namespace else {
            return Party::Address(self.address[0]);
        };
        Party::Pod(Pod {
            namespace,
            namespace_labels: Facts::all(&self.namespace_labels),
            name: Some(self.name),
            labels: Facts::all(&self.labels),
            addresses: &self.address,
            host_network: false,
            ports: Some(&PORTS),
            node: None,
        })
    }
}

/// A namespaced policy of namespace shop with this `spec`, in flow style.
pub(crate) fn policy(spec: &str) -> String {
    named("case", spec)
}

/// The same by name.
pub(crate) fn named(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\n\
         metadata: {{name: {name}, namespace: shop}}\nspec: {{{spec}}}\n---\n"
    )
}

/// A global policy with this `spec`.
pub(crate) fn global(spec: &str) -> String {
    format!(
        "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\n\
         metadata: {{name: case}}\nspec: {{{spec}}}\n---\n"
    )
}
