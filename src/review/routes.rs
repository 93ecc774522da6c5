//! Which routes a Change of a Service, of a grant or of another route concerns.

use super::neighbours::{Found, add, add_one};
use crate::cluster::View;
use crate::labels::near_name;
use crate::object::{Kind, Meta, Route};

/// The routes that lead to a Service, and those that may mean it by another name.
pub(super) fn of_service(service: &Meta, view: View<'_>, found: &mut Found) {
    let (namespace, name) = (service.namespace(), service.name());
    add(
        view.asking_for::<Route>(Kind::Service, namespace, name),
        found,
    );
    near(namespace, name, view, found);
}

/// The routes that need the leave of a namespace.
pub(super) fn of_grant(namespace: &str, view: View<'_>, found: &mut Found) {
    add(
        view.asking_for::<Route>(Kind::ReferenceGrant, namespace, ""),
        found,
    );
}

/// The routes that may mean a Service that this one leads to: what something leads to is no
/// evidence of a slip.
pub(super) fn of_route(own: &str, route: &Route, view: View<'_>, found: &mut Found) {
    for (namespace, service) in route.services(own) {
        near(namespace, service, view, found);
    }
}

/// The routes that lead to a Service of almost this name in this namespace.
fn near(namespace: &str, name: &str, view: View<'_>, found: &mut Found) {
    for route in view.asking_for::<Route>(Kind::Service, namespace, "") {
        let mut services = route.body.services(route.meta.namespace()).into_iter();
        if services.any(|(of, service)| of == namespace && near_name(service, [name]).is_some()) {
            add_one(route.meta, found);
        }
    }
}
