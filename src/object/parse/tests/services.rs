//! Services.

use serde_json::{Value, json};

use super::{decode, problems, read};
use crate::object::{Service, Target};

fn service(spec: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec})
}

fn spec(spec: &Value) -> Service {
    read(&service(spec))
        .typed::<Service>()
        .unwrap()
        .body
        .clone()
}

fn port(port: &Value) -> Vec<String> {
    problems(&service(&json!({"ports": [port]})))
}

#[test]
fn a_service_is_read_whole() {
    let service = spec(&json!({
        "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1", "fd00::1"],
        "selector": {"app": "web"},
        "ports": [
            {"name": "http", "port": 80, "targetPort": "web"},
            {"name": "dns", "port": 53, "targetPort": 5353, "protocol": "UDP"},
            {"name": "same", "port": 81, "targetPort": null},
        ],
    }));
    assert_eq!(service.cluster_ips.len(), 2);
    assert_eq!(service.selector.get("app"), Some("web"));
    assert_eq!(
        service.selects.pairs().collect::<Vec<_>>(),
        [("app", "web")]
    );
    let targets: Vec<_> = service.ports.iter().map(|port| &port.target).collect();
    assert_eq!(
        targets,
        [
            &Target::Name("web".into()),
            &Target::Number(5353),
            &Target::Same
        ]
    );
    assert!(!service.headless && !service.external_name);
}

#[test]
fn a_target_of_zero_or_nothing_is_the_port_itself() {
    for target in [json!(0), json!(""), json!(null)] {
        let service = spec(&json!({"ports": [{"port": 80, "targetPort": target}]}));
        assert_eq!(service.ports[0].target, Target::Same);
    }
}

#[test]
fn null_is_the_same_as_absent() {
    let object = service(&json!({
        "clusterIP": "None", "ports": null, "selector": null, "type": null, "clusterIPs": null,
    }));
    assert_eq!(problems(&object), [""; 0]);
    assert!(read(&object).typed::<Service>().unwrap().headless);
}

#[test]
fn a_wrong_type_is_an_error_that_names_what_was_expected() {
    let error = |object: &Value| decode(&service(object)).unwrap_err();
    assert!(error(&json!({"ports": [{"port": "80"}]})).contains("expected an integer"));
    assert!(error(&json!({"ports": {}})).contains("expected a list"));
    assert!(error(&json!([])).contains("expected a mapping"));
    assert!(error(&json!({"selector": {"app": true}})).contains("expected a string"));
    assert!(error(&json!({"selector": {"app": 1}})).contains("expected a string"));
    assert!(error(&json!({"ports": [{"port": 99_999_999_999_i64}]})).contains("32 bits"));
    assert!(error(&json!({"ports": [{"port": 80.5}]})).contains("expected an integer"));
}

#[test]
fn a_protocol_in_lower_case_is_refused_and_not_guessed() {
    let object = json!({"ports": [{"port": 80, "protocol": "tcp"}]});
    assert_eq!(
        problems(&service(&object)),
        ["spec.ports[0].protocol: protocol \"tcp\" is not one of TCP, UDP, SCTP"]
    );
    assert!(spec(&object).ports.is_empty());
}

#[test]
fn an_entry_keeps_its_place_when_one_before_it_is_refused() {
    let service = spec(&json!({"ports": [{"name": "a", "port": 0}, {"name": "b", "port": 80}]}));
    assert_eq!(service.ports.len(), 1);
    assert_eq!(service.ports[0].index, 1);
}

#[test]
fn ports_out_of_range_are_refused() {
    let field = "spec.ports[0]";
    assert_eq!(
        port(&json!({"port": 70000})),
        [format!(
            "{field}.port: port 70000 is not between 1 and 65535"
        )]
    );
    assert_eq!(
        port(&json!({"port": 80, "targetPort": 70000})),
        [format!(
            "{field}.targetPort: targetPort 70000 is not between 1 and 65535"
        )]
    );
    assert_eq!(port(&json!({})), [format!("{field}.port: port is missing")]);
}

#[test]
fn a_target_in_quotes_that_is_all_digits_is_refused() {
    let found = port(&json!({"port": 80, "targetPort": "8080"}));
    assert!(found[0].contains("targetPort \"8080\" is not a port's name"));
    assert!(
        spec(&json!({"ports": [{"port": 80, "targetPort": "8080"}]}))
            .ports
            .is_empty()
    );
}

#[test]
fn several_ports_need_names_of_their_own() {
    let ports = |a: &Value, b: &Value| problems(&service(&json!({"ports": [a, b]})));
    let unnamed = ports(&json!({"port": 80}), &json!({"port": 81, "name": "b"}));
    assert_eq!(
        unnamed,
        ["spec.ports[0].name: name is missing, and there are several ports"]
    );
    let twice = ports(
        &json!({"port": 80, "name": "a"}),
        &json!({"port": 81, "name": "a"}),
    );
    assert_eq!(twice, ["spec.ports[1].name: name \"a\" is given twice"]);
    let same = ports(
        &json!({"port": 80, "name": "a"}),
        &json!({"port": 80, "name": "b"}),
    );
    assert_eq!(same, ["spec.ports[1].port: port 80/TCP is given twice"]);
    let apart = json!({"port": 80, "name": "b", "protocol": "UDP"});
    assert_eq!(ports(&json!({"port": 80, "name": "a"}), &apart), [""; 0]);
}

#[test]
fn a_service_without_ports_is_refused_unless_it_needs_none() {
    assert_eq!(
        problems(&service(&json!({}))),
        ["spec.ports: ports is missing"]
    );
    assert_eq!(problems(&service(&json!({"clusterIP": "None"}))), [""; 0]);
    let alias = json!({"type": "ExternalName", "externalName": "example.com"});
    assert_eq!(problems(&service(&alias)), [""; 0]);
    assert!(spec(&alias).external_name);
}

#[test]
fn a_selector_that_no_label_can_have_is_refused() {
    let selector = |key: &str, value: &str| {
        problems(&service(
            &json!({"clusterIP": "None", "selector": {key: value}}),
        ))
    };
    assert!(selector("app", "my app")[0].starts_with("spec.selector.app: label value"));
    assert!(selector("a/b/c", "x")[0].starts_with("spec.selector[\"a/b/c\"]: label key"));
    assert!(selector("app", &"x".repeat(64))[0].contains("longer than 63"));
    assert_eq!(selector("app.kubernetes.io/name", ""), [""; 0]);
}
