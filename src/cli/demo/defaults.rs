//! What the API server fills in before it asks a webhook: as much of it as rules can see.

use serde_json::{Value, json};

/// Fills in what the API server's defaulting would.
pub(super) fn fill_in(object: &mut Value) {
    let kind = object
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    set(
        object,
        "/metadata",
        "creationTimestamp",
        &json!("2026-01-01T00:00:00Z"),
    );
    match kind.as_str() {
        "Service" => service(object),
        "Deployment" => deployment(object),
        "NetworkPolicy" => policy(object),
        _ => {}
    }
}

fn service(object: &mut Value) {
    set(object, "/spec", "type", &json!("ClusterIP"));
    set(object, "/spec", "sessionAffinity", &json!("None"));
    for port in items(object, "/spec/ports") {
        set(port, "", "protocol", &json!("TCP"));
        let number = port.get("port").cloned().unwrap_or_default();
        set(port, "", "targetPort", &number);
    }
}

fn deployment(object: &mut Value) {
    set(object, "/spec", "replicas", &json!(1));
    set(object, "/spec", "revisionHistoryLimit", &json!(10));
    let pod = "/spec/template/spec";
    set(object, pod, "dnsPolicy", &json!("ClusterFirst"));
    set(object, pod, "restartPolicy", &json!("Always"));
    set(object, pod, "schedulerName", &json!("default-scheduler"));
    for container in items(object, "/spec/template/spec/containers") {
        set(container, "", "imagePullPolicy", &json!("IfNotPresent"));
        for port in items(container, "/ports") {
            set(port, "", "protocol", &json!("TCP"));
        }
    }
}

fn policy(object: &mut Value) {
    let egress = object.pointer("/spec/egress").and_then(Value::as_array);
    let types = match egress {
        Some(rules) if !rules.is_empty() => json!(["Ingress", "Egress"]),
        _ => json!(["Ingress"]),
    };
    set(object, "/spec", "policyTypes", &types);
}

/// Sets a field that is not there, of a mapping that is.
fn set(object: &mut Value, pointer: &str, key: &str, value: &Value) {
    if let Some(mapping) = object.pointer_mut(pointer).and_then(Value::as_object_mut) {
        mapping.entry(key).or_insert_with(|| value.clone());
    }
}

/// The items of a list that is there.
fn items<'a>(object: &'a mut Value, pointer: &str) -> impl Iterator<Item = &'a mut Value> {
    object
        .pointer_mut(pointer)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_left_alone_and_what_is_not_is_filled_in() {
        let mut service = json!({"kind": "Service", "metadata": {}, "spec": {"ports": [
            {"port": 80}, {"port": 53, "protocol": "UDP", "targetPort": "dns"}]}});
        fill_in(&mut service);
        let ports = &service["spec"]["ports"];
        assert_eq!(
            ports[0],
            json!({"port": 80, "protocol": "TCP", "targetPort": 80})
        );
        assert_eq!(
            ports[1],
            json!({"port": 53, "protocol": "UDP", "targetPort": "dns"})
        );
    }

    #[test]
    fn an_egress_rule_makes_a_policy_of_both_types() {
        let mut policy = json!({"kind": "NetworkPolicy", "metadata": {}, "spec": {"egress": [{}]}});
        fill_in(&mut policy);
        assert_eq!(policy["spec"]["policyTypes"], json!(["Ingress", "Egress"]));
    }
}
