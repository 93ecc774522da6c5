//! What an object asks the rest of the cluster for, so that a Change can find whom it concerns.

use std::sync::Arc;

use super::{AccountRef, Binding, Body, Key, Kind, Meta, Object, Workload};
use crate::labels::Selector;
use crate::policy::{Namespaces, Peer, Peers, Policy};

/// One question that the rules of an object put to the rest of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// One object by name.
    Named(Key),
    /// Pods by labels.
    Pods {
        /// The namespace; `None` is every namespace.
        namespace: Option<Arc<str>>,
        /// Which pods there.
        selector: Selector,
    },
    /// Namespaces by labels.
    Namespaces(Selector),
}

/// Everything that `object` asks for.
pub fn asks(object: &Object) -> Vec<Ask> {
    let home = Home(&object.meta);
    match &object.body {
        Body::Service(service) if service.selects.is_empty() => Vec::new(),
        Body::Service(service) => vec![home.pods(&service.selects)],
        Body::EndpointSlice(slice) => slice
            .service
            .iter()
            .map(|name| home.named(Kind::Service, None, name))
            .collect(),
        Body::Workload(workload) => of_workload(home, workload),
        Body::Policy(policies) => policies
            .iter()
            .flat_map(|policy| of_policy(home, policy))
            .collect(),
        Body::Binding(binding) => of_binding(home, binding),
        Body::Route(route) => route
            .backends
            .iter()
            .map(|backend| {
                home.named(
                    Kind::Service,
                    backend.namespace.as_deref(),
                    &backend.service,
                )
            })
            .collect(),
        Body::Namespace
        | Body::Node(_)
        | Body::ServiceAccount(_)
        | Body::Role(_)
        | Body::ConfigMap(_)
        | Body::Opaque => Vec::new(),
    }
}

/// Where names without a namespace are looked up: beside the object that says them.
#[derive(Clone, Copy)]
struct Home<'a>(&'a Meta);

impl Home<'_> {
    fn namespace(self) -> Arc<str> {
        self.0
            .reference
            .namespace
            .clone()
            .unwrap_or_else(|| "".into())
    }

    fn named(self, kind: Kind, namespace: Option<&str>, name: &str) -> Ask {
        Ask::Named(Key::new(
            kind,
            namespace.map_or_else(|| self.namespace(), Into::into),
            name,
        ))
    }

    fn pods(self, selector: &Selector) -> Ask {
        Ask::Pods {
            namespace: Some(self.namespace()),
            selector: selector.clone(),
        }
    }
}

/// A Workload asks for its owner, its account and what it mounts.
fn of_workload(home: Home<'_>, workload: &Workload) -> Vec<Ask> {
    let owner = home.0.owner.iter().map(|owner| {
        let namespace = home.0.reference.namespace.as_ref();
        Ask::Named(Key::of(
            &owner.api_version,
            &owner.kind,
            namespace,
            &owner.name,
        ))
    });
    let mut asks: Vec<Ask> = owner.collect();
    for spec in workload.templates().map(|template| &template.spec) {
        let maps = spec
            .config_maps
            .iter()
            .map(|name| home.named(Kind::ConfigMap, None, name));
        for ask in [home.named(Kind::ServiceAccount, None, spec.account())]
            .into_iter()
            .chain(maps)
        {
            if !asks.contains(&ask) {
                asks.push(ask);
            }
        }
    }
    asks
}

/// A policy asks for the pods it applies to, and for the namespaces that it and its peers choose.
fn of_policy(home: Home<'_>, policy: &Policy) -> Vec<Ask> {
    let pods = match &policy.subject.namespaces {
        Namespaces::Own => home.pods(&policy.subject.pods),
        Namespaces::Matching(_) => Ask::Pods {
            namespace: None,
            selector: policy.subject.pods.clone(),
        },
    };
    let namespaces = namespace_selectors(policy).cloned().map(Ask::Namespaces);
    [pods].into_iter().chain(namespaces).collect()
}

/// A binding asks for its role and for the accounts that it names.
fn of_binding(home: Home<'_>, binding: &Binding) -> Vec<Ask> {
    let role = if binding.role.cluster {
        Ask::Named(Key::new(Kind::ClusterRole, "", &*binding.role.name))
    } else {
        home.named(Kind::Role, None, &binding.role.name)
    };
    let accounts = binding.subjects.iter().filter_map(|subject| match subject {
        AccountRef::One { namespace, name } => {
            Some(home.named(Kind::ServiceAccount, namespace.as_deref(), name))
        }
        AccountRef::InNamespace(_) | AccountRef::All => None,
    });
    [role].into_iter().chain(accounts).collect()
}

/// Every selector over namespaces in a policy, its subject's and its peers'.
fn namespace_selectors(policy: &Policy) -> impl Iterator<Item = &Selector> {
    let peers = policy
        .ingress
        .iter()
        .chain(&policy.egress)
        .filter_map(|rule| match &rule.peers {
            Peers::OneOf(peers) => Some(peers),
            Peers::Any => None,
        });
    let sets = peers.flatten().filter_map(|peer| match peer {
        Peer::Pods(set) => Some(set),
        Peer::Net { .. } => None,
    });
    [&policy.subject]
        .into_iter()
        .chain(sets)
        .filter_map(|set| match &set.namespaces {
            Namespaces::Matching(selector) => Some(selector),
            Namespaces::Own => None,
        })
}
