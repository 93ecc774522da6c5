//! The routes of the Gateway API.

use serde::Deserialize;

use super::Raw;
use super::meta::RawMeta;
use super::names::port_number;
use super::problems::At;
use super::wire::{Int, List, Nested, Str, given};
use crate::object::{Backend, BackendForm, BackendPort, Body, Meta, Route};

/// A route as it is written: all of them have backends, not all of them filters.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawRoute<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Nested<RawSpec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawSpec<'a> {
    #[serde(borrow)]
    rules: List<Nested<RawRule<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawRule<'a> {
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
        form: BackendForm::Gateway,
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

impl<'a> Raw<'a> for RawRoute<'a> {
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
        Body::Route(Box::new(Route {
            backends,
            class: None,
        }))
    }
}
