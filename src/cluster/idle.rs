//! Services that no Workload's own template matches, kept at hand: a Workload that arrives may have been meant for
//! one of them, and no index finds a near miss.

use std::sync::Arc;

use super::hash::{Id, id};
use super::ids::Ids;
use super::per_pod::{differs_by_pod, fits};
use super::store::Store;
use crate::labels::Labels;
use crate::object::{Key, Object, Service, Workload};

impl Store {
    /// The Services of a namespace that may select nothing: those that match no template of a
    /// Workload that nothing owns, by name.
    pub fn idle_services(&self, namespace: &str) -> Vec<&Arc<Object>> {
        self.objects_of(self.idle.members(namespace))
    }

    /// The same of every namespace, by namespace and name.
    pub(super) fn every_idle_service(&self) -> Vec<&Arc<Object>> {
        self.objects_of(
            self.idle
                .keys()
                .flat_map(|namespace| self.idle.members(namespace)),
        )
    }

    /// Looks again at the Services that select pods with these labels, after such a
    /// template came or went.
    pub(super) fn recheck_services(&mut self, namespace: &Arc<str>, labels: &Labels) {
        for service in self.selectors.candidates(namespace, labels) {
            self.recheck_service(service);
        }
    }

    /// Looks again whether an object is a Service that selects nothing.
    pub(super) fn recheck_service(&mut self, identity: Id) {
        let Some(object) = self.object(identity).cloned() else {
            return;
        };
        let Some(service) = object.typed::<Service>() else {
            return;
        };
        let namespace: Arc<str> = object.meta.key().namespace;
        if service.selects.is_empty() || self.selects_something(&namespace, service.body) {
            self.idle.remove(&namespace, identity);
        } else {
            self.idle.insert(namespace, identity);
        }
    }

    /// Forgets a Service that is gone.
    pub(super) fn forget_service(&mut self, key: &Key) {
        self.idle.remove(&key.namespace, id(key));
    }

    /// Whether a Workload that nothing owns has a template that matches. What something owns is
    /// left out, as whether it counts depends on its owner: a Service too many costs a look.
    fn selects_something(&self, namespace: &str, service: &Service) -> bool {
        let selector = service.selects.without(differs_by_pod);
        let templates = self.templates.candidates(namespace, &selector);
        let mut objects = templates
            .into_iter()
            .flat_map(Ids::iter)
            .filter_map(|id| self.object(id));
        objects.any(|object| {
            let workload = object.typed::<Workload>();
            object.meta.owner.is_none()
                && !object.is_over()
                && workload.is_some_and(|w| {
                    w.body
                        .templates()
                        .any(|template| fits(&service.selects, &template.labels))
                })
        })
    }
}
