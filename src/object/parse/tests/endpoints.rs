//! `EndpointSlices`, Endpoints, Nodes and `ConfigMaps`.

use serde_json::{Value, json};

use super::read;
use crate::object::{ConfigMap, EndpointSlice, Node};

fn slice(labels: &Value) -> EndpointSlice {
    let object = read(&json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {"name": "web-x", "labels": labels},
        "endpoints": [
            {"addresses": ["10.0.0.1"]},
            {"addresses": ["10.0.0.2"], "conditions": {"ready": false}},
            {"addresses": ["10.0.0.3"], "conditions": {"ready": true}},
        ],
        "ports": [{"name": "http", "port": 80}, {"name": "", "port": null, "protocol": "UDP"}],
    }));
    object.typed::<EndpointSlice>().unwrap().body.clone()
}

#[test]
fn only_ready_endpoints_are_kept() {
    let slice = slice(&json!({"kubernetes.io/service-name": "web"}));
    assert_eq!(slice.service.as_deref(), Some("web"));
    let addresses: Vec<_> = slice.addresses.iter().map(ToString::to_string).collect();
    assert_eq!(addresses, ["10.0.0.1", "10.0.0.3"]);
    assert_eq!(slice.ports[0].port, Some(80));
    assert_eq!((&slice.ports[1].name, slice.ports[1].port), (&None, None));
}

#[test]
fn a_slice_is_foreign_unless_the_controller_manages_it() {
    let by = |who: &str| slice(&json!({"endpointslice.kubernetes.io/managed-by": who})).foreign;
    assert!(!by("endpointslice-controller.k8s.io"));
    assert!(by("somebody"));
    assert!(slice(&json!({})).foreign);
}

#[test]
fn endpoints_are_a_foreign_slice_of_the_service_of_their_name() {
    let object = read(&json!({
        "apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "db"},
        "subsets": [{"addresses": [{"ip": "10.1.1.1"}], "ports": [{"port": 5432}]}],
    }));
    let slice = object.typed::<EndpointSlice>().unwrap();
    assert_eq!(slice.service.as_deref(), Some("db"));
    assert!(slice.foreign);
    assert_eq!((slice.addresses.len(), slice.ports.len()), (1, 1));
}

#[test]
fn a_node_has_its_internal_and_external_addresses() {
    let object = read(&json!({
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"},
        "status": {"addresses": [
            {"type": "InternalIP", "address": "10.0.0.1"},
            {"type": "ExternalIP", "address": "1.2.3.4"},
            {"type": "Hostname", "address": "5.6.7.8"},
        ]},
    }));
    assert_eq!(object.typed::<Node>().unwrap().addresses.len(), 2);
}

#[test]
fn a_config_map_mentions_the_numbers_of_its_values() {
    let object = read(&json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"},
        "data": {"key-1": "listen 8080;\nupstream a:08081", "b": "70000 0"},
    }));
    let mentions = &object.typed::<ConfigMap>().unwrap().mentions;
    assert_eq!(&*mentions.numbers, [8080, 8081]);
}
