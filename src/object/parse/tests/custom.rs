//! Kinds that nobody told us about.

use serde_json::{Value, json};

use super::{read, workload};
use crate::object::Body;

fn template(app: &str) -> Value {
    json!({"metadata": {"labels": {"app": app}}, "spec": {"containers": [{"image": "x"}]}})
}

fn custom(api_version: &str, kind: &str, spec: &Value) -> Value {
    json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, "spec": spec})
}

fn places(object: &Value) -> Vec<String> {
    let workload = workload(object);
    let templates = [&workload.template].into_iter().chain(&workload.more);
    templates.map(|template| template.at.to_string()).collect()
}

#[test]
fn a_template_is_found_wherever_it_stands() {
    let rollout = custom(
        "argoproj.io/v1alpha1",
        "Rollout",
        &json!({
            "replicas": 2, "selector": {"matchLabels": {"app": "a"}}, "template": template("a"),
        }),
    );
    assert_eq!(places(&rollout), ["spec.template"]);
    let read = workload(&rollout);
    assert_eq!(read.replicas, Some(2));
    assert!(read.selector.unwrap().matches(&read.template.labels));

    let knative = custom(
        "serving.knative.dev/v1",
        "Service",
        &json!({"template": template("a")}),
    );
    assert_eq!(workload(&knative).template.labels.get("app"), Some("a"));

    let openshift = custom(
        "apps.openshift.io/v1",
        "DeploymentConfig",
        &json!({
            "selector": {"app": "a"}, "template": template("a"),
        }),
    );
    assert!(workload(&openshift).selector.is_some());
}

#[test]
fn further_templates_are_kept_beside_the_first() {
    let leader = custom(
        "leaderworkerset.x-k8s.io/v1",
        "LeaderWorkerSet",
        &json!({
            "leaderWorkerTemplate": {"leaderTemplate": template("l"), "workerTemplate": template("w")},
        }),
    );
    let at = "spec.leaderWorkerTemplate";
    assert_eq!(
        places(&leader),
        [
            format!("{at}.leaderTemplate"),
            format!("{at}.workerTemplate")
        ]
    );

    let jobs = json!([
        {"name": "a", "template": {"spec": {"template": template("a")}}},
        {"name": "b", "template": {"spec": {"template": template("b")}}},
    ]);
    let set = custom(
        "jobset.x-k8s.io/v1alpha2",
        "JobSet",
        &json!({"replicatedJobs": jobs}),
    );
    assert_eq!(
        places(&set),
        [
            "spec.replicatedJobs[0].template.spec.template",
            "spec.replicatedJobs[1].template.spec.template",
        ]
    );
}

#[test]
fn a_kind_with_containers_of_its_own_is_no_template() {
    let prometheus = custom(
        "monitoring.coreos.com/v1",
        "Prometheus",
        &json!({
            "containers": [{"name": "sidecar"}],
        }),
    );
    assert_eq!(read(&prometheus).body, Body::Opaque);
}

#[test]
fn what_does_not_read_as_a_template_is_none() {
    let containers = json!([{"name": "a", "ports": "many"}]);
    let odd = custom(
        "example.com/v1",
        "Odd",
        &json!({"template": {"spec": {"containers": containers}}}),
    );
    assert_eq!(read(&odd).body, Body::Opaque);
    let list = json!({"apiVersion": "example.com/v1", "kind": "Odd", "spec": [1, "a", null]});
    assert_eq!(read(&list).body, Body::Opaque);
}

#[test]
fn a_kind_that_only_holds_templates_makes_no_pods() {
    let mut object = json!({"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "x"}});
    object["template"] = template("a");
    assert_eq!(read(&object).body, Body::Opaque);
}
