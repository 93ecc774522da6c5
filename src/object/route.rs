//! Ingress and the routes of the Gateway API, as one.

use crate::finding::FieldPath;

/// What publishes Services to the outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    /// The Services it sends requests to.
    pub backends: Vec<Backend>,
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
    /// Where it stands.
    pub at: FieldPath,
}

/// The port of a [`Backend`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackendPort {
    /// By number.
    Number(u16),
    /// By the name of the Service's port.
    Name(Box<str>),
}
