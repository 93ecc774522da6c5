//! A small world of pods, nodes and addresses in which policies of any dialect are tried.

use std::net::IpAddr;

use portcullis::labels::Labels;
use portcullis::manifest::{Inputs, read};
use portcullis::object::{Object, Of};
use portcullis::policy::{Datapath, Policy, Protocol};
use portcullis::reach::{ApiServer, Facts, Flow, NamedPort, Outcome, Party, Pod, evaluate};

/// A pod: namespace, name, labels, address, whether it is on its host's network.
type Inhabitant = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    bool,
);

/// Every pod.
pub(crate) const PODS: [Inhabitant; 6] = [
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
];

/// Every namespace that is in view, and its labels; `unseen` is not.
pub(crate) const NAMESPACES: [(&str, &[(&str, &str)]); 4] = [
    ("shop", &[("team", "red"), ("env", "prod")]),
    ("bank", &[("team", "blue"), ("env", "prod")]),
    ("kube-system", &[]),
    ("monitoring", &[("team", "ops")]),
];

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

/// Somebody at one end of a Flow.
pub(crate) struct Somebody {
    namespace: String,
    name: String,
    labels: Labels,
    namespace_labels: Option<Labels>,
    addresses: Vec<IpAddr>,
    host_network: bool,
}

/// Whom a word names: `shop/web`, `node`, `apiserver`, `apiserver:node`, `apiserver:hosted`,
/// `somewhere`, or an address.
pub(crate) fn somebody(word: &str) -> Somebody {
    let own = |namespace: &str| {
        let found = NAMESPACES.iter().find(|(name, _)| *name == namespace);
        found.map(|(_, labels)| {
            let labels: Labels = labels.iter().copied().collect();
            labels.with("kubernetes.io/metadata.name", namespace)
        })
    };
    let found = word.split_once('/').map(|(namespace, name)| {
        let pod = PODS.iter().find(|pod| (pod.0, pod.1) == (namespace, name));
        let (labels, address, host): (&[_], _, _) = pod
            .map_or((&[("app", "web")], "10.0.9.9", false), |pod| {
                (pod.2, pod.3, pod.4)
            });
        Somebody {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            labels: labels.iter().copied().collect(),
            namespace_labels: own(namespace),
            addresses: vec![address.parse().unwrap()],
            host_network: host,
        }
    });
    found.unwrap_or_else(|| Somebody {
        namespace: String::new(),
        name: word.to_owned(),
        labels: Labels::default(),
        namespace_labels: None,
        addresses: word.parse().into_iter().collect(),
        host_network: false,
    })
}

impl Somebody {
    /// The same as the evaluator wants it.
    pub(crate) fn party<'a>(&'a self, only_name: &'a Labels) -> Party<'a> {
        let server = |on_node, address: Option<[u8; 4]>| {
            Party::ApiServer(ApiServer {
                address: address.map(Into::into),
                on_node,
                may_be_pod: false,
                may_be_on_ovn: false,
            })
        };
        match (self.name.as_str(), self.addresses.first()) {
            ("node", _) => Party::Node {
                name: Some("worker"),
                address: [192, 168, 0, 10].into(),
            },
            ("apiserver", _) => server(None, None),
            ("apiserver:node", _) => server(Some(true), Some([192, 168, 0, 5])),
            ("apiserver:hosted", _) => server(Some(false), Some([34, 1, 2, 3])),
            ("somewhere", _) => Party::Unknown { may_be_pod: false },
            (_, Some(address)) if self.namespace.is_empty() => Party::Address(*address),
            _ => Party::Pod(Pod {
                namespace: &self.namespace,
                namespace_labels: match &self.namespace_labels {
                    Some(labels) => Facts::all(labels),
                    None => Facts::some(only_name),
                },
                name: Some(&self.name),
                labels: Facts::all(&self.labels),
                addresses: &self.addresses,
                host_network: self.host_network,
                ports: Some(&PORTS),
                node: None,
            }),
        }
    }
}

/// A policy object of a kind: its metadata and spec as YAML.
pub(crate) fn manifest(kind: &str, name: &str, namespace: Option<&str>, spec: &str) -> String {
    let version = match kind {
        "NetworkPolicy" => "networking.k8s.io/v1",
        "ClusterNetworkPolicy" => "policy.networking.k8s.io/v1alpha2",
        "AwsClusterNetworkPolicy" => "networking.k8s.aws/v1alpha1",
        "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy" => "policy.networking.k8s.io/v1alpha1",
        _ => "cilium.io/v2",
    };
    let kind = kind.trim_start_matches("Aws");
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

/// What a Flow comes to under every policy of some objects.
pub(crate) fn outcome(
    objects: &[Object],
    (from, to): (&str, &str),
    (protocol, port): (Protocol, u16),
    datapath: Datapath,
) -> Outcome {
    let (source, destination) = (somebody(from), somebody(to));
    let name = |it: &Somebody| {
        let pair = ("kubernetes.io/metadata.name", it.namespace.as_str());
        [pair].into_iter().collect::<Labels>()
    };
    let (from, to) = (name(&source), name(&destination));
    let flow = Flow {
        source: source.party(&from),
        destination: destination.party(&to),
        protocol,
        port,
    };
    let policies: Vec<Of<'_, Policy>> = objects.iter().flat_map(Object::policies).collect();
    evaluate(&flow, &policies, &policies, datapath)
        .outcome()
        .clone()
}

/// What the API server would refuse in some objects, by field.
pub(crate) fn problems(objects: &[Object]) -> Vec<String> {
    let all = objects.iter().flat_map(|object| &object.meta.problems);
    all.map(|problem| problem.field.to_string()).collect()
}

/// The datapath of a word.
pub(crate) fn datapath(word: &str) -> Datapath {
    let all = Datapath::ENFORCING.into_iter().chain([Datapath::None]);
    all.into_iter().find(|it| it.as_str() == word).unwrap()
}
