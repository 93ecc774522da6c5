//! Ingress, in any version.

use serde::Deserialize;

use super::Raw;
use super::meta::RawMeta;
use super::names::port_number;
use super::problems::At;
use super::wire::{Int, IntOrStr, List, Nested, Str, given};
use crate::object::{Backend, BackendForm, BackendPort, Body, Meta, Route};

/// What says the class of an Ingress where `ingressClassName` does not.
const CLASS: &str = "kubernetes.io/ingress.class";

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
    ingress_class_name: Option<Str<'a>>,
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
        let (service, port, form) = match given(self.service.name.as_ref()) {
            Some(service) => (service, self.service.port.read(), BackendForm::Ingress),
            None => (
                given(self.service_name.as_ref())?,
                self.old_port(),
                BackendForm::FormerIngress,
            ),
        };
        Some(Backend {
            namespace: None,
            service: service.into(),
            port,
            form,
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

    fn body(&self, meta: &mut Meta) -> Body {
        let at = At::Root.key("spec");
        let class = given(self.spec.ingress_class_name.as_ref());
        let class = class.or_else(|| meta.annotations.get(CLASS));
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
        Body::Route(Box::new(Route {
            backends,
            class: class.map(Into::into),
        }))
    }
}
