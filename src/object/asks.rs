//! What an object asks the rest of the cluster for, so that a Change can find whom it concerns.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{AccountRef, Binding, Body, Key, Kind, Mentions, Meta, Object, Route, Workload};
use crate::labels::Selector;
use crate::policy::{Namespaces, Peer, Policy, Services, Sets, Tier};

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
    /// Pods by labels as the other side of traffic, where it asks for some of a namespace only.
    Peers {
        /// The namespace; `None` is every namespace.
        namespace: Option<Arc<str>>,
        /// Which pods there.
        selector: Selector,
    },
    /// Namespaces by labels.
    Namespaces(Selector),
}

/// Pods that an object looks for by their labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sought<'a> {
    /// The namespace; `None` is every namespace.
    pub namespace: Option<&'a str>,
    /// Which pods there.
    pub selector: &'a Selector,
    /// Whether they are the other side of traffic only.
    pub as_peers: bool,
}

/// The pods that `object` looks for by their labels.
pub fn sought(object: &Object) -> Vec<Sought<'_>> {
    let own = object.meta.namespace();
    match &object.body {
        Body::Service(service) if service.selects.is_empty() => Vec::new(),
        Body::Service(service) => vec![Sought {
            namespace: Some(own),
            selector: &service.selects,
            as_peers: false,
        }],
        Body::Policy(policies) => policies
            .iter()
            .flat_map(|policy| sought_by(policy, own))
            .collect(),
        _ => Vec::new(),
    }
}

/// The pods that a policy of a namespace applies to, and those that its peers choose by labels.
fn sought_by<'a>(policy: &'a Policy, own: &'a str) -> impl Iterator<Item = Sought<'a>> {
    let subject = [(&policy.subject, false)].into_iter();
    let peers = peers(policy).filter_map(|peer| match peer {
        Peer::Pods { set, .. } if set.chooses_by_labels() => Some((set, true)),
        _ => None,
    });
    subject.chain(peers).flat_map(move |(set, as_peers)| {
        let places = match set.named_namespaces(own) {
            Some(names) => names.into_iter().map(Some).collect(),
            None => vec![None],
        };
        places.into_iter().map(move |namespace| Sought {
            namespace,
            selector: &set.pods,
            as_peers,
        })
    })
}

/// Everything that `object` asks for.
pub fn asks(object: &Object) -> Vec<Ask> {
    let home = Home(&object.meta);
    match &object.body {
        Body::Service(_) => pods(object).collect(),
        Body::EndpointSlice(slice) => slice
            .service
            .iter()
            .map(|name| home.named(Kind::Service, None, name))
            .collect(),
        Body::Workload(workload) => of_workload(home, workload),
        Body::Policy(policies) => pods(object)
            .chain(policies.iter().flat_map(|policy| of_policy(home, policy)))
            .collect(),
        Body::Binding(binding) => of_binding(home, binding),
        Body::ConfigMap(map) => home.services(&map.mentions).collect(),
        Body::Callback(callback) => callback
            .calls
            .iter()
            .map(|call| home.named(Kind::Service, Some(&call.namespace), &call.service))
            .collect(),
        Body::Route(route) => of_route(home, route),
        Body::Namespace
        | Body::Node(_)
        | Body::ServiceAccount(_)
        | Body::Role(_)
        | Body::TierOrder(_)
        | Body::NetworkSet(_)
        | Body::ReferenceGrant(_)
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

    /// The Services that texts name.
    fn services(self, mentions: &Mentions) -> impl Iterator<Item = Ask> {
        let named = move |(namespace, name)| self.named(Kind::Service, namespace, name);
        mentions.services().into_iter().map(named)
    }
}

/// The pods that an object looks for, as questions.
fn pods(object: &Object) -> impl Iterator<Item = Ask> {
    sought(object).into_iter().map(|sought| {
        let namespace = sought.namespace.map(Arc::from);
        let selector = sought.selector.clone();
        if sought.as_peers {
            Ask::Peers {
                namespace,
                selector,
            }
        } else {
            Ask::Pods {
                namespace,
                selector,
            }
        }
    })
}

/// A Workload asks for its owner, its account, what it mounts, and the Services that it names.
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
        let services = spec
            .containers
            .iter()
            .flat_map(|container| home.services(&container.mentions));
        for ask in [home.named(Kind::ServiceAccount, None, spec.account())]
            .into_iter()
            .chain(maps)
            .chain(services)
        {
            if !asks.contains(&ask) {
                asks.push(ask);
            }
        }
    }
    asks
}

/// A route asks for its backends, and by an empty name for any Service beside them: one may be
/// what it means.
fn of_route(home: Home<'_>, route: &Route) -> Vec<Ask> {
    let asked = route.backends.iter().flat_map(|backend| {
        let namespace = backend.namespace.as_deref();
        let named = [&*backend.service, ""].map(|name| (Kind::Service, namespace, name));
        // What another namespace has takes its leave, whichever object gives it.
        let leave = namespace.map(|_| (Kind::ReferenceGrant, namespace, ""));
        named.into_iter().chain(leave)
    });
    // There may be very many paths to few Services.
    let asked: BTreeSet<_> = asked.collect();
    asked
        .into_iter()
        .map(|(kind, namespace, name)| home.named(kind, namespace, name))
        .collect()
}

/// A policy asks for the namespaces that it and its peers choose, and for what it names.
fn of_policy(home: Home<'_>, policy: &Policy) -> Vec<Ask> {
    let namespaces = namespace_selectors(policy).cloned().map(Ask::Namespaces);
    namespaces.chain(references(home, policy)).collect()
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
    let namespaces = peers(policy).filter_map(|peer| match peer {
        Peer::Pods { set, .. } => Some(&set.namespaces),
        Peer::Sets {
            which: Sets::In { namespaces, .. },
            ..
        } => Some(namespaces),
        _ => None,
    });
    [&policy.subject.namespaces]
        .into_iter()
        .chain(namespaces)
        .filter_map(|namespaces| match namespaces {
            Namespaces::Matching(selector) => Some(selector),
            Namespaces::Own => None,
        })
}

/// Every peer of a policy's rules.
fn peers(policy: &Policy) -> impl Iterator<Item = &Peer> {
    let rules = policy.ingress.iter().chain(&policy.egress);
    rules.flat_map(|rule| rule.peers.every())
}

/// A group of blocks by its name; by an empty one any of them.
fn group(name: &Arc<str>) -> Ask {
    Ask::Named(Key::new(Kind::CiliumCidrGroup, "", name.clone()))
}

/// The objects that tell what a policy refers to by name.
fn references(home: Home<'_>, policy: &Policy) -> Vec<Ask> {
    let tier = match &policy.tier {
        Tier::Named(name) => Some(Ask::Named(Key::new(Kind::Tier, "", name.clone()))),
        Tier::At(_) => None,
    };
    let others = peers(policy).filter_map(|peer| match peer {
        Peer::Service { namespace, name } => {
            Some(home.named(Kind::Service, namespace.as_deref(), name))
        }
        Peer::Backends {
            which: Services::Named(name),
            namespace: Some(namespace),
        } => Some(home.named(Kind::Service, Some(namespace), name)),
        Peer::Sets {
            which: Sets::Group(name),
            ..
        } => Some(group(name)),
        // Whichever has the labels.
        Peer::Sets {
            which: Sets::Groups(_),
            ..
        } => Some(group(&"".into())),
        _ => None,
    });
    tier.into_iter().chain(others).collect()
}
