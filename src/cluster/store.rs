//! Everything that is known, immutable and cheap to clone.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::by_labels::{ByLabels, BySelector};
use super::coverage::Coverage;
use super::hash::{Id, id};
use super::idle::Idle;
use super::ids::{Map, Postings};
use super::pods::Pods;
use super::{Change, Known};
use crate::labels::Labels;
use crate::object::{Ask, Body, ContainerPort, Key, Kind, Object, Workload, asks};
use crate::policy::{Datapath, Policy};

/// Everything that is known: immutable maps that share their structure, so that a clone costs
/// nothing and a Change is really applied to it.
#[derive(Clone, Debug, Default)]
pub struct Store {
    /// Every object but the pods that something owns.
    objects: Map<Id, Arc<Object>>,
    /// Objects by kind and namespace.
    members: Postings<(Kind, Arc<str>)>,
    /// Workloads by the labels of their templates.
    pub(super) templates: ByLabels,
    /// Who asks for an object by name.
    askers: Postings<Id>,
    /// Who asks for pods by labels.
    pub(super) selectors: BySelector,
    /// Who asks for pods by labels as the other side of traffic.
    pub(super) peers: BySelector,
    /// Who asks for namespaces by labels.
    namespace_askers: Postings<()>,
    /// Sets of addresses that policies choose by labels.
    sets: Postings<()>,
    /// Policies that only some datapaths enforce, by those.
    narrow: Postings<&'static [Datapath]>,
    /// What looks for pods that may not be there.
    pub(super) idle: Idle,
    /// The pods that something owns.
    pub(super) pods: Pods,
    /// Roots that a Change replaces or deletes: their live pods are on their way out. With each
    /// the ports that something injected into those pods.
    withdrawn: Map<Id, Arc<[ContainerPort]>>,
    pub(super) coverage: Coverage,
}

impl Store {
    /// Applies a Change, as it is seen to have happened.
    pub fn apply(&mut self, change: &Change) {
        let key = |object: &Arc<Object>| object.meta.key();
        let before = change.before.as_ref().map(key);
        let after = change.after.as_ref().map(key);
        if let Some(gone) = before.filter(|before| after.as_ref() != Some(before)) {
            self.remove(&gone);
        }
        if let Some(object) = &change.after {
            self.put(object.clone());
        }
    }

    /// Adds an object, in place of one of the same identity.
    pub fn put(&mut self, object: Arc<Object>) {
        let key = object.meta.key();
        let identity = id(&key);
        self.remove(&key);
        match &object.meta.owner {
            Some(owner) if key.kind == Kind::Pod => {
                let templates = self.templates_above(&object);
                let templates = templates.iter().map(|above| &above.template);
                self.pods.put(identity, &object, owner, templates);
            }
            _ => self.insert(&key, identity, object),
        }
    }

    /// The Workloads above an object that are in view, its direct owner first.
    fn templates_above(&self, object: &Object) -> Vec<Arc<Workload>> {
        let mut above = Vec::new();
        let mut owner = object.meta.owner_key();
        while let Some(object) = owner.and_then(|key| self.get(&key)) {
            let Body::Workload(workload) = &object.body else {
                break;
            };
            above.push(workload.clone());
            owner = object.meta.owner_key().filter(|_| above.len() < 2);
        }
        above
    }

    /// Takes an object away, if it is there.
    pub fn remove(&mut self, key: &Key) {
        let identity = id(key);
        if self.pods.remove(identity) {
            return;
        }
        let Some(object) = self.objects.remove(&identity) else {
            return;
        };
        self.idle.forget(&object, identity);
        self.members
            .remove(&(key.kind, key.namespace.clone()), identity);
        if matches!(object.body, Body::NetworkSet(_)) {
            self.sets.remove(&(), identity);
        }
        for policy in object.policies().filter(|it| is_narrow(it)) {
            self.narrow.remove(&policy.datapaths, identity);
        }
        for labels in template_labels(&object) {
            self.templates.remove(&key.namespace, labels, identity);
        }
        for ask in asks(&object) {
            match ask {
                Ask::Named(key) => self.askers.remove(&id(&key), identity),
                Ask::Pods {
                    namespace,
                    selector,
                } => {
                    self.selectors
                        .remove(namespace.as_ref(), &selector, identity);
                }
                Ask::Peers {
                    namespace,
                    selector,
                } => {
                    self.peers.remove(namespace.as_ref(), &selector, identity);
                }
                Ask::Namespaces(_) => self.namespace_askers.remove(&(), identity),
            }
        }
        for labels in template_labels(&object) {
            self.recheck_seekers(&key.namespace, labels);
        }
    }

    fn insert(&mut self, key: &Key, identity: Id, object: Arc<Object>) {
        self.members
            .insert((key.kind, key.namespace.clone()), identity);
        if matches!(object.body, Body::NetworkSet(_)) {
            self.sets.insert((), identity);
        }
        for policy in object.policies().filter(|it| is_narrow(it)) {
            self.narrow.insert(policy.datapaths, identity);
        }
        for labels in template_labels(&object) {
            self.templates.insert(&key.namespace, labels, identity);
        }
        for ask in asks(&object) {
            match ask {
                Ask::Named(key) => self.askers.insert(id(&key), identity),
                Ask::Pods {
                    namespace,
                    selector,
                } => {
                    self.selectors
                        .insert(namespace.as_ref(), &selector, identity);
                }
                Ask::Peers {
                    namespace,
                    selector,
                } => {
                    self.peers.insert(namespace.as_ref(), &selector, identity);
                }
                Ask::Namespaces(_) => self.namespace_askers.insert((), identity),
            }
        }
        let labels: Vec<Labels> = template_labels(&object).cloned().collect();
        self.objects.insert(identity, object);
        self.recheck_seeker(identity);
        for labels in &labels {
            self.recheck_seekers(&key.namespace, labels);
        }
    }

    /// The Store as `changes` would make it: with them applied, and with the live pods of every
    /// Workload that they replace or delete withdrawn, as its controller will do.
    #[must_use]
    pub fn after(&self, changes: &[Change]) -> Self {
        let mut after = self.clone();
        for change in changes {
            if let Some(before) = &change.before
                && let Body::Workload(workload) = &before.body
                && !change.orphans
                && !keeps_pods(workload, change.after.as_deref())
            {
                let root = id(&before.meta.key());
                let injected = self.injected_ports(root, workload);
                after.withdrawn.insert(root, injected.into());
            }
            after.apply(change);
        }
        after
    }

    /// The ports that live pods of a root have beyond its template's: injected sidecars'.
    pub(super) fn injected_ports(&self, root: Id, workload: &Workload) -> Vec<ContainerPort> {
        if let Some(injected) = self.withdrawn.get(&root) {
            return injected.to_vec();
        }
        let mut ports: Vec<ContainerPort> = self
            .shapes_of(root)
            .filter_map(super::pods::Shape::workload)
            .flat_map(|pods| pods.template.spec.ports())
            .filter(|port| {
                !workload
                    .template
                    .spec
                    .ports()
                    .any(|declared| declared == *port)
            })
            .cloned()
            .collect();
        ports.sort_by(|a, b| (a.number, a.protocol, &a.name).cmp(&(b.number, b.protocol, &b.name)));
        ports.dedup();
        ports
    }

    /// The labels of the pods of a Workload as anything in view shows them: its templates', those
    /// of what it owns, and those of live pods.
    pub(super) fn labels_of(&self, key: &Key) -> Vec<&Labels> {
        let root = id(key);
        let owned = self.askers.members(&root);
        let objects = [root]
            .into_iter()
            .chain(owned)
            .filter_map(|identity| self.objects.get(&identity));
        let templates = objects.flat_map(|object| template_labels(object));
        let mut labels: Vec<_> = templates
            .chain(self.shapes_of(root).map(|shape| &**shape.labels()))
            .collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// The shapes of live pods below a root, one owner deep or two.
    fn shapes_of(&self, root: Id) -> impl Iterator<Item = &super::pods::Shape> {
        let between = self.askers.members(&root);
        [root]
            .into_iter()
            .chain(between)
            .flat_map(|owner| self.pods.of_owner(owner))
    }

    /// Says how much is known of a kind in a namespace; the narrower scope wins.
    pub fn cover(&mut self, kind: Option<Kind>, namespace: Option<&str>, known: Known) {
        self.coverage.cover(kind, namespace, known);
    }

    /// Says that objects of a kind are missing in a namespace, whatever else is known.
    pub fn gap(&mut self, kind: Option<Kind>, namespace: Option<&str>) {
        self.coverage.gap(kind, namespace);
    }

    /// How much is known of a kind in a namespace.
    pub(super) fn known(&self, kind: Kind, namespace: &str) -> Known {
        self.coverage.of(kind, namespace)
    }

    /// The object of an identity.
    pub(super) fn object(&self, identity: Id) -> Option<&Arc<Object>> {
        self.objects.get(&identity)
    }

    /// The object of a key; pods that something owns are kept as shapes only.
    pub fn get(&self, key: &Key) -> Option<&Arc<Object>> {
        self.objects.get(&id(key))
    }

    /// The objects of a kind in a namespace, by name.
    pub fn of_kind(&self, kind: Kind, namespace: &str) -> Vec<&Arc<Object>> {
        self.objects_of(self.members.members(&(kind, Arc::from(namespace))))
    }

    /// The objects of a kind in a namespace, in no telling order.
    pub(super) fn members_of(
        &self,
        kind: Kind,
        namespace: &str,
    ) -> impl Iterator<Item = &Arc<Object>> {
        let members = self.members.members(&(kind, Arc::from(namespace)));
        members.filter_map(|identity| self.objects.get(&identity))
    }

    /// Every namespace that is in view, by itself or by what is in it, by name.
    pub fn namespaces(&self) -> BTreeSet<Arc<str>> {
        let own = self.members.members(&(Kind::Namespace, "".into()));
        let own = own.filter_map(|id| Some(self.objects.get(&id)?.meta.reference.name.clone()));
        let of_pods = self.pods.labels.namespaces().cloned();
        let of_others = self.members.keys().map(|(_, namespace)| namespace.clone());
        let all = own.chain(of_pods).chain(of_others);
        all.filter(|namespace| !namespace.is_empty()).collect()
    }

    /// The objects of a kind in any namespace, by namespace and name.
    pub(super) fn of_kind_everywhere(&self, kind: Kind) -> Vec<&Arc<Object>> {
        let keys = self.members.keys().filter(|(of, _)| *of == kind);
        self.objects_of(keys.flat_map(|key| self.members.members(key)))
    }

    /// The objects that ask for an object by name, by kind, namespace and name.
    pub fn asking_for(&self, key: &Key) -> Vec<&Arc<Object>> {
        self.objects_of(self.askers.members(&id(key)))
    }

    /// The datapaths that every policy here that only some enforce agrees on; `None` where there
    /// is none such, or they do not agree.
    pub(super) fn only_datapaths(&self) -> Option<&'static [Datapath]> {
        let mut sets = self.narrow.keys();
        let first = *sets.next()?;
        sets.next().is_none().then_some(first)
    }

    /// The objects that ask for namespaces by labels.
    pub fn asking_for_namespaces(&self) -> Vec<&Arc<Object>> {
        self.objects_of(self.namespace_askers.members(&()))
    }

    /// The sets of addresses that policies choose by labels.
    pub(super) fn network_sets(&self) -> Vec<&Arc<Object>> {
        self.objects_of(self.sets.members(&()))
    }

    /// Every object but the pods that something owns, in no telling order.
    pub fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.values()
    }

    /// The objects of these identities, by kind, namespace and name.
    pub(super) fn objects_of(&self, identities: impl Iterator<Item = Id>) -> Vec<&Arc<Object>> {
        let mut objects: Vec<_> = identities.filter_map(|id| self.objects.get(&id)).collect();
        objects.sort_by_key(|object| (object.meta.kind, &object.meta.reference));
        objects
    }

    #[cfg(test)]
    pub(super) fn has_the_same_objects(&self, other: &Self) -> bool {
        self.objects == other.objects
    }

    /// How many objects there are, pods included.
    pub fn len(&self) -> usize {
        self.objects.len() + self.pods.len()
    }

    /// How many objects there are in a namespace, pods included.
    pub fn len_in(&self, namespace: &str) -> usize {
        let others = self.objects.values();
        let others = others.filter(|object| object.meta.namespace() == namespace);
        others.count() + self.pods.len_in(namespace)
    }

    /// Whether there is no object.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a Change replaces or deletes this root, so that its live pods count no more.
    pub(super) fn is_withdrawn(&self, root: Id) -> bool {
        self.withdrawn.contains_key(&root)
    }
}

/// Whether some datapaths do not enforce a policy.
fn is_narrow(policy: &Policy) -> bool {
    policy.datapaths != Datapath::ENFORCING
}

/// The labels of every pod template of an object.
fn template_labels(object: &Object) -> impl Iterator<Item = &Labels> {
    let workload = match &object.body {
        Body::Workload(workload) => Some(workload),
        _ => None,
    };
    workload
        .into_iter()
        .flat_map(|workload| workload.templates())
        .map(|template| &*template.labels)
}

/// Whether the live pods of a Workload stay when it becomes `after`.
fn keeps_pods(workload: &Workload, after: Option<&Object>) -> bool {
    match after.map(|object| &object.body) {
        Some(Body::Workload(after)) => {
            after.template == workload.template && after.more == workload.more
        }
        _ => false,
    }
}
