//! `ReferenceGrant`: what a namespace lets routes of others lead to.

use super::Meta;

/// `gateway.networking.k8s.io/v1beta1 ReferenceGrant`, as far as it is about Services.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferenceGrant {
    /// Who may refer to them.
    pub from: Vec<GrantedFrom>,
    /// The Services of its namespace that it is about; `None` is all of them.
    pub services: Vec<Option<Box<str>>>,
}

/// Objects of one kind in one namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantedFrom {
    /// Their API group.
    pub group: Box<str>,
    /// Their kind.
    pub kind: Box<str>,
    /// Their namespace.
    pub namespace: Box<str>,
}

impl ReferenceGrant {
    /// Whether it lets an object refer to a Service of the grant's namespace.
    pub fn admits(&self, from: &Meta, service: &str) -> bool {
        let api_version = &*from.reference.api_version;
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let is_from = |it: &GrantedFrom| {
            *it.group == *group
                && *it.kind == *from.reference.kind
                && *it.namespace == *from.namespace()
        };
        let is_to = |name: &Option<Box<str>>| name.as_deref().is_none_or(|name| name == service);
        self.from.iter().any(is_from) && self.services.iter().any(is_to)
    }
}
