//! Read-only questions over a Store.

mod workloads;

use std::sync::Arc;

pub use workloads::Matches;

use super::by_labels::BySelector;
use super::hash::Id;
use super::per_pod::fits;
use super::{Answer, Completeness, Knowledge, Known, Store};
use crate::labels::{Labels, Selector};
use crate::object::{Key, Kind, NetworkSet, Object, Of, Service, Typed};
use crate::policy::{
    ACCOUNT, Datapath, NAMESPACE_NAME_LABEL, Namespaces, OF_ACCOUNT, OF_NAMESPACE, Policy,
};

/// Read-only questions over a [`Store`], with what is known of the cluster beside its objects.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    store: &'a Store,
    knowledge: &'a Knowledge,
}

impl<'a> View<'a> {
    /// A View of `store`.
    pub fn new(store: &'a Store, knowledge: &'a Knowledge) -> Self {
        Self { store, knowledge }
    }

    /// What is known of the cluster beside its objects.
    pub fn knowledge(self) -> &'a Knowledge {
        self.knowledge
    }

    /// The datapaths in question: the known one; where none is known those that enforce every
    /// policy in view, as policies of one network plugin tell that it is there; or else every one
    /// that enforces policies. Empty where nothing enforces them.
    pub fn datapaths(self) -> &'a [Datapath] {
        match (self.knowledge.datapath, self.store.only_datapaths()) {
            (None, Some(only)) => only,
            _ => self.knowledge.datapaths(),
        }
    }

    /// The object of a kind by name; an empty namespace for cluster-scoped kinds. It is
    /// [`Answer::Absent`] only where the whole kind is known.
    pub fn get<T: Typed>(self, kind: Kind, namespace: &str, name: &str) -> Answer<Of<'a, T>> {
        let found = self
            .store
            .get(&Key::new(kind, namespace, name))
            .and_then(|object| object.typed());
        match found {
            Some(found) => Answer::Found(found),
            None if self.known(kind, namespace) == Known::All => Answer::Absent,
            None => Answer::Unknown,
        }
    }

    /// Every object of a kind in a namespace, by name.
    pub fn all<T: Typed>(self, kind: Kind, namespace: &str) -> Vec<Of<'a, T>> {
        self.store
            .of_kind(kind, namespace)
            .into_iter()
            .filter_map(|object| object.typed())
            .collect()
    }

    /// Every object of a type in any namespace, by kind, namespace and name: linear in all that
    /// is known, so for what is found once.
    pub fn every<T: Typed>(self) -> Vec<Of<'a, T>> {
        let objects = self.store.objects();
        let mut found: Vec<Of<'a, T>> = objects.filter_map(|object| object.typed()).collect();
        found.sort_by_key(|it| (it.meta.kind, &it.meta.reference));
        found
    }

    /// Every object of a kind in any namespace, by namespace and name.
    pub fn everywhere<T: Typed>(self, kind: Kind) -> Vec<Of<'a, T>> {
        let objects = self.store.of_kind_everywhere(kind).into_iter();
        objects.filter_map(|object| object.typed()).collect()
    }

    /// How much of a kind is known in a namespace.
    pub fn known(self, kind: Kind, namespace: &str) -> Completeness {
        self.store.known(kind, namespace)
    }

    /// How much is known of the policies of every dialect in a namespace: of a dialect that may be
    /// there and cannot be read, the Store has a gap here.
    pub fn policies_known(self, namespace: &str) -> Completeness {
        self.known(Kind::NetworkPolicy, namespace)
    }

    /// The Services whose selector matches pods with these labels, by name. What a selector asks
    /// of labels that differ by pod is left out, as templates do not show them.
    pub fn services_of(self, namespace: &str, labels: &Labels) -> Vec<Of<'a, Service>> {
        self.selecting(namespace, labels, |service: Of<'a, Service>| {
            service.meta.namespace() == namespace && fits(&service.selects, labels)
        })
    }

    /// The policies of any dialect whose subject holds pods with these labels, or may hold them as
    /// far as the labels of their namespace are known, by kind, namespace, name and position.
    pub fn policies_of(self, namespace: &str, labels: &Labels) -> Vec<Of<'a, Policy>> {
        let selects = |policy: &Of<'a, Policy>| {
            self.may_hold(&policy.subject.pods, namespace, labels)
                && match &policy.subject.namespaces {
                    Namespaces::Own => policy.meta.namespace() == namespace,
                    Namespaces::Matching(selector) => self.may_be_in(selector, namespace),
                }
        };
        self.candidates(namespace, labels)
            .into_iter()
            .flat_map(Object::policies)
            .filter(selects)
            .collect()
    }

    /// Whether a selector over pods meets these labels, or may: what stands beside them may not be
    /// known.
    fn may_hold(self, selector: &Selector, namespace: &str, labels: &Labels) -> bool {
        if !selector.looks_beside() {
            return selector.matches(labels);
        }
        let (Ok(of_namespace) | Err(of_namespace)) = self.namespace_labels(namespace);
        let own = labels.iter().map(|(key, value)| (key.to_owned(), value));
        let above = of_namespace.iter();
        let above = above.map(|(key, value)| (format!("{OF_NAMESPACE}{key}"), value));
        let labels: Labels = own.chain(above).collect();
        selector.decide(&labels, true) != Some(false)
    }

    /// The labels of pods, with the name of their account and its labels beside them.
    pub fn with_account(self, namespace: &str, labels: &Labels, account: &str) -> Labels {
        let found = self
            .store
            .get(&Key::new(Kind::ServiceAccount, namespace, account));
        let above = found.iter().flat_map(|object| object.meta.labels.iter());
        let above = above.map(|(key, value)| (format!("{OF_ACCOUNT}{key}"), value));
        let own = labels.iter().map(|(key, value)| (key.to_owned(), value));
        own.chain(above)
            .chain([(ACCOUNT.to_owned(), account)])
            .collect()
    }

    /// The sets of addresses that policies choose by labels, by kind, namespace and name.
    pub fn network_sets(self) -> Vec<Of<'a, NetworkSet>> {
        let objects = self.store.network_sets().into_iter();
        objects.filter_map(|object| object.typed()).collect()
    }

    /// Every policy of a kind in a namespace, by name and position.
    pub fn policies(self, kind: Kind, namespace: &str) -> Vec<Of<'a, Policy>> {
        let objects = self.store.of_kind(kind, namespace).into_iter();
        objects.flat_map(|object| object.policies()).collect()
    }

    /// Whether a namespace meets a selector over namespaces, or may: of one that is not in view
    /// no more than its name is known.
    pub fn may_be_in(self, selector: &Selector, namespace: &str) -> bool {
        match self.namespace_labels(namespace) {
            Ok(labels) => selector.matches(&labels),
            Err(labels) => selector.may_match(&labels),
        }
    }

    /// The labels of a namespace, the automatic `kubernetes.io/metadata.name` among them.
    ///
    /// # Errors
    /// Where the namespace itself is not in view: then only the automatic label is sure.
    pub fn namespace_labels(self, namespace: &str) -> Result<Labels, Labels> {
        let own = self.store.get(&Key::new(Kind::Namespace, "", namespace));
        let name = |labels: &Labels| labels.with(NAMESPACE_NAME_LABEL, namespace);
        own.map(|object| name(&object.meta.labels))
            .ok_or_else(|| name(&Labels::default()))
    }

    /// The names of the namespaces that are themselves in view, in no telling order.
    pub fn namespace_names(self) -> impl Iterator<Item = &'a str> {
        let all = self.store.members_of(Kind::Namespace, "");
        all.map(|object| object.meta.name())
    }

    /// Whether a namespace that is itself in view meets a selector over namespaces.
    pub fn has_namespace(self, selector: &Selector) -> bool {
        self.namespace_names().any(|name| {
            self.namespace_labels(name)
                .is_ok_and(|labels| selector.matches(&labels))
        })
    }

    /// The objects that ask for one by name, by kind, namespace and name.
    pub fn asking_for<T: Typed>(self, kind: Kind, namespace: &str, name: &str) -> Vec<Of<'a, T>> {
        let key = Key::new(kind, namespace, name);
        self.store
            .asking_for(&key)
            .into_iter()
            .filter_map(|object| object.typed())
            .collect()
    }

    /// What may select pods with these labels and, on a closer look, does.
    fn selecting<T: Typed>(
        self,
        namespace: &str,
        labels: &Labels,
        selects: impl Fn(Of<'a, T>) -> bool,
    ) -> Vec<Of<'a, T>> {
        self.candidates(namespace, labels)
            .into_iter()
            .filter_map(Object::typed)
            .filter(|object| selects(*object))
            .collect()
    }

    /// What may select pods with these labels, each object once, by kind, namespace and name.
    fn candidates(self, namespace: &str, labels: &Labels) -> Vec<&'a Object> {
        self.of_candidates(&self.store.selectors, namespace, labels)
    }

    /// What an index has for pods with these labels, each object once, by kind, namespace and
    /// name.
    fn of_candidates(
        self,
        index: &BySelector,
        namespace: &str,
        labels: &Labels,
    ) -> Vec<&'a Object> {
        let candidates = index.candidates(&Arc::from(namespace), labels);
        let mut found: Vec<&'a Object> = candidates
            .into_iter()
            .filter_map(|identity| Some(&**self.object(identity)?))
            .collect();
        let place = |object: &&'a Object| (object.meta.kind, &object.meta.reference);
        found.sort_by(|a, b| place(a).cmp(&place(b)));
        found.dedup_by(|a, b| std::ptr::eq(*a, *b));
        found
    }

    /// The policies of whose peers some are chosen by labels that these pods have, or may have, by
    /// kind, namespace, name and position.
    pub fn policies_with_peers(self, namespace: &str, labels: &Labels) -> Vec<Of<'a, Policy>> {
        let objects = self.of_candidates(&self.store.peers, namespace, labels);
        objects.into_iter().flat_map(Object::policies).collect()
    }

    /// The objects that look for pods in a namespace and may not find them all, by kind and name.
    pub fn idle_in(self, namespace: &str) -> impl Iterator<Item = &'a Object> {
        let objects = self.store.idle_in(namespace).into_iter();
        objects.map(|object| &**object)
    }

    /// Those that look, in whatever namespace, for pods with these labels, by kind, namespace and
    /// name.
    pub fn idle_for(self, labels: &Labels) -> impl Iterator<Item = &'a Object> {
        let objects = self.store.idle_for(labels).into_iter();
        objects.map(|object| &**object)
    }

    /// The policies that look at namespaces' labels, by kind, namespace and name.
    pub fn asking_for_namespaces(self) -> Vec<Of<'a, Policy>> {
        self.store
            .asking_for_namespaces()
            .into_iter()
            .flat_map(|object| object.policies())
            .collect()
    }

    /// The policies that refer to an object by name, by kind, namespace and name.
    pub fn policies_asking_for(
        self,
        kind: Kind,
        namespace: &str,
        name: &str,
    ) -> Vec<Of<'a, Policy>> {
        let objects = self.store.asking_for(&Key::new(kind, namespace, name));
        let objects = objects.into_iter();
        objects.flat_map(|object| object.policies()).collect()
    }

    /// The object of a key, whatever its type.
    pub fn object_of(self, key: &Key) -> Option<&'a Object> {
        self.store.get(key).map(|object| &**object)
    }

    /// Whether a namespace is being deleted.
    pub fn is_terminating(self, namespace: &str) -> bool {
        self.store
            .get(&Key::new(Kind::Namespace, "", namespace))
            .is_some_and(|object| object.meta.deleting)
    }

    fn object(self, identity: Id) -> Option<&'a Arc<Object>> {
        self.store.object(identity)
    }
}
