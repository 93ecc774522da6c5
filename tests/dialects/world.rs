//! A small world of pods, nodes and addresses in which policies of any dialect are tried.

use std::net::IpAddr;
use std::sync::Arc;

use portcullis::cluster::{Knowledge, Known, Store, View};
use portcullis::labels::Labels;
use portcullis::manifest::{Inputs, read};
use portcullis::object::{Object, Of};
use portcullis::policy::{Datapath, Family, Policy, Protocol};
use portcullis::reach::{ApiServer, Facts, Flow, NamedPort, Outcome, Party, Pod, evaluate_in};

/// A pod: namespace, name, labels, address, whether it is on its host's network.
type Inhabitant = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    bool,
);

/// Every pod.
pub(crate) const PODS: [Inhabitant; 7] = [
    (
        "shop",
        "web",
        &[("app", "web"), ("tier", "front")],
        "10.0.1.1",
        false,
    ),
    ("shop", "db", &[("app", "db")], "10.0.1.2", false),
    ("bank", "web", &[("app", "web")], "10.0.2.1", false),
    ("bank", "vault", &[("app", "vault")], "10.0.2.2", false),
    (
        "kube-system",
        "dns",
        &[("k8s-app", "kube-dns")],
        "10.0.0.2",
        false,
    ),
    (
        "monitoring",
        "agent",
        &[("app", "agent")],
        "192.168.0.11",
        true,
    ),
    ("bank", "six", &[("app", "six")], "fd00:2::6", false),
];

/// Pods that only cases name: one with addresses of both families, and one on the network of the
/// node that every other pod runs on, but for `monitoring/agent`.
const MORE: [(&str, &[&str], bool); 2] = [
    ("both", &["10.0.1.9", "fd00:1::9"], false),
    ("hosted", &["192.168.0.1"], true),
];

/// Every namespace that is in view, and its labels; `unseen` is not.
pub(crate) const NAMESPACES: [(&str, &[(&str, &str)]); 4] = [
    ("shop", &[("team", "red"), ("env", "prod")]),
    ("bank", &[("team", "blue"), ("env", "prod")]),
    ("kube-system", &[]),
    ("monitoring", &[("team", "ops")]),
];

/// What is there beside policies: the nodes `worker-1`, on which the pods run, and `worker-2`.
const OBJECTS: &str = "
apiVersion: v1
kind: Node
metadata: {name: worker-1, labels: {role: web}}
status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
---
apiVersion: v1
kind: Node
metadata: {name: worker-2, labels: {role: gpu}}
status: {addresses: [{type: InternalIP, address: 192.168.0.11}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: writer, namespace: shop, labels: {role: trusted}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: shop, labels: {role: plain}}
";

/// The ports that every pod declares.
const PORTS: [NamedPort<'static>; 3] = [
    NamedPort {
        name: "http",
        number: 8080,
        protocol: Protocol::Tcp,
    },
    NamedPort {
        name: "metrics",
        number: 9090,
        protocol: Protocol::Tcp,
    },
    NamedPort {
        name: "dns",
        number: 53,
        protocol: Protocol::Udp,
    },
];

/// The world under some policies, and whatever else there is.
pub(crate) struct World {
    objects: Vec<Object>,
    store: Store,
}

/// Somebody at one end of a Flow.
struct Somebody {
    namespace: String,
    name: String,
    labels: Labels,
    namespace_labels: Result<Labels, Labels>,
    addresses: Vec<IpAddr>,
    host_network: bool,
}

impl World {
    /// The world with some objects in it, in this order.
    pub(crate) fn of(objects: Vec<Object>) -> Self {
        let mut store = Store::default();
        store.cover(None, None, Known::Files);
        let namespaces = NAMESPACES.map(|(name, labels)| {
            let labels: serde_json::Value = labels.iter().copied().collect();
            format!(
                "---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {labels}}}\n"
            )
        });
        let own = self::objects(&format!("{OBJECTS}{}", namespaces.concat()));
        for object in own.into_iter().chain(objects.iter().cloned()) {
            store.put(Arc::new(object));
        }
        Self { objects, store }
    }

    /// What a Flow comes to under every policy.
    pub(crate) fn outcome(
        &self,
        (from, to): (&str, &str),
        (protocol, port): (Protocol, u16),
        (datapath, family): (Datapath, Option<Family>),
    ) -> Outcome {
        let knowledge = Knowledge::default();
        let view = View::new(&self.store, &knowledge);
        let (source, destination) = (Somebody::of(from, view), Somebody::of(to, view));
        let flow = Flow {
            source: source.party(),
            destination: destination.party(),
            protocol,
            port,
            family,
        };
        let policies: Vec<Of<'_, Policy>> =
            self.objects.iter().flat_map(Object::policies).collect();
        evaluate_in(&flow, &policies, &policies, datapath, Some(view))
            .outcome()
            .clone()
    }
}

impl Somebody {
    /// Whom a word names: `shop/web`, `node`, `node:own`, `node:gpu`, `node:any`, `apiserver`,
    /// `apiserver:node`, `apiserver:hosted`, `somewhere`, or an address.
    fn of(word: &str, view: View<'_>) -> Self {
        let Some((namespace, name)) = word.split_once('/') else {
            return Self {
                namespace: String::new(),
                name: word.to_owned(),
                labels: Labels::default(),
                namespace_labels: Err(Labels::default()),
                addresses: word.parse().into_iter().collect(),
                host_network: false,
            };
        };
        let pod = PODS.iter().find(|pod| (pod.0, pod.1) == (namespace, name));
        let more = MORE.iter().find(|more| more.0 == name);
        let (labels, addresses, host_network): (&[_], &[&str], bool) = match (pod, more) {
            (Some(pod), _) => (pod.2, &[pod.3], pod.4),
            (None, Some(more)) => (&[("app", "more")], more.1, more.2),
            (None, None) => (&[("app", "web")], &["10.0.9.9"], false),
        };
        let account = if name == "db" { "writer" } else { "default" };
        let labels: Labels = labels.iter().copied().collect();
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            labels: view.with_account(namespace, &labels, account),
            namespace_labels: view.namespace_labels(namespace),
            addresses: addresses.iter().map(|it| it.parse().unwrap()).collect(),
            host_network,
        }
    }

    /// The same as the evaluator wants it.
    fn party(&self) -> Party<'_> {
        let server = |on_node, address: Option<[u8; 4]>| {
            Party::ApiServer(ApiServer {
                address: address.map(Into::into),
                on_node,
                may_be_pod: false,
                may_be_on_ovn: false,
            })
        };
        let node = |name, last| Party::Node {
            name,
            address: [192, 168, 0, last].into(),
        };
        match (self.name.as_str(), self.addresses.first()) {
            ("node", _) => node(Some("worker"), 10),
            ("node:own", _) => node(Some("worker-1"), 1),
            ("node:gpu", _) => node(Some("worker-2"), 11),
            ("node:any", _) => node(None, 10),
            ("apiserver", _) => server(None, None),
            ("apiserver:node", _) => server(Some(true), Some([192, 168, 0, 5])),
            ("apiserver:gpu", _) => server(Some(true), Some([192, 168, 0, 11])),
            ("apiserver:hosted", _) => server(Some(false), Some([34, 1, 2, 3])),
            ("somewhere", _) => Party::Unknown { may_be_pod: false },
            (_, Some(address)) if self.namespace.is_empty() => Party::Address(*address),
            _ => Party::Pod(Pod {
                namespace: &self.namespace,
                namespace_labels: Facts::of(&self.namespace_labels),
                name: Some(&self.name),
                labels: Facts::all(&self.labels),
                addresses: &self.addresses,
                host_network: self.host_network,
                ports: Some(&PORTS),
                node: Some(if self.name == "agent" {
                    "worker-2"
                } else {
                    "worker-1"
                }),
            }),
        }
    }
}

/// A policy object of a kind: its metadata and spec as YAML. `Aws`, `Calico` and `Stored` before a
/// kind tell whose it is.
pub(crate) fn manifest(kind: &str, name: &str, namespace: Option<&str>, spec: &str) -> String {
    let version = match kind {
        "NetworkPolicy" => "networking.k8s.io/v1",
        "ClusterNetworkPolicy" => "policy.networking.k8s.io/v1alpha2",
        "AwsClusterNetworkPolicy" => "networking.k8s.aws/v1alpha1",
        "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy" => "policy.networking.k8s.io/v1alpha1",
        _ if kind.starts_with("Calico") => "projectcalico.org/v3",
        _ if kind.starts_with("Stored") => "crd.projectcalico.org/v1",
        _ => "cilium.io/v2",
    };
    let kind = ["Aws", "Calico", "Stored"]
        .iter()
        .find_map(|whose| kind.strip_prefix(whose))
        .unwrap_or(kind);
    let place = namespace.map_or_else(String::new, |it| format!(", namespace: {it}"));
    let field = if spec.starts_with('[') {
        "specs"
    } else {
        "spec"
    };
    format!(
        "---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}{place}}}\n{field}: {spec}\n"
    )
}

/// The objects of manifests.
pub(crate) fn objects(manifests: &str) -> Vec<Object> {
    let inputs = Inputs {
        stdin: Some(manifests.as_bytes().to_vec()),
        ..Inputs::default()
    };
    let set = read(&inputs, |_, _| {}).unwrap();
    set.objects()
        .map(|(object, _)| Object::clone(object))
        .collect()
}

/// What the API server would refuse in some objects, by field.
pub(crate) fn problems(objects: &[Object]) -> Vec<String> {
    let all = objects.iter().flat_map(|object| &object.meta.problems);
    all.map(|problem| problem.field.to_string()).collect()
}

/// The datapath of a word.
pub(crate) fn datapath(word: &str) -> Option<Datapath> {
    let all = Datapath::ENFORCING.into_iter().chain([Datapath::None]);
    all.into_iter().find(|it| it.as_str() == word)
}

/// The family of a word.
pub(crate) fn family(word: &str) -> Option<Family> {
    Family::ALL.into_iter().find(|it| it.as_str() == word)
}
