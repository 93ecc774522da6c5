//! Nothing that can be read may panic.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::object::TABLE;

/// An object with every field that some parser reads, so that a mutation meets one.
fn everything() -> Value {
    let container = json!({
        "name": "a", "command": ["a:80"], "restartPolicy": "Always",
        "env": [{"name": "E", "value": "1", "valueFrom": {"configMapKeyRef": {"name": "c"}}}],
        "envFrom": [{"configMapRef": {"name": "c"}}],
        "ports": [{"name": "http", "containerPort": 80, "hostPort": 80, "protocol": "TCP"}],
        "livenessProbe": {"httpGet": {"port": "http"}, "exec": {"command": ["a"]}},
        "lifecycle": {"preStop": {"tcpSocket": {"port": 80}}},
    });
    let pod = json!({
        "containers": [container], "initContainers": [container], "dnsPolicy": "None",
        "dnsConfig": {"nameservers": ["1.1.1.1"]},
        "volumes": [{"name": "v", "configMap": {"name": "c"}, "projected": {"sources": [
            {"serviceAccountToken": {"audience": "a"}, "configMap": {"name": "c"}},
        ]}}],
    });
    let template = json!({"metadata": {"labels": {"app": "a"}}, "spec": pod});
    let selector = json!({"matchLabels": {"app": "a"}, "matchExpressions": [
        {"key": "app", "operator": "In", "values": ["a"]},
    ]});
    let mut spec = pod.clone();
    spec["template"] = template.clone();
    spec["jobTemplate"] = json!({"spec": {"template": template}});
    spec["selector"] = selector;
    spec["replicas"] = json!(1);
    spec["ports"] = json!([{"name": "a", "port": 80, "targetPort": "http", "protocol": "TCP"}]);
    spec["clusterIPs"] = json!(["10.0.0.1"]);
    spec["rules"] = json!([{"backendRefs": [{"name": "a", "port": 80}], "http": {"paths": [
        {"backend": {"service": {"name": "a", "port": {"number": 80}}, "servicePort": "x"}},
    ]}}]);
    json!({
        "metadata": {"name": "x", "namespace": "n", "labels": {"app": "a"},
            "annotations": {"portcullis.dev/allow": "a", "other": "b"},
            "ownerReferences": [{"apiVersion": "v1", "kind": "A", "name": "a", "controller": true}]},
        "spec": spec,
        "data": {"a": "b 80"},
        "rules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
        "subjects": [{"kind": "User", "name": "system:serviceaccount:a:b"}],
        "roleRef": {"kind": "Role", "name": "a"},
        "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": true}}],
        "ports": [{"port": 80}],
        "subsets": [{"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 80}]}],
        "status": {"podIPs": [{"ip": "10.0.0.1"}], "addresses": [{"type": "InternalIP"}]},
    })
}

/// Every place in a value.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(k, v)| places(v, &format!("{at}/{k}"), out)),
        Value::Array(list) => {
            let list = list.iter().enumerate();
            list.for_each(|(i, v)| places(v, &format!("{at}/{i}"), out));
        }
        _ => {}
    }
}

fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null])),
        Just(json!({"a": null})),
        any::<bool>().prop_map(|it| json!(it)),
        any::<i64>().prop_map(|it| json!(it)),
        any::<f64>().prop_map(|it| json!(it)),
        ".{0,12}".prop_map(|it| json!(it)),
        "[a-z0-9./:-]{0,70}".prop_map(|it| json!(it)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_mutation_of_an_object_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), anything()), 1..5),
    ) {
        let mut object = everything();
        for (index, value) in changes {
            let mut all = Vec::new();
            places(&object, "", &mut all);
            if let Some(place) = object.pointer_mut(&all[index.index(all.len())]) {
                *place = value;
            }
        }
        let text = object.to_string();
        let rows = TABLE.iter().map(|row| (row.group, row.name));
        for (group, name) in rows.chain([("example.com", "Custom")]) {
            let api_version = if group.is_empty() { "v1".into() } else { format!("{group}/v1") };
            let mut deserializer = serde_json::Deserializer::from_slice(text.as_bytes());
            let _ = crate::object::parse(&api_version, name, &mut deserializer);
        }
    }
}

#[test]
fn nesting_deeper_than_any_kind_does_not_overflow_the_stack() {
    let deep = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
    let deeper = format!("{}1{}", "{\"a\":".repeat(20_000), "}".repeat(20_000));
    for value in [deep, deeper] {
        for (api_version, kind) in [("v1", "Pod"), ("example.com/v1", "Custom")] {
            let text = format!("{{\"spec\":{value},\"other\":{value}}}");
            let mut deserializer = serde_json::Deserializer::from_slice(text.as_bytes());
            let _ = crate::object::parse(api_version, kind, &mut deserializer);
        }
    }
}
