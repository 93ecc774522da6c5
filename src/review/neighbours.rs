//! Whom a Change concerns: the objects whose findings it may have altered, through what they ask
//! for.

use std::collections::BTreeMap;

use super::callers::{
    answered, callbacks, callers, config_maps, keeps_pods, names_services, of_subject, published,
    referrers,
};
use super::namespace_wide::{NAMESPACED_POLICIES, wide_about, wide_in};
use super::routes;
use crate::cluster::{Change, View};
use crate::finding::ObjectRef;
use crate::labels::Labels;
use crate::object::{
    AccountRef, Binding, Body, ConfigMap, Key, Kind, Meta, Object, Of, Service, Workload,
};
use crate::policy::{Action, Direction, Namespaces, Policy};

/// Objects to look at again, each once, by kind and reference.
pub(super) type Found = BTreeMap<(Kind, ObjectRef), Key>;

/// An object that a Change concerns.
#[derive(Debug)]
pub(super) struct Neighbour {
    /// The object.
    pub(super) key: Key,
    /// The metadata of what changed.
    pub(super) cause: ObjectRef,
}

/// The namespace of the Services that lead to the API server.
const API_SERVER: (&str, &str) = ("default", "kubernetes");

/// Namespaces in which a cluster's DNS may live.
const DNS_NAMESPACES: [&str; 2] = ["kube-system", "openshift-dns"];

/// Owners of owners are followed this far.
const LONGEST_CHAIN: usize = 8;

/// The objects that `changes` concern, in the Store before them and in the one after, each with
/// the first Change that concerns it.
pub(super) fn neighbours(changes: &[Change], before: View<'_>, after: View<'_>) -> Vec<Neighbour> {
    let mut all: BTreeMap<(Kind, ObjectRef), Neighbour> = BTreeMap::new();
    for change in changes.iter().filter(|change| changes_something(change)) {
        let Some(meta) = change.meta() else { continue };
        let mut found = Found::new();
        for (object, view) in [(&change.before, before), (&change.after, after)] {
            if let Some(object) = object {
                of_object(object, view, &mut found);
                if !keeps_pods(change) {
                    callers(object, view, &mut found);
                }
            }
            // What came or went may be what something that finds no pods was meant for, or may
            // have been taken for it.
            if matches!(
                meta_body(change),
                Some(Body::Workload(_) | Body::Service(_))
            ) {
                add_objects(view.idle_in(meta.namespace()), &mut found);
            }
        }
        for (place, key) in found {
            all.entry(place).or_insert_with(|| Neighbour {
                key,
                cause: meta.reference.clone(),
            });
        }
    }
    for meta in changes.iter().filter_map(Change::meta) {
        all.remove(&(meta.kind, meta.reference.clone()));
    }
    all.into_values().collect()
}

fn meta_body(change: &Change) -> Option<&Body> {
    change
        .after
        .as_ref()
        .or(change.before.as_ref())
        .map(|object| &object.body)
}

/// Whether a Change alters anything that rules read.
fn changes_something(change: &Change) -> bool {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => {
            before.body != after.body
                || before.meta.labels != after.meta.labels
                || before.meta.deleting != after.meta.deleting
                || before.meta.owner != after.meta.owner
                || before.meta.problems != after.meta.problems
        }
        _ => true,
    }
}

/// Adds objects.
pub(super) fn add<T>(objects: Vec<Of<'_, T>>, found: &mut Found) {
    for object in objects {
        add_one(object.meta, found);
    }
}

fn add_objects<'o>(objects: impl Iterator<Item = &'o Object>, found: &mut Found) {
    for object in objects {
        add_one(&object.meta, found);
    }
}

/// Adds one object by its metadata.
pub(super) fn add_one(meta: &Meta, found: &mut Found) {
    found.insert((meta.kind, meta.reference.clone()), meta.key());
}

/// Whom an object concerns in a View that holds it.
fn of_object(object: &Object, view: View<'_>, found: &mut Found) {
    let namespace = object.meta.namespace();
    match &object.body {
        Body::Workload(workload) => {
            // A pod that something owns is no object of the Store: its own labels count too.
            let own = workload.templates().map(|template| &*template.labels);
            // Pods count for what is above them, and change what it has.
            let above = owners(&object.meta, view);
            let shown = above.iter().flat_map(|key| view.labels_of(key));
            for labels in own.chain(shown) {
                of_pods(namespace, labels, view, found);
            }
            of_workload(&object.meta, view, found);
            add(config_maps(&object.meta, workload, view), found);
        }
        Body::Policy(policies) => {
            for policy in policies {
                of_policy(namespace, policy, view, found);
            }
        }
        Body::Binding(binding) => of_binding(namespace, binding, view, found),
        Body::Role(_) => {
            for binding in
                view.asking_for::<Binding>(object.meta.kind, namespace, object.meta.name())
            {
                of_binding(binding.meta.namespace(), binding.body, view, found);
            }
        }
        Body::ServiceAccount(_) => {
            let name = object.meta.name();
            for workload in view.asking_for::<Workload>(Kind::ServiceAccount, namespace, name) {
                for labels in view.labels_of(&workload.meta.key()) {
                    wide_about(namespace, labels, view, found);
                }
                of_subject(workload, view, found);
            }
        }
        Body::ConfigMap(_) => {
            for workload in
                view.asking_for::<Workload>(Kind::ConfigMap, namespace, object.meta.name())
            {
                add_one(workload.meta, found);
                for labels in view.labels_of(&workload.meta.key()) {
                    of_pods(namespace, labels, view, found);
                }
                of_workload(workload.meta, view, found);
            }
        }
        Body::Namespace => of_namespace(object.meta.name(), view, found),
        Body::EndpointSlice(slice) => of_slice(namespace, slice.service.as_deref(), view, found),
        Body::Service(service) => of_service(&object.meta, service, view, found),
        Body::TierOrder(_) => {
            of_policies(
                view.policies_asking_for(Kind::Tier, "", object.meta.name()),
                view,
                found,
            );
        }
        Body::NetworkSet(_) => {
            of_policies(
                view.policies(Kind::CalicoNetworkPolicy, namespace),
                view,
                found,
            );
            of_policies(view.asking_for_namespaces(), view, found);
            // By its own name, and by labels, which any of them may have.
            for name in [object.meta.name(), ""] {
                let asking = view.policies_asking_for(object.meta.kind, "", name);
                of_policies(asking, view, found);
            }
        }
        Body::ReferenceGrant(_) => routes::of_grant(namespace, view, found),
        Body::Route(route) => {
            published(&object.meta, route, view, found);
            routes::of_route(namespace, route, view, found);
        }
        Body::Node(_) | Body::Callback(_) | Body::Opaque => {}
    }
}

/// An object and what owns it in view, the nearest first.
fn owners(meta: &Meta, view: View<'_>) -> Vec<Key> {
    let mut above = vec![meta.key()];
    let mut next = meta.owner_key();
    while let Some(key) = next.filter(|key| above.len() < LONGEST_CHAIN && !above.contains(key)) {
        next = view
            .object_of(&key)
            .and_then(|owner| owner.meta.owner_key());
        above.push(key);
    }
    above
}

/// Policies to which something that they refer to matters, and whom they concern.
fn of_policies(policies: Vec<Of<'_, Policy>>, view: View<'_>, found: &mut Found) {
    for policy in policies {
        add_one(policy.meta, found);
        of_policy(policy.meta.namespace(), policy.body, view, found);
    }
}

/// Who names this Service; what looks for the pods that it selects, as it might have been meant for
/// them or names its ports; where it is the way to the API server or DNS, everybody.
fn of_service(meta: &Meta, service: &Service, view: View<'_>, found: &mut Found) {
    let named = view.policies_asking_for(Kind::Service, meta.namespace(), meta.name());
    of_policies(named, view, found);
    referrers(meta, view, found);
    routes::of_service(meta, view, found);
    if !service.selects.is_empty() {
        for workload in view.workloads(meta.namespace(), &service.selects).found {
            for labels in view.labels_of(&workload.meta.key()) {
                of_pods(meta.namespace(), labels, view, found);
            }
        }
    }
    if is_destination(meta.namespace(), meta.name()) {
        callbacks(view, found);
        isolated(view, found);
    }
}

/// The Services that select a Workload's pods; where it is the cluster's DNS, everybody.
pub(super) fn of_workload(meta: &Meta, view: View<'_>, found: &mut Found) {
    for labels in view.labels_of(&meta.key()) {
        answered(labels, view, found);
        add(view.services_of(meta.namespace(), labels), found);
    }
    if DNS_NAMESPACES.contains(&meta.namespace()) {
        isolated(view, found);
    }
}

/// What looks for pods with these labels: Services; policies, for those they apply to or as
/// peers; and whatever finds none and would find these.
fn of_pods(namespace: &str, labels: &Labels, view: View<'_>, found: &mut Found) {
    add(view.services_of(namespace, labels), found);
    add_objects(view.idle_for(labels), found);
    add(view.policies_of(namespace, labels), found);
    add(view.policies_with_peers(namespace, labels), found);
    wide_about(namespace, labels, view, found);
}

/// The Workloads that a policy applies to, the Services in front of them, and the policies that
/// find no pods and might have been meant for them.
fn of_policy(namespace: &str, policy: &Policy, view: View<'_>, found: &mut Found) {
    let namespaces = match &policy.subject.namespaces {
        Namespaces::Own => vec![namespace],
        Namespaces::Matching(selector) => {
            let matches = |ns: &&str| view.may_be_in(selector, ns);
            view.namespaces_with_workloads()
                .into_iter()
                .filter(matches)
                .collect()
        }
    };
    let names_pods = policy.subject.chooses_by_labels();
    // What it admits another one over the same pods need not.
    let mut rules = policy.ingress.iter().chain(&policy.egress);
    let admits = rules.any(|rule| rule.action == Action::Allow);
    let told = policy.subject.named_namespaces(namespace);
    for namespace in told.into_iter().flatten().filter(|_| names_pods) {
        add_objects(view.idle_in(namespace), found);
    }
    for namespace in namespaces {
        let has_ingress = policy.restricts(Direction::Ingress) || !policy.ingress.is_empty();
        for workload in view.workloads(namespace, &policy.subject.pods).found {
            for labels in view.labels_of(&workload.meta.key()) {
                if names_pods {
                    add_objects(view.idle_for(labels), found);
                }
                if admits {
                    add(view.policies_of(namespace, labels), found);
                }
                wide_about(namespace, labels, view, found);
            }
            if has_ingress {
                of_subject(workload, view, found);
            } else {
                add_one(workload.meta, found);
                add(config_maps(workload.meta, workload.body, view), found);
            }
        }
    }
}

/// The Workloads that run under the accounts of a binding, and what finds no pods beside them.
fn of_binding(namespace: &str, binding: &Binding, view: View<'_>, found: &mut Found) {
    for subject in &binding.subjects {
        match subject {
            AccountRef::One {
                namespace: of,
                name,
            } => {
                let namespace = of.as_deref().unwrap_or(namespace);
                // Pods that may change pods may label themselves.
                add_objects(view.idle_in(namespace), found);
                wide_in(namespace, view, found);
                for workload in view.asking_for::<Workload>(Kind::ServiceAccount, namespace, name) {
                    of_subject(workload, view, found);
                }
            }
            AccountRef::InNamespace(namespace) => {
                wide_in(namespace, view, found);
                add(view.workloads_of(namespace), found);
            }
            AccountRef::All => {
                for namespace in view.namespaces_with_workloads() {
                    wide_in(namespace, view, found);
                }
                isolated(view, found);
            }
        }
    }
}

/// The Workloads of policies that look at namespaces' labels, and those of the namespace itself.
fn of_namespace(name: &str, view: View<'_>, found: &mut Found) {
    add(view.workloads_of(name), found);
    add(view.all::<Service>(Kind::Service, name), found);
    for kind in NAMESPACED_POLICIES {
        add(view.policies(kind, name), found);
    }
    let mut maps = view.all::<ConfigMap>(Kind::ConfigMap, name);
    maps.retain(names_services);
    add(maps, found);
    for policy in view.asking_for_namespaces() {
        add_one(policy.meta, found);
        of_policy(policy.meta.namespace(), policy.body, view, found);
    }
}

/// The Service of an `EndpointSlice`; where it is the way to the API server or DNS, everybody.
fn of_slice(namespace: &str, service: Option<&str>, view: View<'_>, found: &mut Found) {
    let Some(service) = service else { return };
    if let Some(service) = view
        .get::<Service>(Kind::Service, namespace, service)
        .found()
    {
        add_one(service.meta, found);
    }
    if is_destination(namespace, service) {
        callbacks(view, found);
        isolated(view, found);
    }
}

/// Whether a Service leads to the API server or to DNS, which every Workload's rules look at.
fn is_destination(namespace: &str, name: &str) -> bool {
    (namespace, name) == API_SERVER || DNS_NAMESPACES.contains(&namespace)
}

/// Every Workload that some policy isolates for egress.
fn isolated(view: View<'_>, found: &mut Found) {
    for namespace in view.namespaces_with_workloads() {
        for workload in view.workloads_of(namespace) {
            let isolates = |labels| {
                view.policies_of(namespace, labels)
                    .iter()
                    .any(|p| p.restricts(Direction::Egress))
            };
            if workload
                .templates()
                .any(|template| isolates(&template.labels))
            {
                add_one(workload.meta, found);
            }
        }
    }
}
