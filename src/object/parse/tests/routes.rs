//! Ingress and the routes of the Gateway API.

use serde_json::{Value, json};

use super::read;
use crate::object::{BackendPort, Route};

fn backends(object: &Value) -> Vec<(String, Option<BackendPort>, String)> {
    let object = read(object);
    let route = object.typed::<Route>().unwrap();
    let backends = route.backends.iter();
    backends
        .map(|b| {
            let namespace = b
                .namespace
                .as_deref()
                .map_or(String::new(), |ns| format!("{ns}/"));
            (
                format!("{namespace}{}", b.service),
                b.port.clone(),
                b.at.to_string(),
            )
        })
        .collect()
}

#[test]
fn an_ingress_leads_to_its_default_backend_and_its_paths() {
    let found = backends(&json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "i"},
        "spec": {
            "defaultBackend": {"service": {"name": "a", "port": {"number": 80}}},
            "rules": [{"http": {"paths": [
                {"backend": {"resource": {"kind": "Bucket", "name": "x"}}},
                {"backend": {"service": {"name": "b", "port": {"name": "use-annotation"}}}},
            ]}}, {"host": "nothing.example"}],
        },
    }));
    let name = BackendPort::Name("use-annotation".into());
    assert_eq!(
        found,
        [
            (
                "a".into(),
                Some(BackendPort::Number(80)),
                "spec.defaultBackend".into()
            ),
            (
                "b".into(),
                Some(name),
                "spec.rules[0].http.paths[1].backend".into()
            ),
        ]
    );
}

#[test]
fn the_former_form_of_an_ingress_is_read() {
    let found = backends(&json!({
        "apiVersion": "extensions/v1beta1", "kind": "Ingress", "metadata": {"name": "i"},
        "spec": {
            "backend": {"serviceName": "a", "servicePort": "http"},
            "rules": [{"http": {"paths": [{"backend": {"serviceName": "b", "servicePort": 80}}]}}],
        },
    }));
    let services: Vec<_> = found
        .iter()
        .map(|(service, port, _)| (&**service, port))
        .collect();
    assert_eq!(
        services,
        [
            ("a", &Some(BackendPort::Name("http".into()))),
            ("b", &Some(BackendPort::Number(80))),
        ]
    );
}

#[test]
fn an_http_route_leads_to_services_and_mirrors() {
    let found = backends(&json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
        "metadata": {"name": "r"},
        "spec": {"rules": [{
            "backendRefs": [
                {"name": "a", "port": 80},
                {"name": "b", "kind": "Service", "group": "", "namespace": "other", "port": 81},
                {"name": "c", "kind": "ServiceImport", "group": "multicluster.x-k8s.io"},
            ],
            "filters": [{"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "m"}}}],
        }]},
    }));
    let at = |rest: &str| format!("spec.rules[0].{rest}");
    assert_eq!(
        found,
        [
            ("m".into(), None, at("filters[0].requestMirror.backendRef")),
            (
                "a".into(),
                Some(BackendPort::Number(80)),
                at("backendRefs[0]")
            ),
            (
                "other/b".into(),
                Some(BackendPort::Number(81)),
                at("backendRefs[1]")
            ),
        ]
    );
}

#[test]
fn the_other_routes_lead_to_services_too_and_a_mirror_may_stand_at_a_backend() {
    for (version, kind) in [
        ("v1", "GRPCRoute"),
        ("v1alpha2", "TCPRoute"),
        ("v1alpha2", "TLSRoute"),
        ("v1alpha2", "UDPRoute"),
    ] {
        let found = backends(&json!({
            "apiVersion": format!("gateway.networking.k8s.io/{version}"), "kind": kind,
            "metadata": {"name": "r"},
            "spec": {"rules": [{"backendRefs": [{"name": "a", "port": 80, "filters": [
                {"requestMirror": {"backendRef": {"name": "m", "port": 81}}},
            ]}]}]},
        }));
        let services: Vec<_> = found.iter().map(|(service, ..)| &**service).collect();
        assert_eq!(services, ["a", "m"], "{kind}");
    }
}

#[test]
fn each_form_of_a_backend_tells_its_fields() {
    let fields = |object: &Value| {
        let object = read(object);
        let route = object.typed::<Route>().unwrap();
        let backend = route.backends.first().unwrap();
        (
            backend.name_field().to_string(),
            backend.port_field().to_string(),
        )
    };
    let ingress = |backend: Value| {
        fields(&json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "i"},
            "spec": {"backend": backend},
        }))
    };
    let at = |name: &str, port: &str| {
        (
            format!("spec.backend.{name}"),
            format!("spec.backend.{port}"),
        )
    };
    assert_eq!(
        ingress(json!({"service": {"name": "a", "port": {"number": 80}}})),
        at("service.name", "service.port.number")
    );
    assert_eq!(
        ingress(json!({"service": {"name": "a", "port": {"name": "http"}}})),
        at("service.name", "service.port.name")
    );
    assert_eq!(
        ingress(json!({"serviceName": "a", "servicePort": 80})),
        at("serviceName", "servicePort")
    );
}
