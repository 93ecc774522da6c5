//! What the API server fills in before it asks a webhook: as much of it as rules can see.

use serde_json::{Map, Value, json};

/// Fills in what the API server's defaulting would.
pub(super) fn fill_in(object: &mut Value) {
    set(
        &mut object["metadata"],
        "creationTimestamp",
        &json!("2026-01-01T00:00:00Z"),
    );
    match object["kind"].as_str() {
        Some("Service") => service(&mut object["spec"]),
        Some("Deployment") => {
            set(&mut object["spec"], "replicas", &json!(1));
            set(&mut object["spec"], "revisionHistoryLimit", &json!(10));
            pod(&mut object["spec"]["template"]["spec"]);
        }
        Some("NetworkPolicy") => policy(&mut object["spec"]),
        _ => {}
    }
}

fn service(spec: &mut Value) {
    set(spec, "type", &json!("ClusterIP"));
    set(spec, "sessionAffinity", &json!("None"));
    for port in items(spec, "ports") {
        set(port, "protocol", &json!("TCP"));
        let number = port["port"].clone();
        set(port, "targetPort", &number);
    }
}

fn pod(spec: &mut Value) {
    set(spec, "dnsPolicy", &json!("ClusterFirst"));
    set(spec, "restartPolicy", &json!("Always"));
    set(spec, "schedulerName", &json!("default-scheduler"));
    for container in items(spec, "containers") {
        set(container, "imagePullPolicy", &json!("IfNotPresent"));
        for port in items(container, "ports") {
            set(port, "protocol", &json!("TCP"));
        }
    }
}

fn policy(spec: &mut Value) {
    let egress = spec["egress"]
        .as_array()
        .is_some_and(|rules| !rules.is_empty());
    let types = if egress {
        json!(["Ingress", "Egress"])
    } else {
        json!(["Ingress"])
    };
    set(spec, "policyTypes", &types);
}

/// Sets a field that is not there.
fn set(object: &mut Value, key: &str, value: &Value) {
    if let Some(object) = object.as_object_mut() {
        object.entry(key).or_insert_with(|| value.clone());
    }
}

/// The objects in a list that is there.
fn items<'a>(object: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    let list = object
        .as_object_mut()
        .and_then(|object: &mut Map<_, _>| object.get_mut(key));
    list.and_then(Value::as_array_mut).into_iter().flatten()
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
