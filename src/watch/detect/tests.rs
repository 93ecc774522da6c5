//! What clusters show of themselves.

use serde_json::{Value, json};

use super::{CiliumConfig, Clue, Clues};
use crate::finding::{Datapath, Platform};
use crate::object::{Kind, row_of};
use crate::watch::source::Source;
use crate::watch::wire::Wire;

fn note(clues: &mut Clues, kind: Kind, name: &str, object: &Value) {
    let source = Source::from(row_of(kind).unwrap());
    let wire: Wire = serde_json::from_str(&object.to_string()).unwrap();
    let clue = Clue::of(&source, &wire);
    clues.note(&source, &(None, name.into()), clue);
}

/// A cluster with these agents: the name, image and arguments of each container.
fn agents(agents: &[&[(&str, &str, &[&str])]]) -> Clues {
    let mut clues = Clues::default();
    for (index, containers) in agents.iter().enumerate() {
        let containers: Vec<Value> = containers
            .iter()
            .map(|(name, image, args)| json!({"name": name, "image": image, "args": args}))
            .collect();
        let name = containers[0]["name"].as_str().unwrap().to_owned();
        let object = json!({
            "metadata": {"name": name}, "spec": {"template": {"spec": {"containers": containers}}},
        });
        note(&mut clues, Kind::DaemonSet, &format!("{index}"), &object);
    }
    clues
}

fn datapath(containers: &[(&str, &str, &[&str])]) -> Option<Datapath> {
    agents(&[containers]).knowledge(true).datapath
}

#[test]
fn agents_tell_the_datapath() {
    for (container, found) in [
        (
            ("calico-node", "docker.io/calico/node:v3.29.1", &[][..]),
            Some(Datapath::Endpoint),
        ),
        (
            ("antrea-agent", "antrea/antrea-agent-ubuntu:v2.2.0", &[]),
            Some(Datapath::Endpoint),
        ),
        (
            ("ovnkube-controller", "quay.io/openshift@sha256:0", &[]),
            Some(Datapath::Endpoint),
        ),
        (
            (
                "kube-router",
                "cloudnativelabs/kube-router",
                &["--run-firewall=true"],
            ),
            Some(Datapath::Endpoint),
        ),
        (
            (
                "kube-router",
                "cloudnativelabs/kube-router",
                &["--run-firewall=false"],
            ),
            Some(Datapath::None),
        ),
        (
            (
                "kindnet-cni",
                "docker.io/kindest/kindnetd:v20250512-df8de77b",
                &[],
            ),
            Some(Datapath::Endpoint),
        ),
        (
            (
                "kindnet-cni",
                "docker.io/kindest/kindnetd:v20240202-8f1494ea",
                &[],
            ),
            Some(Datapath::None),
        ),
        (
            ("kindnet-cni", "registry.example/kindnetd@sha256:0", &[]),
            None,
        ),
        (
            ("kube-flannel", "docker.io/flannel/flannel:v0.26.1", &[]),
            Some(Datapath::None),
        ),
        (
            ("aws-node", "amazon-k8s-cni:v1.19.0", &[]),
            Some(Datapath::None),
        ),
        (("example-netpol-agent", "example.com/agent", &[]), None),
        (
            ("node-exporter", "quay.io/prometheus/node-exporter", &[]),
            None,
        ),
    ] {
        assert_eq!(datapath(&[container]), found, "{container:?}");
    }
}

#[test]
fn the_aws_agent_enforces_where_it_is_told_to() {
    let with = |flag| {
        datapath(&[
            ("aws-node", "amazon-k8s-cni:v1.19.0", &[]),
            (
                "aws-eks-nodeagent",
                "amazon/aws-network-policy-agent:v1.1.5",
                &[flag],
            ),
        ])
    };
    assert_eq!(
        with("--enable-network-policy=true"),
        Some(Datapath::AwsVpcCni)
    );
    assert_eq!(with("--enable-network-policy=false"), Some(Datapath::None));
}

#[test]
fn what_brings_the_network_does_not_hide_what_enforces_policies() {
    let flannel: &[(&str, &str, &[&str])] = &[("kube-flannel", "flannel:v1", &[])];
    let calico: &[(&str, &str, &[&str])] = &[("calico-node", "calico/node:v3", &[])];
    let aws: &[(&str, &str, &[&str])] = &[(
        "aws-eks-nodeagent",
        "agent:v1",
        &["--enable-network-policy=true"],
    )];
    let of = |all: &[&[(&str, &str, &[&str])]]| agents(all).knowledge(true).datapath;
    assert_eq!(of(&[flannel, calico]), Some(Datapath::Endpoint));
    assert_eq!(
        of(&[calico, aws]),
        None,
        "two that enforce them, each in its way"
    );
}

#[test]
fn that_nothing_enforces_policies_is_known_only_where_everything_is_in_view() {
    let flannel = agents(&[&[("kube-flannel", "flannel:v1", &[])]]);
    assert_eq!(flannel.knowledge(false).datapath, None);
    assert_eq!(
        Clues::default().knowledge(true).datapath,
        None,
        "no agent is no proof"
    );
}

#[test]
fn ciliums_settings_say_how_it_judges() {
    let mut clues = agents(&[&[("cilium-agent", "quay.io/cilium/cilium:v1.18.1", &[])]]);
    assert_eq!(
        clues.knowledge(true).datapath,
        None,
        "its settings are not in view"
    );
    for (data, found) in [
        (json!({}), Some(Datapath::Cilium)),
        (
            json!({"policy-cidr-match-mode": "nodes"}),
            Some(Datapath::CiliumNodes),
        ),
        (json!({"enable-policy": "never"}), Some(Datapath::None)),
        (json!({"enable-k8s-networkpolicy": "false"}), None),
    ] {
        clues.cilium = CiliumConfig::of(&json!({"data": data}).to_string());
        assert_eq!(clues.knowledge(true).datapath, found, "{data}");
    }
}

fn node(kubelet: &str, labels: &Value, annotations: &Value) -> Value {
    json!({
        "metadata": {"labels": labels, "annotations": annotations},
        "status": {"nodeInfo": {"kubeletVersion": kubelet, "osImage": "Ubuntu 24.04"}},
    })
}

fn knowledge_of(nodes: &[Value]) -> (Option<Platform>, Option<Datapath>) {
    let mut clues = Clues::default();
    for (index, object) in nodes.iter().enumerate() {
        note(&mut clues, Kind::Node, &index.to_string(), object);
    }
    let knowledge = clues.knowledge(true);
    (knowledge.platform, knowledge.datapath)
}

#[test]
fn nodes_tell_who_set_the_cluster_up() {
    let none = json!({});
    let socket = json!({"kubeadm.alpha.kubernetes.io/cri-socket": "/run/containerd.sock"});
    for (node, found) in [
        (
            node("v1.33.1-eks-1de2ab1", &none, &none),
            Some(Platform::Eks),
        ),
        (
            node("v1.33.1-gke.1386000", &none, &none),
            Some(Platform::Gke),
        ),
        (
            node(
                "v1.33.1",
                &json!({"kubernetes.azure.com/cluster": "mc"}),
                &none,
            ),
            Some(Platform::Aks),
        ),
        (
            node(
                "v1.33.1",
                &json!({"node.openshift.io/os_id": "rhel"}),
                &none,
            ),
            Some(Platform::Openshift),
        ),
        (node("v1.33.1+rke2r1", &none, &none), Some(Platform::K3s)),
        (node("v1.33.1", &none, &socket), Some(Platform::Kubeadm)),
        (node("v1.33.1", &none, &none), None),
    ] {
        assert_eq!(
            knowledge_of(std::slice::from_ref(&node)),
            (found, None),
            "{node}"
        );
    }
    let both = [
        node("v1.33.1-eks-1de2ab1", &none, &none),
        node("v1.33.1-gke.1386000", &none, &none),
    ];
    assert_eq!(knowledge_of(&both).0, None, "they do not agree");
}

#[test]
fn k3s_enforces_policies_without_an_agent_unless_told_not_to() {
    let off = json!({"k3s.io/node-args": "[\"server\",\"--disable-network-policy\"]"});
    let plain = json!({});
    let server = |annotations: &Value| node("v1.33.1+k3s1", &plain, annotations);
    let on = knowledge_of(&[server(&json!({}))]);
    assert_eq!(on, (Some(Platform::K3s), Some(Datapath::Endpoint)));
    let off = knowledge_of(&[server(&json!({})), server(&off)]);
    assert_eq!(off, (Some(Platform::K3s), Some(Datapath::None)));
}
