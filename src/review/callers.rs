//! Who tells programs of Services: the Workloads and `ConfigMaps` whose texts name them.

use std::sync::Arc;

use super::neighbours::{Found, add, add_one, of_workload};
use crate::cluster::{Change, View};
use crate::labels::Labels;
use crate::object::{Body, Callback, ConfigMap, Kind, Meta, Object, Of, Route, Service, Workload};
use crate::reach::is_controller;

/// The `ConfigMaps` that a Workload takes, which programs read then.
pub(super) fn config_maps<'a>(
    meta: &Meta,
    workload: &Workload,
    view: View<'a>,
) -> Vec<Of<'a, ConfigMap>> {
    let specs = workload.templates().map(|template| &template.spec);
    let names = specs.flat_map(|spec| &spec.config_maps);
    let get = |name: &str| view.get::<ConfigMap>(Kind::ConfigMap, meta.namespace(), name);
    let found = names.filter_map(|name| get(name).found());
    found.filter(names_services).collect()
}

/// Whether a `ConfigMap` names any Service.
pub(super) fn names_services(map: &Of<'_, ConfigMap>) -> bool {
    !map.mentions.services.is_empty()
}

/// A Workload, what it takes, the Services that select its pods, and who names those: all that a
/// policy over its pods concerns.
pub(super) fn of_subject(workload: Of<'_, Workload>, view: View<'_>, found: &mut Found) {
    add_one(workload.meta, found);
    add(config_maps(workload.meta, workload.body, view), found);
    of_workload(workload.meta, view, found);
    for labels in view.labels_of(&workload.meta.key()) {
        let services = view.services_of(workload.meta.namespace(), labels);
        referrers_of_all(services, view, found);
    }
}

/// Who names the Services that select the pods of an object.
pub(super) fn callers(object: &Object, view: View<'_>, found: &mut Found) {
    let Body::Workload(workload) = &object.body else {
        return;
    };
    let own = workload.templates().map(|template| &*template.labels);
    for labels in own.chain(view.labels_of(&object.meta.key())) {
        referrers_of_all(
            view.services_of(object.meta.namespace(), labels),
            view,
            found,
        );
    }
}

/// The same of several.
fn referrers_of_all(services: Vec<Of<'_, Service>>, view: View<'_>, found: &mut Found) {
    for service in services {
        referrers(service.meta, view, found);
    }
}

/// The Workloads and `ConfigMaps` whose texts name a Service.
pub(super) fn referrers(service: &Meta, view: View<'_>, found: &mut Found) {
    let (namespace, name) = (service.namespace(), service.name());
    add(
        view.asking_for::<Workload>(Kind::Service, namespace, name),
        found,
    );
    add(
        view.asking_for::<ConfigMap>(Kind::Service, namespace, name),
        found,
    );
    add(
        view.asking_for::<Callback>(Kind::Service, namespace, name),
        found,
    );
}

/// The Services that a route publishes.
pub(super) fn published(meta: &Meta, route: &Route, view: View<'_>, found: &mut Found) {
    for (namespace, name) in route.services(meta.namespace()) {
        let service = view.get::<Service>(Kind::Service, namespace, name);
        add(service.found().into_iter().collect(), found);
    }
}

/// The Services that Ingresses publish, where pods with these labels answer those.
pub(super) fn answered(labels: &Labels, view: View<'_>, found: &mut Found) {
    if is_controller(labels) {
        for route in view.everywhere::<Route>(Kind::Ingress) {
            published(route.meta, route.body, view, found);
        }
    }
}

/// Everything that the API server itself calls.
pub(super) fn callbacks(view: View<'_>, found: &mut Found) {
    let kinds = [
        Kind::MutatingWebhooks,
        Kind::ValidatingWebhooks,
        Kind::ApiService,
    ];
    for kind in kinds {
        add(view.all::<Callback>(kind, ""), found);
    }
}

/// Whether a Change leaves the pods of a Workload as they are.
pub(super) fn keeps_pods(change: &Change) -> bool {
    let body = |object: &Option<Arc<Object>>| match object.as_deref().map(|it| &it.body) {
        Some(Body::Workload(workload)) => Some(workload.clone()),
        _ => None,
    };
    match (body(&change.before), body(&change.after)) {
        (Some(before), Some(after)) => {
            before.template == after.template && before.more == after.more
        }
        (None, None) => true,
        _ => false,
    }
}
