//! Mends are written in the dialect that does the blocking.

use portcullis::cluster::Knowledge;
use portcullis::config::Config;
use portcullis::finding::Datapath;
use portcullis::manifest::{Inputs, read};
use portcullis::review::{audit, cluster_of};
use serde_json::{Value, json};

/// The mend of the only report of a rule about the example on its page that has a kind of policy.
fn mend(rule: &str, kind: &str, datapath: Option<Datapath>) -> Value {
    let page = portcullis::rules::find(rule).unwrap().page;
    let mut blocks = page.split("\n```").filter(|it| it.starts_with("yaml bad"));
    let example = blocks
        .find(|it| it.contains(&format!("kind: {kind}\n")))
        .unwrap();
    let manifests = example.split_once('\n').unwrap().1;
    let inputs = Inputs {
        stdin: Some(manifests.as_bytes().to_vec()),
        ..Inputs::default()
    };
    let set = read(&inputs, |_, _| {}).unwrap();
    let config = Config {
        only: vec![rule.to_owned()],
        ..Config::default()
    };
    let knowledge = Knowledge {
        datapath,
        ..Knowledge::default()
    };
    let reports = audit(&cluster_of(&set), &knowledge, &config).reports;
    let mend = reports[0].finding.mend.clone().unwrap();
    assert_eq!(&*mend.object.kind, kind);
    let patch = serde_json::to_value(&mend.patch).unwrap();
    patch.as_array().unwrap().last().unwrap().clone()
}

#[test]
fn cilium_admits_the_api_server_as_an_entity() {
    let added = mend("api-server-egress-blocked", "CiliumNetworkPolicy", None);
    assert_eq!(added["path"], "/spec/egress/-");
    assert_eq!(added["value"], json!({"toEntities": ["kube-apiserver"]}));
}

#[test]
fn cilium_admits_dns_by_the_labels_of_its_pods_and_their_namespace() {
    let added = mend("dns-egress-blocked", "CiliumNetworkPolicy", None);
    let labels = &added["value"]["toEndpoints"][0]["matchLabels"];
    let expected = json!({"k8s:io.kubernetes.pod.namespace": "kube-system", "k8s-app": "kube-dns"});
    assert_eq!(*labels, expected);
    let ports = &added["value"]["toPorts"][0]["ports"];
    assert!(
        ports
            .as_array()
            .unwrap()
            .contains(&json!({"port": "53", "protocol": "UDP"}))
    );
}

#[test]
fn an_administrators_policy_admits_before_it_denies() {
    let endpoint = Some(Datapath::Endpoint);
    let added = mend(
        "api-server-egress-blocked",
        "ClusterNetworkPolicy",
        endpoint,
    );
    assert_eq!(added["path"], "/spec/egress/0");
    assert_eq!(added["value"]["action"], "Accept");
    let added = mend("dns-egress-blocked", "AdminNetworkPolicy", endpoint);
    assert_eq!(added["path"], "/spec/egress/0");
    assert_eq!(added["value"]["action"], "Allow");
    let port = &added["value"]["ports"][0]["portNumber"]["port"];
    assert_eq!(*port, 53);
}
