//! Ingress and the routes of the Gateway API, as one.

use std::collections::BTreeSet;

use crate::finding::FieldPath;

/// What publishes Services to the outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    /// The Services it sends requests to.
    pub backends: Vec<Backend>,
    /// The class of an Ingress, where it has one, which tells who answers it: `ingressClassName`,
    /// or what an annotation says.
    pub class: Option<Box<str>>,
}

/// One Service behind a route.
#[derive(Clone, Debug, PartialEq)]
pub struct Backend {
    /// The Service's namespace; `None` is the route's own.
    pub namespace: Option<Box<str>>,
    /// The Service's name.
    pub service: Box<str>,
    /// The Service's port.
    pub port: Option<BackendPort>,
    /// How it is written.
    pub form: BackendForm,
    /// Where it stands.
    pub at: FieldPath,
}

/// How a [`Backend`] is written, which tells its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackendForm {
    /// `service.name` and `service.port`.
    Ingress,
    /// `serviceName` and `servicePort`, as an Ingress had them before v1.
    FormerIngress,
    /// `name` and `port`, as a `backendRef` of the Gateway API has them.
    Gateway,
}

impl Route {
    /// The Services that it leads to, each once, with their namespaces; `own` is the route's.
    pub fn services<'a>(&'a self, own: &'a str) -> BTreeSet<(&'a str, &'a str)> {
        let backends = self.backends.iter();
        backends
            .map(|backend| {
                (
                    backend.namespace.as_deref().unwrap_or(own),
                    &*backend.service,
                )
            })
            .collect()
    }
}

impl Backend {
    /// The field that has the Service's name.
    pub fn name_field(&self) -> FieldPath {
        self.at.join(match self.form {
            BackendForm::Ingress => "service.name",
            BackendForm::FormerIngress => "serviceName",
            BackendForm::Gateway => "name",
        })
    }

    /// The field that has the Service's port.
    pub fn port_field(&self) -> FieldPath {
        let field = match (self.form, &self.port) {
            (BackendForm::Ingress, Some(BackendPort::Name(_))) => "service.port.name",
            (BackendForm::Ingress, _) => "service.port.number",
            (BackendForm::FormerIngress, _) => "servicePort",
            (BackendForm::Gateway, _) => "port",
        };
        self.at.join(field)
    }
}

/// The port of a [`Backend`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BackendPort {
    /// By number.
    Number(u16),
    /// By the name of the Service's port.
    Name(Box<str>),
}
