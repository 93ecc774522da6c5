//! Ingress and `HTTPRoute`.

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
