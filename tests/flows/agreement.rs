//! Everybody asked about everybody says the same as every question asked alone.

use portcullis::cluster::{Knowledge, Known, Store, View};
use portcullis::finding::Datapath;
use portcullis::flows::{ALLOWED, DENIED, DEPENDS, Scope, Survey, UNASKED};
use portcullis::query::{Answer, Asked, Directory, Member, Port, Question, Says, Side};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::policies::policies;
use super::world::{Inhabitant, inhabitants, store};

/// An answer in words, with what decided each side.
fn told(answer: &Answer<'_>) -> String {
    let side = |side: &Side<'_>| {
        let by = side.by.map(|by| {
            let rule = by.rule.map(|rule| rule.at.to_string());
            format!("{} {} {rule:?}", by.policy.meta.name(), by.policy.at)
        });
        format!("{:?} by {by:?}", side.says)
    };
    format!(
        "{:?}: {} / {}",
        answer.says,
        side(&answer.egress),
        side(&answer.ingress)
    )
}

/// The cluster's DNS, which policies may select too, and one whose pods have two templates.
fn others() -> Vec<Value> {
    let template = |app: &str, port: u16, name: &str| {
        json!({
            "metadata": {"labels": {"app": app, "k8s-app": "kube-dns"}},
            "spec": {"containers": [{"name": "c", "ports": [{"name": name, "containerPort": port, "protocol": "UDP"}]}]},
        })
    };
    vec![
        json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "coredns", "namespace": "kube-system"},
            "spec": {"selector": {"matchLabels": {"k8s-app": "kube-dns"}}, "template": template("web", 5353, "dns")}}),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kube-dns", "namespace": "kube-system"},
            "spec": {"selector": {"k8s-app": "kube-dns"},
                "ports": [{"name": "dns", "port": 53, "targetPort": "dns", "protocol": "UDP"}]}}),
        json!({"apiVersion": "jobset.x-k8s.io/v1alpha2", "kind": "JobSet",
        "metadata": {"name": "two", "namespace": "x"},
        "spec": {"replicatedJobs": [
            {"name": "a", "template": {"spec": {"template": template("db", 53, "dns")}}},
            {"name": "b", "template": {"spec": {"template": template("vault", 54, "other")}}},
        ]}}),
    ]
}

/// A pod with its addresses, or a Deployment, whose pods have none that are known.
fn object(place: usize, it: &Inhabitant) -> Value {
    let labels: Value = it
        .labels
        .iter()
        .map(|(key, value)| ((*key).to_owned(), json!(value)))
        .collect();
    let ports: Vec<Value> = it
        .ports
        .iter()
        .map(|port| json!({"name": port.name, "containerPort": port.number, "protocol": port.protocol.as_str()}))
        .collect();
    let spec = json!({
        "serviceAccountName": it.account, "hostNetwork": it.host_network,
        "containers": [{"name": "c", "ports": ports}],
    });
    let name = format!("w{place}");
    let ips: Vec<Value> = it.addresses.iter().map(|ip| json!({"ip": ip})).collect();
    if ips.is_empty() {
        return json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": name, "namespace": it.namespace},
            "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}}});
    }
    let spec = with(&spec, "nodeName", it.node.unwrap_or_default());
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": it.namespace, "labels": labels},
        "spec": spec, "status": {"phase": "Running", "podIP": ips[0]["ip"], "podIPs": ips}})
}

fn with(spec: &Value, field: &str, value: &str) -> Value {
    let mut spec = spec.clone();
    if !value.is_empty() {
        spec[field] = json!(value);
    }
    spec
}

/// What every pair comes to when it is asked alone, against what the survey says of it.
fn agree(store: &Store, knowledge: Knowledge) -> Result<(), TestCaseError> {
    let view = View::new(store, &knowledge);
    let directory = Directory::of(view);
    let survey = Survey::of(&Scope::default(), &directory, view);
    let grid = survey.grid();
    let members: Vec<Member<'_>> = directory.members().collect();
    for from in &members {
        let source = survey.named(&directory.name(from)).unwrap();
        if !survey.asks(source) {
            continue;
        }
        for to in &members {
            let destination = survey.named(&directory.name(to)).unwrap();
            for target in survey.targets_of(destination) {
                if survey.is_itself(source, destination) {
                    continue;
                }
                let (protocol, number) = survey.targets()[target].port;
                let port = Some(Asked {
                    port: Port::Number(number),
                    protocol: Some(protocol),
                });
                let alone = Question {
                    from: *from,
                    to: *to,
                    port,
                }
                .answer(&directory, view);
                let outside = [from, to]
                    .into_iter()
                    .all(|it| !matches!(it, Member::Pods(_)));
                let alone = alone.ok().filter(|_| !outside);
                let class = survey.class_of(source).unwrap();
                let found = survey.answer(class, target);
                let pair = (directory.name(from), directory.name(to), number);
                prop_assert_eq!(
                    found.as_ref().map(told),
                    alone.as_ref().map(told),
                    "{:?}",
                    pair
                );
                let code = match alone.map(|it| it.says) {
                    None => UNASKED,
                    Some(Says::Allowed) => ALLOWED,
                    Some(Says::Denied) => DENIED,
                    Some(Says::Depends(_)) => DEPENDS,
                };
                prop_assert_eq!(grid.code(class, target), code, "{:?}", pair);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn a_survey_says_the_same_as_every_question_asked_alone(
        inhabitants in inhabitants(),
        policies in policies(),
        known in prop::sample::select(vec![Known::All, Known::Files]),
        datapath in prop::sample::select(vec![
            None, None, None, Some(Datapath::Endpoint), Some(Datapath::AwsVpcCni), Some(Datapath::None),
        ]),
    ) {
        let pods = inhabitants.iter().enumerate().map(|(place, it)| object(place, it));
        let all: Vec<Value> = policies.into_iter().chain(others()).chain(pods).collect();
        let knowledge = Knowledge { datapath, platform: None };
        agree(&store(&all, known), knowledge)?;
    }
}
