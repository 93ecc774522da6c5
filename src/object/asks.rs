//! What an object asks the rest of the cluster for, so that a Change can find whom it concerns.

use std::sync::Arc;

use super::{AccountRef, Body, Key, Kind, Object, PodSpec};
use crate::labels::Selector;
use crate::policy::Namespaces;

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
    let namespace = object
        .meta
        .reference
        .namespace
        .clone()
        .unwrap_or_else(|| "".into());
    let named = |kind, ns: Option<&str>, name: &str| {
        Ask::Named(Key::new(
            kind,
            ns.map_or_else(|| namespace.clone(), Into::into),
            name,
        ))
    };
    match &object.body {
        Body::Service(service) if service.selects.is_empty() => Vec::new(),
        Body::Service(service) => {
            vec![Ask::Pods {
                namespace: Some(namespace),
                selector: service.selects.clone(),
            }]
        }
        Body::EndpointSlice(slice) => slice
            .service
            .iter()
            .map(|name| named(Kind::Service, None, name))
            .collect(),
        Body::Workload(workload) => {
            let templates = [&workload.template].into_iter().chain(&workload.more);
            let of_one = |spec: &PodSpec| {
                let maps = spec.config_maps.iter();
                let maps = maps.map(|name| named(Kind::ConfigMap, None, name));
                let account = named(Kind::ServiceAccount, None, spec.account());
                [account].into_iter().chain(maps).collect::<Vec<_>>()
            };
            let mut asks: Vec<Ask> = Vec::new();
            for ask in templates.flat_map(|template| of_one(&template.spec)) {
                if !asks.contains(&ask) {
                    asks.push(ask);
                }
            }
            asks
        }
        Body::Policy(policy) => match &policy.subject.namespaces {
            Namespaces::Own => {
                vec![Ask::Pods {
                    namespace: Some(namespace),
                    selector: policy.subject.pods.clone(),
                }]
            }
            Namespaces::Matching(_) => {
                vec![Ask::Pods {
                    namespace: None,
                    selector: policy.subject.pods.clone(),
                }]
            }
        }
        .into_iter()
        .chain(namespace_selectors(policy).cloned().map(Ask::Namespaces))
        .collect(),
        Body::Binding(binding) => {
            let role = if binding.role.cluster {
                Ask::Named(Key::new(Kind::ClusterRole, "", &*binding.role.name))
            } else {
                named(Kind::Role, None, &binding.role.name)
            };
            let accounts = binding.subjects.iter().filter_map(|subject| match subject {
                AccountRef::One { namespace, name } => {
                    Some(named(Kind::ServiceAccount, namespace.as_deref(), name))
                }
                AccountRef::InNamespace(_) | AccountRef::All => None,
            });
            [role].into_iter().chain(accounts).collect()
        }
        Body::Route(route) => route
            .backends
            .iter()
            .map(|backend| {
                named(
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

/// Every selector over namespaces in a policy, its subject's and its peers'.
fn namespace_selectors(policy: &crate::policy::Policy) -> impl Iterator<Item = &Selector> {
    let peers = policy
        .ingress
        .iter()
        .chain(&policy.egress)
        .filter_map(|rule| match &rule.peers {
            crate::policy::Peers::OneOf(peers) => Some(peers),
            crate::policy::Peers::Any => None,
        });
    let sets = peers.flatten().filter_map(|peer| match peer {
        crate::policy::Peer::Pods(set) => Some(set),
        crate::policy::Peer::Net { .. } => None,
    });
    [&policy.subject]
        .into_iter()
        .chain(sets)
        .filter_map(|set| match &set.namespaces {
            Namespaces::Matching(selector) => Some(selector),
            Namespaces::Own => None,
        })
}
