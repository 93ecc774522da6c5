//! `source` and `destination` of a rule: every field is one more thing that must hold.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Form;
use super::selectors::{self, OfNamespaces};
use super::spec::{Accounts, Entity, ServiceEntry};
use crate::finding::FieldPath;
use crate::labels::{Requirement, Selector, Test};
use crate::policy::from::selector::Problems;
use crate::policy::{ACCOUNT, Namespaces, Peer, Peers, Plain, PodSet, Sets};
use crate::text::Word;

/// Which end of a connection an entity is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// That of the pods that the policy applies to.
    Own,
    /// The other one, as the source.
    Source,
    /// The other one, as the destination.
    Destination,
}

/// What must hold of one end of a connection, all of it.
pub(super) fn translate(
    entity: &Entity<'_>,
    (form, end): (Form, End),
    at: &FieldPath,
    problems: &mut Problems,
) -> Vec<Peers> {
    let nets = entity.nets.as_deref().unwrap_or_default();
    let not_nets = entity.not_nets.as_deref().unwrap_or_default();
    let mut all = Vec::new();
    if !nets.is_empty() {
        all.push(within(blocks(nets, &at.join("nets"), problems)));
    }
    if !not_nets.is_empty() {
        let before = problems.len();
        let nets = blocks(not_nets, &at.join("notNets"), problems);
        all.push(if problems.len() == before {
            not(within(nets))
        } else {
            // Were a bad exception forgotten the rule would match more than was meant.
            Peers::OneOf(Vec::new())
        });
    }
    all.extend(endpoints(entity, form, at, problems));
    let unwanted = entity.not_selector.as_deref().unwrap_or_default();
    if !unwanted.is_empty() {
        let before = problems.len();
        let selector = selectors::pods(unwanted, &at.join("notSelector"), problems);
        let everywhere = Namespaces::Matching(Selector::default());
        all.push(if problems.len() == before {
            not(chosen(everywhere, true, &selector, &at.join("notSelector")))
        } else {
            Peers::OneOf(Vec::new())
        });
    }
    if let Some(service) = &entity.services {
        all.push(of_service(service, entity, (form, end), at, problems));
    }
    all
}

/// Endpoints by labels, namespace and account: those of the policy's own namespace as soon as
/// anything is asked of them and no other namespace is named.
fn endpoints(
    entity: &Entity<'_>,
    form: Form,
    at: &FieldPath,
    problems: &mut Problems,
) -> Option<Peers> {
    let text = entity.selector.as_deref().unwrap_or_default();
    let namespace = entity.namespace_selector.as_deref().unwrap_or_default();
    let unwanted = entity.not_selector.as_deref().unwrap_or_default();
    let mut selector = selectors::pods(text, &at.join("selector"), problems);
    let mut asked = !text.is_empty() || (!unwanted.is_empty() && !form.global);
    if let Some(accounts) = &entity.service_accounts {
        let of_accounts = self::accounts(accounts, &at.join("serviceAccounts"), problems);
        asked |= !of_accounts.is_empty();
        selector = selector.and(of_accounts);
    }
    if namespace.is_empty() {
        let (namespaces, global) = if form.global {
            (Namespaces::Matching(Selector::default()), true)
        } else {
            (Namespaces::Own, false)
        };
        return asked.then(|| chosen(namespaces, global, &selector, at));
    }
    let OfNamespaces { pods, global } =
        selectors::namespaces(namespace, &at.join("namespaceSelector"), problems);
    Some(chosen(Namespaces::Matching(pods), global, &selector, at))
}

/// Pods and sets of addresses that a selector means.
fn chosen(namespaces: Namespaces, global: bool, labels: &Selector, at: &FieldPath) -> Peers {
    let mut peers = vec![
        Peer::Pods {
            set: PodSet {
                asks_for_pods: false,
                namespaces: namespaces.clone(),
                pods: labels.clone(),
                plain: Plain::default(),
            }
            .sorted(),
            at: at.clone(),
        },
        Peer::Sets {
            which: Sets::In {
                namespaces,
                labels: labels.clone(),
            },
            except: Vec::new(),
        },
    ];
    if global {
        peers.push(Peer::Sets {
            which: Sets::Global(labels.clone()),
            except: Vec::new(),
        });
    }
    Peers::OneOf(peers)
}

fn accounts(accounts: &Accounts<'_>, at: &FieldPath, problems: &mut Problems) -> Selector {
    let text = accounts.selector.as_deref().unwrap_or_default();
    let by_labels = selectors::accounts(text, &at.join("selector"), problems);
    let names = accounts.names.as_deref().unwrap_or_default();
    if names.is_empty() {
        return by_labels;
    }
    let by_name = Requirement {
        key: ACCOUNT.into(),
        test: Test::In(names.iter().map(|name| (&**name).into()).collect()),
    };
    by_labels.and(by_name.into())
}

fn of_service(
    service: &ServiceEntry<'_>,
    entity: &Entity<'_>,
    (form, end): (Form, End),
    at: &FieldPath,
    problems: &mut Problems,
) -> Peers {
    let name = service.name.as_deref().unwrap_or_default();
    let namespace = service.namespace.as_deref().filter(|it| !it.is_empty());
    let others = [
        &entity.selector,
        &entity.not_selector,
        &entity.namespace_selector,
    ];
    let lists = [&entity.nets, &entity.not_nets];
    let ports = [&entity.ports, &entity.not_ports].into_iter();
    let mut ports = ports.filter(|_| end == End::Destination).flatten();
    let filled = others.into_iter().flatten().any(|it| !it.is_empty())
        || lists.into_iter().flatten().any(|it| !it.is_empty())
        || entity.service_accounts.is_some();
    let at = at.join("services");
    let wrong = if name.is_empty() {
        Some("services needs a name")
    } else if filled {
        Some("services cannot stand beside selectors, nets or serviceAccounts")
    } else if ports.any(|it| !it.is_empty()) {
        Some("ports cannot stand beside services, which have their own")
    } else if end == End::Own {
        Some("services stand at the other end only: as source of ingress, as destination of egress")
    } else if namespace.is_none() && form.global {
        Some("services of a global policy needs a namespace")
    } else {
        None
    };
    if let Some(wrong) = wrong {
        problems.push((at, wrong.to_owned()));
        return Peers::OneOf(Vec::new());
    }
    Peers::OneOf(vec![Peer::Service {
        namespace: namespace.map(Into::into),
        name: name.into(),
    }])
}

/// Blocks of addresses, those left out that are none.
pub(super) fn blocks(words: &[Word<'_>], at: &FieldPath, problems: &mut Problems) -> Vec<IpNet> {
    let mut nets = Vec::new();
    for (index, text) in words.iter().enumerate() {
        let single = || text.parse::<IpAddr>().ok().map(IpNet::from);
        if let Some(net) = text.parse::<IpNet>().ok().or_else(single) {
            nets.push(net.trunc());
        } else {
            let wrong = format!("{:?} is neither an address nor a CIDR block", &**text);
            problems.push((at.index(index), wrong));
        }
    }
    nets
}

/// Addresses in one of these blocks.
pub(super) fn within(nets: Vec<IpNet>) -> Peers {
    let peers = nets.into_iter().map(|net| Peer::Net {
        net,
        except: Vec::new(),
    });
    Peers::OneOf(peers.collect())
}

fn not(peers: Peers) -> Peers {
    Peers::OneOf(vec![Peer::Not(Box::new(peers))])
}
