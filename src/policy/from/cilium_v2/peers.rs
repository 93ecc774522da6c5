//! Whom a Cilium rule is about.

use super::selector::asked;
use super::spec::{CidrRule, RuleEntry, ServiceEntry};
use super::{Scope, blocks, services};
use crate::finding::FieldPath;
use crate::policy::from::selector::{LabelSelector, Problems};
use crate::policy::{Direction, Entity, Namespaces, Peer, Peers, PodSet};
use crate::text::Word;

/// The other side of a rule.
pub(super) struct Side {
    /// Who; `None` where the rule names nobody, not even an empty list.
    pub(super) peers: Option<Peers>,
    /// Why that cannot be decided, if it cannot.
    pub(super) undecidable: Option<String>,
}

/// The lists of a rule that say who is on the other side.
struct Lists<'r, 'a> {
    endpoints: (&'static str, Option<&'r [LabelSelector<'a>]>),
    cidr: (&'static str, Option<&'r [Word<'a>]>),
    cidr_set: (&'static str, Option<&'r [CidrRule<'a>]>),
    entities: (&'static str, Option<&'r [Word<'a>]>),
    nodes: (&'static str, Option<&'r [LabelSelector<'a>]>),
    /// What only a provider or a name server knows.
    elsewhere: [(&'static str, Option<usize>); 2],
    services: (&'static str, Option<&'r [ServiceEntry<'a>]>),
}

fn lists<'r, 'a>(entry: &'r RuleEntry<'a>, direction: Direction) -> Lists<'r, 'a> {
    match direction {
        Direction::Ingress => Lists {
            endpoints: ("fromEndpoints", entry.from_endpoints.as_deref()),
            cidr: ("fromCIDR", entry.from_cidr.as_deref()),
            cidr_set: ("fromCIDRSet", entry.from_cidr_set.as_deref()),
            entities: ("fromEntities", entry.from_entities.as_deref()),
            nodes: ("fromNodes", entry.from_nodes.as_deref()),
            elsewhere: [
                ("fromGroups", entry.from_groups.as_ref().map(Vec::len)),
                ("fromGroups", None),
            ],
            services: ("toServices", None),
        },
        Direction::Egress => Lists {
            endpoints: ("toEndpoints", entry.to_endpoints.as_deref()),
            cidr: ("toCIDR", entry.to_cidr.as_deref()),
            cidr_set: ("toCIDRSet", entry.to_cidr_set.as_deref()),
            entities: ("toEntities", entry.to_entities.as_deref()),
            nodes: ("toNodes", entry.to_nodes.as_deref()),
            elsewhere: [
                ("toGroups", entry.to_groups.as_ref().map(Vec::len)),
                ("toFQDNs", entry.to_fqdns.as_ref().map(Vec::len)),
            ],
            services: ("toServices", entry.to_services.as_deref()),
        },
    }
}

impl Lists<'_, '_> {
    /// How many entries each list has that is there at all.
    fn lengths(&self) -> impl Iterator<Item = usize> {
        let [groups, names] = self.elsewhere;
        [
            self.endpoints.1.map(<[_]>::len),
            self.cidr.1.map(<[_]>::len),
            self.cidr_set.1.map(<[_]>::len),
            self.entities.1.map(<[_]>::len),
            self.nodes.1.map(<[_]>::len),
            groups.1,
            names.1,
            self.services.1.map(<[_]>::len),
        ]
        .into_iter()
        .flatten()
    }
}

/// The first field of a rule that means the other direction.
pub(super) fn stray(entry: &RuleEntry<'_>, direction: Direction) -> Option<&'static str> {
    let other = match direction {
        Direction::Ingress => Direction::Egress,
        Direction::Egress => Direction::Ingress,
    };
    let lists = lists(entry, other);
    let [groups, names] = lists.elsewhere;
    [
        (lists.endpoints.0, lists.endpoints.1.is_some()),
        (lists.cidr.0, lists.cidr.1.is_some()),
        (lists.cidr_set.0, lists.cidr_set.1.is_some()),
        (lists.entities.0, lists.entities.1.is_some()),
        (lists.nodes.0, lists.nodes.1.is_some()),
        (groups.0, groups.1.is_some()),
        (names.0, names.1.is_some()),
        (lists.services.0, lists.services.1.is_some()),
    ]
    .into_iter()
    .find_map(|(name, given)| given.then_some(name))
}

/// Whom a rule is about.
pub(super) fn translate(
    entry: &RuleEntry<'_>,
    direction: Direction,
    scope: Scope,
    at: &FieldPath,
    problems: &mut Problems,
) -> Side {
    let lists = lists(entry, direction);
    if lists.lengths().count() == 0 {
        return Side {
            peers: None,
            undecidable: None,
        };
    }
    if lists.lengths().filter(|length| *length > 0).count() > 1 {
        let wrong = "one rule cannot choose its peers in more than one way";
        problems.push((at.clone(), wrong.to_owned()));
    }
    let mut found = Vec::new();
    let mut undecidable = None;
    for (index, selector) in lists.endpoints.1.iter().copied().flatten().enumerate() {
        let at = at.join(lists.endpoints.0).index(index);
        let (peer, doubt) = endpoints(selector, scope, &at, problems);
        found.push(peer);
        undecidable = undecidable.or(doubt);
    }
    for (index, text) in lists.cidr.1.iter().copied().flatten().enumerate() {
        let at = at.join(lists.cidr.0).index(index);
        found.extend(blocks::block(text, &at, problems).map(|net| Peer::Net {
            net,
            except: Vec::new(),
        }));
    }
    for (index, rule) in lists.cidr_set.1.iter().copied().flatten().enumerate() {
        let at = at.join(lists.cidr_set.0).index(index);
        undecidable = undecidable.or_else(|| blocks::unknown(rule).map(unknown));
        found.extend(blocks::set(rule, &at, problems));
    }
    let classes = lists.entities.1.unwrap_or_default();
    let classes = entities(classes, &at.join(lists.entities.0), problems);
    found.extend((!classes.is_empty()).then_some(Peer::Entities(classes)));
    for (index, selector) in lists.nodes.1.iter().copied().flatten().enumerate() {
        let at = at.join(lists.nodes.0).index(index);
        let asked = asked(selector, &at, problems);
        undecidable = undecidable.or(asked.undecidable);
        found.push(Peer::Nodes(asked.pods));
    }
    for (field, length) in lists.elsewhere {
        let why = format!("which addresses {field} stands for is not known");
        found.extend(
            length
                .filter(|it| *it > 0)
                .map(|_| Peer::Elsewhere(why.into())),
        );
    }
    for (index, entry) in lists.services.1.iter().copied().flatten().enumerate() {
        let at = at.join(lists.services.0).index(index);
        let (peer, doubt) = services::translate(entry, &at, problems);
        found.extend(peer);
        undecidable = undecidable.or(doubt);
    }
    Side {
        // What is not known may be anybody.
        peers: Some(match undecidable {
            Some(_) => Peers::Any,
            None => Peers::OneOf(found),
        }),
        undecidable,
    }
}

fn unknown(field: &str) -> String {
    format!("unknown field {field:?}")
}

fn endpoints(
    selector: &LabelSelector<'_>,
    scope: Scope,
    at: &FieldPath,
    problems: &mut Problems,
) -> (Peer, Option<String>) {
    let asked = asked(selector, at, problems);
    if !asked.entities.is_empty() {
        // Nobody is two of them, and who has such a label has no others.
        let one = asked.entities.len() == 1 && asked.pods.is_empty();
        let alone = one && asked.namespaces.is_empty();
        let entities = if alone {
            asked.entities
        } else {
            vec![Entity::Internal]
        };
        return (Peer::Entities(entities), asked.undecidable);
    }
    let own = scope == Scope::Namespace && asked.namespaces.is_empty() && !asked.names_namespace;
    let set = PodSet {
        namespaces: if own {
            Namespaces::Own
        } else {
            Namespaces::Matching(asked.namespaces)
        },
        pods: asked.pods,
        asks_for_pods: true,
        plain: asked.plain,
    };
    let at = at.clone();
    (Peer::Pods { set, at }, asked.undecidable)
}

fn entities(words: &[Word<'_>], at: &FieldPath, problems: &mut Problems) -> Vec<Entity> {
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        found.push(match &**word {
            "all" => Entity::All,
            "world" => Entity::World,
            "world-ipv4" => Entity::WorldIpv4,
            "world-ipv6" => Entity::WorldIpv6,
            "cluster" => Entity::Cluster,
            "host" => Entity::Host,
            "remote-node" => Entity::RemoteNode,
            "kube-apiserver" => Entity::KubeApiServer,
            "init" | "ingress" | "unmanaged" | "health" | "none" => Entity::Internal,
            word => {
                problems.push((at.index(index), format!("{word:?} is no entity")));
                continue;
            }
        });
    }
    found
}
