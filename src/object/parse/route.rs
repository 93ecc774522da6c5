//! Ingress and the routes of the Gateway API.

use serde::Deserialize;

use super::Raw;
use super::meta::RawMeta;
use super::names::port_number;
use super::problems::At;
use super::wire::{Int, IntOrStr, List, Nested, Str, given};
use crate::object::{Backend, BackendPort, Body, Meta, Route};

/// An Ingress as it is written, in any version.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawIngress<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Nested<RawIngressSpec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawIngressSpec<'a> {
    #[serde(borrow)]
    default_backend: Nested<RawIngressBackend<'a>>,
    /// What v1 calls `defaultBackend`.
    backend: Nested<RawIngressBackend<'a>>,
    rules: List<Nested<RawIngressRule<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawIngressRule<'a> {
    #[serde(borrow)]
    http: Nested<RawIngressPaths<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawIngressPaths<'a> {
    #[serde(borrow)]
    paths: List<Nested<RawIngressPath<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawIngressPath<'a> {
    #[serde(borrow)]
    backend: Nested<RawIngressBackend<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawIngressBackend<'a> {
    #[serde(borrow)]
    service: Nested<RawIngressService<'a>>,
    service_name: Option<Str<'a>>,
    service_port: Option<IntOrStr<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawIngressService<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    port: Nested<RawIngressPort<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawIngressPort<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    number: Option<Int>,
}

impl RawIngressBackend<'_> {
    fn read(&self, at: &At<'_>) -> Option<Backend> {
        let (service, port) = match given(self.service.name.as_ref()) {
            Some(service) => (service, self.service.port.read()),
            None => (given(self.service_name.as_ref())?, self.old_port()),
        };
        Some(Backend {
            namespace: None,
            service: service.into(),
            port,
            at: at.path(),
        })
    }

    fn old_port(&self) -> Option<BackendPort> {
        match self.service_port.as_ref()? {
            IntOrStr::Int(number) => port_number(*number).map(BackendPort::Number),
            IntOrStr::Str(name) => given(Some(name)).map(|name| BackendPort::Name(name.into())),
        }
    }
}

impl RawIngressPort<'_> {
    fn read(&self) -> Option<BackendPort> {
        match given(self.name.as_ref()) {
            Some(name) => Some(BackendPort::Name(name.into())),
            None => port_number(self.number?.0).map(BackendPort::Number),
        }
    }
}

impl<'a> Raw<'a> for RawIngress<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, _: &mut Meta) -> Body {
        let at = At::Root.key("spec");
        let mut backends = Vec::new();
        backends.extend(self.spec.default_backend.read(&at.key("defaultBackend")));
        backends.extend(self.spec.backend.read(&at.key("backend")));
        let at = at.key("rules");
        for (index, rule) in self.spec.rules.iter().enumerate() {
            let at = at.index(index);
            let at = at.key("http");
            let at = at.key("paths");
            for (index, path) in rule.http.paths.iter().enumerate() {
                backends.extend(path.backend.read(&at.index(index).key("backend")));
            }
        }
        Body::Route(Box::new(Route { backends }))
    }
}

/// An `HTTPRoute` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawHttpRoute<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Nested<RawHttpSpec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawHttpSpec<'a> {
    #[serde(borrow)]
    rules: List<Nested<RawHttpRule<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawHttpRule<'a> {
    #[serde(borrow)]
    backend_refs: List<Nested<RawBackendRef<'a>>>,
    filters: List<Nested<RawFilter<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawBackendRef<'a> {
    #[serde(borrow)]
    group: Option<Str<'a>>,
    kind: Option<Str<'a>>,
    name: Option<Str<'a>>,
    namespace: Option<Str<'a>>,
    port: Option<Int>,
    filters: List<Nested<RawFilter<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawFilter<'a> {
    #[serde(borrow)]
    request_mirror: Nested<RawMirror<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawMirror<'a> {
    #[serde(borrow)]
    backend_ref: Nested<RawMirrorRef<'a>>,
}

/// A [`RawBackendRef`] without filters, of which there is no end otherwise.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawMirrorRef<'a> {
    #[serde(borrow)]
    group: Option<Str<'a>>,
    kind: Option<Str<'a>>,
    name: Option<Str<'a>>,
    namespace: Option<Str<'a>>,
    port: Option<Int>,
}

/// The fields that every reference to a backend has: group, kind, name, namespace and port.
type Reference<'r, 'a> = [Option<&'r Str<'a>>; 4];

fn backend(
    [group, kind, name, namespace]: Reference<'_, '_>,
    port: Option<Int>,
    at: &At<'_>,
) -> Option<Backend> {
    let is_service = given(group).is_none() && given(kind).is_none_or(|kind| kind == "Service");
    let service = given(name).filter(|_| is_service)?;
    Some(Backend {
        namespace: given(namespace).map(Into::into),
        service: service.into(),
        port: port
            .and_then(|Int(number)| port_number(number))
            .map(BackendPort::Number),
        at: at.path(),
    })
}

fn mirrors(filters: &List<Nested<RawFilter<'_>>>, at: &At<'_>, backends: &mut Vec<Backend>) {
    let at = at.key("filters");
    for (index, filter) in filters.iter().enumerate() {
        let to = &filter.request_mirror.backend_ref;
        let at = at.index(index);
        let at = at.key("requestMirror");
        let reference = [&to.group, &to.kind, &to.name, &to.namespace].map(Option::as_ref);
        backends.extend(backend(reference, to.port, &at.key("backendRef")));
    }
}

impl<'a> Raw<'a> for RawHttpRoute<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, _: &mut Meta) -> Body {
        let at = At::Root.key("spec");
        let at = at.key("rules");
        let mut backends = Vec::new();
        for (index, rule) in self.spec.rules.iter().enumerate() {
            let at = at.index(index);
            mirrors(&rule.filters, &at, &mut backends);
            let at = at.key("backendRefs");
            for (index, to) in rule.backend_refs.iter().enumerate() {
                let at = at.index(index);
                let reference = [&to.group, &to.kind, &to.name, &to.namespace].map(Option::as_ref);
                backends.extend(backend(reference, to.port, &at));
                mirrors(&to.filters, &at, &mut backends);
            }
        }
        Body::Route(Box::new(Route { backends }))
    }
}
