//! What the API server would refuse in pods, controllers and metadata.

use serde_json::{Value, json};

use super::problems;

fn pod(spec: &Value) -> Vec<String> {
    problems(&json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec,
    }))
}

fn port(port: &Value) -> Vec<String> {
    pod(&json!({"containers": [{"name": "a", "ports": [port]}]}))
}

fn deployment(spec: &Value) -> Vec<String> {
    problems(&json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec,
    }))
}

#[test]
fn a_good_pod_has_no_problem() {
    let ports = json!([{"name": "http", "containerPort": 80, "protocol": "TCP"}]);
    let found = pod(&json!({"containers": [{"name": "a", "ports": ports}, {"name": "b"}]}));
    assert_eq!(found, [""; 0]);
}

#[test]
fn container_ports_are_checked() {
    let at = "spec.containers[0].ports[0]";
    let number = format!("{at}.containerPort: containerPort");
    assert_eq!(
        port(&json!({"containerPort": 70000})),
        [format!("{number} 70000 is not between 1 and 65535")]
    );
    assert_eq!(port(&json!({})), [format!("{number} is missing")]);
    assert_eq!(
        port(&json!({"containerPort": 80, "protocol": "tcp"})),
        [format!(
            "{at}.protocol: protocol \"tcp\" is not one of TCP, UDP, SCTP"
        )]
    );
    assert_eq!(
        port(&json!({"containerPort": 80, "hostPort": -1})),
        [format!(
            "{at}.hostPort: hostPort -1 is not between 1 and 65535"
        )]
    );
    let bad = ["HTTP", "much-too-long-name", "80", "a--b", "-a", "a_b"];
    for name in bad {
        let found = port(&json!({"containerPort": 80, "name": name}));
        assert!(
            found[0].starts_with(&format!("{at}.name: name {name:?}")),
            "{name}"
        );
    }
    assert_eq!(port(&json!({"containerPort": 80, "name": "8x"})), [""; 0]);
}

#[test]
fn containers_need_names_of_their_own() {
    assert_eq!(pod(&json!({})), ["spec.containers: containers is missing"]);
    assert_eq!(
        pod(&json!({"containers": [{}]})),
        ["spec.containers[0].name: name is missing"]
    );
    assert_eq!(
        pod(&json!({"containers": [{"name": "a"}], "initContainers": [{"name": "a"}]})),
        ["spec.initContainers[0].name: name \"a\" is given to two containers"]
    );
}

#[test]
fn one_name_may_not_stand_for_two_ports_of_a_container() {
    let ports = json!([{"name": "a", "containerPort": 1}, {"name": "a", "containerPort": 2}]);
    assert_eq!(
        pod(&json!({"containers": [{"name": "a", "ports": ports}]})),
        ["spec.containers[0].ports[1].name: name \"a\" is given twice"]
    );
}

#[test]
fn a_probe_port_in_quotes_is_refused() {
    let probe = json!({"httpGet": {"port": "8080"}});
    let found = pod(&json!({"containers": [{"name": "a", "livenessProbe": probe}]}));
    let start = "spec.containers[0].livenessProbe.httpGet.port: port \"8080\"";
    assert!(found[0].starts_with(start), "{found:?}");
}

#[test]
fn an_unknown_dns_policy_is_refused() {
    let found = pod(&json!({"containers": [{"name": "a"}], "dnsPolicy": "clusterFirst"}));
    assert!(found[0].starts_with("spec.dnsPolicy: dnsPolicy \"clusterFirst\" is not one of"));
    let found = pod(&json!({"containers": [{"name": "a"}], "dnsPolicy": "None"}));
    assert!(found[0].starts_with("spec.dnsConfig.nameservers: "));
}

#[test]
fn problems_of_a_template_are_told_from_the_objects_root() {
    let template = json!({
        "metadata": {"labels": {"app": "a b"}},
        "spec": {"containers": [{}]},
    });
    let found = deployment(&json!({
        "selector": {"matchLabels": {"app": "a b"}}, "template": template,
    }));
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("spec.template.metadata.labels.app: "));
    assert!(found[1].starts_with("spec.template.spec.containers[0].name: "));
    assert!(found[2].starts_with("spec.selector.matchLabels.app: "));
}

#[test]
fn a_selector_that_does_not_fit_its_own_template_is_refused() {
    let template = json!({
        "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "a"}]},
    });
    let with = |selector: Value| deployment(&json!({"selector": selector, "template": template}));
    assert_eq!(with(json!({"matchLabels": {"app": "web"}})), [""; 0]);
    assert_eq!(
        with(json!({"matchLabels": {"app": "wbe"}})),
        ["spec.selector: selector does not match the labels of the template"]
    );
    assert_eq!(with(json!({})), ["spec.selector: selector is empty"]);
    assert_eq!(with(json!(null)), ["spec.selector: selector is missing"]);
    let operator = json!({"matchExpressions": [{"key": "app", "operator": "in", "values": ["a"]}]});
    assert!(with(operator)[0].starts_with("spec.selector.matchExpressions[0].operator: "));
}

#[test]
fn a_name_is_needed_but_may_be_generated() {
    let named = |metadata: Value| {
        problems(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}))
    };
    assert_eq!(
        named(json!({})),
        ["metadata.name: metadata.name is missing"]
    );
    assert_eq!(named(json!({"generateName": "web-"})), [""; 0]);
    assert_eq!(named(json!({"name": "web.example"})), [""; 0]);
    assert!(named(json!({"name": "Web"}))[0].starts_with("metadata.name: name \"Web\""));
}
