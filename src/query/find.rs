//! From the words of a question to the member that they mean, or why they mean none.

use super::directory::within;
use super::unfound::Unfound;
use super::{Directory, Member, word};
use crate::cluster::View;
use crate::labels::near_name;
use crate::object::{Kind, Meta, Of, Service, ServicePort, Workload, row_of};

/// The words for one end of a question, taken apart.
#[derive(Clone, Copy, Debug)]
struct Words<'w> {
    namespace: Option<&'w str>,
    kind: Option<&'w str>,
    name: &'w str,
}

impl<'a> Directory<'a> {
    /// Who is meant by the words for whom a Flow starts from; `namespace` is that of names
    /// without one.
    pub fn source(&self, words: &str, namespace: Option<&str>) -> Result<Member<'a>, Unfound> {
        match self.destination(words, namespace)? {
            Member::Service(service, _) => Err(Unfound::Unfit(format!(
                "{} opens no connections; ask for the pods behind it",
                service.meta
            ))),
            Member::ApiServer | Member::Dns => Err(Unfound::Unfit(format!(
                "{words} cannot be whom a flow starts from, only whom it leads to"
            ))),
            member => Ok(member),
        }
    }

    /// Who is meant by the words for whom a Flow leads to.
    pub fn destination(&self, words: &str, namespace: Option<&str>) -> Result<Member<'a>, Unfound> {
        if let Some(member) = Member::of_word(words) {
            return Ok(member);
        }
        let apart = self.apart(words).ok_or_else(|| {
            Unfound::Unfit(format!(
                "{words} is none of NAME, NS/NAME, deploy/NAME, NS/deploy/NAME, svc/NAME:PORT, \
                 an address, apiserver, dns, world"
            ))
        })?;
        let apart = Words {
            namespace: apart.namespace.or(namespace),
            ..apart
        };
        match apart.kind.and_then(word::kind) {
            Some(Kind::Service) => self.port_of_service(&apart),
            _ => self.workload(&apart).map(Member::Pods),
        }
    }

    /// The Workload that a live pod counts for, where words name one that something owns, and what
    /// that pod is called.
    pub fn by_pod(
        &self,
        words: &str,
        namespace: Option<&str>,
        view: View<'a>,
    ) -> Option<(Member<'a>, String)> {
        let words = self.apart(words)?;
        if words
            .kind
            .is_some_and(|kind| word::kind(kind) != Some(Kind::Pod))
        {
            return None;
        }
        let there = match words.namespace.or(namespace) {
            Some(namespace) => vec![namespace],
            None => view.namespaces_with_workloads(),
        };
        let found = there.into_iter().filter_map(|namespace| {
            let workload = view.workload_of_pod(namespace, words.name)?;
            Some((Member::Pods(workload), within(namespace, words.name)))
        });
        let found: Vec<_> = found.collect();
        match <[_; 1]>::try_from(found) {
            Ok([one]) => Some(one),
            Err(_) => None,
        }
    }

    /// `NAME`, `NS/NAME`, `KIND/NAME` or `NS/KIND/NAME`.
    fn apart<'w>(&self, words: &'w str) -> Option<Words<'w>> {
        let parts: Vec<&str> = words.split('/').collect();
        if parts.iter().any(|part| part.is_empty()) {
            return None;
        }
        let (namespace, kind, name) = match *parts.as_slice() {
            [name] => (None, None, name),
            [kind, name] if self.is_kind(kind, name) => (None, Some(kind), name),
            [namespace, name] => (Some(namespace), None, name),
            [namespace, kind, name] => (Some(namespace), Some(kind), name),
            _ => return None,
        };
        Some(Words {
            namespace,
            kind,
            name,
        })
    }

    /// Whether a word before a name is a kind and no namespace: kinds of custom resources are
    /// known only from those that are there.
    fn is_kind(&self, word: &str, name: &str) -> bool {
        let mut called = self.called(name).iter();
        word::kind(word).is_some()
            || (called.any(|it| word::means(word, it.meta))
                && !called.any(|it| it.meta.namespace() == word))
    }

    fn workload(&self, words: &Words<'_>) -> Result<Of<'a, Workload>, Unfound> {
        let fits = |it: &&Of<'a, Workload>| {
            words.may_be_in(it.meta.namespace())
                && words.kind.is_none_or(|kind| word::means(kind, it.meta))
        };
        let among =
            |all: &[Of<'a, Workload>]| -> Vec<_> { all.iter().filter(fits).copied().collect() };
        let mut found = among(self.called(words.name));
        if found.is_empty() {
            found = among(self.owned(words.name));
        }
        match *found.as_slice() {
            [one] => Ok(one),
            [] => Err(self.no_workload(words)),
            _ => Err(Unfound::Several {
                name: words.name.to_owned(),
                candidates: found
                    .iter()
                    .map(|it| self.name(&Member::Pods(*it)))
                    .collect(),
            }),
        }
    }

    fn no_workload(&self, words: &Words<'_>) -> Unfound {
        let what = match words.kind {
            Some(word) => match word::kind(word) {
                Some(kind) => format!("no {}", title(kind)),
                None => format!("no {word}"),
            },
            None => "no pod or Workload".to_owned(),
        };
        let fits =
            |it: &&Of<'a, Workload>| words.kind.is_none_or(|kind| word::means(kind, it.meta));
        let metas: Vec<_> = self
            .workloads()
            .iter()
            .filter(fits)
            .map(|it| it.meta)
            .collect();
        let meant = words.nearest(&metas).and_then(|meta| {
            let all = self.called(meta.name()).iter();
            let mut same = all.filter(|it| it.meta.reference == meta.reference);
            same.next().map(|it| self.name(&Member::Pods(*it)))
        });
        words.nobody(what, meant)
    }

    fn port_of_service(&self, words: &Words<'_>) -> Result<Member<'a>, Unfound> {
        let (name, port) = match words.name.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (words.name, None),
        };
        let words = Words { name, ..*words };
        let there = |it: &&Of<'a, Service>| words.may_be_in(it.meta.namespace());
        let called = self.services_called(name).iter();
        let found: Vec<Of<'a, Service>> = called.filter(there).copied().collect();
        match *found.as_slice() {
            [service] => port_of(service, port).map(|port| Member::Service(service, port)),
            [] => {
                let metas: Vec<_> = self.services().map(|it| it.meta).collect();
                let meant = words.nearest(&metas).map(service_name);
                Err(words.nobody("no Service".to_owned(), meant))
            }
            _ => Err(Unfound::Several {
                name: format!("{}/{name}", word::SERVICE),
                candidates: found.iter().map(|it| service_name(it.meta)).collect(),
            }),
        }
    }
}

impl Words<'_> {
    fn may_be_in(&self, namespace: &str) -> bool {
        self.namespace.is_none_or(|it| it == namespace)
    }

    /// What may have been meant: a name there that is near, or this one somewhere else.
    fn nearest<'m>(&self, all: &[&'m Meta]) -> Option<&'m Meta> {
        let there = || all.iter().filter(|it| self.may_be_in(it.namespace()));
        let near = near_name(self.name, there().map(|it| it.name()));
        let mut meant = there().filter(|it| Some(it.name()) == near);
        let mut elsewhere = all.iter().filter(|it| it.name() == self.name);
        meant.next().or_else(|| elsewhere.next()).copied()
    }

    fn nobody(&self, what: String, meant: Option<String>) -> Unfound {
        Unfound::Nobody {
            what,
            name: self.name.to_owned(),
            namespace: self.namespace.map(ToOwned::to_owned),
            meant,
        }
    }
}

/// `shop/svc/web`.
fn service_name(meta: &Meta) -> String {
    within(
        meta.namespace(),
        &format!("{}/{}", word::SERVICE, meta.name()),
    )
}

/// `Deployment`.
fn title(kind: Kind) -> &'static str {
    row_of(kind).map_or("object", |row| row.name)
}

/// The port of a Service that a word means: its number or its name; without a word its only one.
fn port_of<'a>(service: Of<'a, Service>, port: Option<&str>) -> Result<&'a ServicePort, Unfound> {
    let ports = &service.body.ports;
    let found = match (port, ports.as_slice()) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(word), _) => ports
            .iter()
            .find(|port| port.name.as_deref() == Some(word) || word.parse() == Ok(port.port)),
    };
    found.ok_or_else(|| {
        let meta = service.meta;
        let all: Vec<String> = ports.iter().map(port_in_words).collect();
        Unfound::Unfit(match (port, all.as_slice()) {
            (_, []) => format!("{meta} has no port"),
            (None, all) => format!(
                "{meta} has several ports; say which as {}/{}:PORT: {}",
                word::SERVICE,
                meta.name(),
                all.join(", ")
            ),
            (Some(port), all) => format!("{meta} has no port {port}; it has {}", all.join(", ")),
        })
    })
}

/// `80 (http)`.
fn port_in_words(port: &ServicePort) -> String {
    match &port.name {
        Some(name) => format!("{} ({name})", port.port),
        None => port.port.to_string(),
    }
}
