//! What texts mention: numbers that could be ports, and Services by their names.

use std::collections::BTreeSet;

use crate::finding::FieldPath;

/// Numbers and names that texts mention: weak evidence that a program listens or connects there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mentions {
    /// Every number that could be a port, sorted.
    pub numbers: Box<[u16]>,
    /// The Services that they name, as hosts; nothing where a template fills the name in.
    pub services: Box<[ServiceMention]>,
}

/// A host that may be a Service of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServiceMention {
    /// The Service's name.
    pub name: Box<str>,
    /// Its namespace; `None` where the name stands alone, which leads to the pod's own.
    pub namespace: Option<Box<str>>,
    /// The port, where it is written.
    pub port: Option<u16>,
    /// Whether the name says that it is a Service's: `name.namespace.svc`.
    pub is_full: bool,
    /// Whether the name of one pod stands before it: `web-0.web.shop.svc`.
    pub of_pod: bool,
    /// Where the text stands: within the pod, or in the object that is no pod.
    pub at: FieldPath,
    /// The text, where it is short and a patch may replace it.
    pub text: Option<Box<str>>,
    /// Where in the text the host ends, and the colon of the port stands.
    pub end: usize,
}

impl Mentions {
    /// The Services that are named, each once: namespace, where it is written, and name.
    pub fn services(&self) -> BTreeSet<(Option<&str>, &str)> {
        let names = self.services.iter();
        names
            .map(|it| (it.namespace.as_deref(), &*it.name))
            .collect()
    }

    /// Whether `number` is mentioned.
    pub fn number(&self, number: u16) -> bool {
        self.numbers.binary_search(&number).is_ok()
    }
}
