//! The entries of `ingress` and `egress`.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::entity::End;
use super::spec::{Entity, RuleEntry};
use super::{Form, entity, ports};
use crate::finding::FieldPath;
use crate::policy::from::selector::Problems;
use crate::policy::{Action, Direction, Peer, Peers, Rule};
use crate::text::Word;

/// What the rules of one direction mean, those that only log left out. One that Calico would
/// refuse matches nothing.
pub(super) fn translate(
    entries: &[RuleEntry<'_>],
    form: Form,
    (place, direction): (i64, Direction),
    at: &FieldPath,
    problems: &mut Problems,
) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (position, entry) in (0_u32..).zip(entries) {
        let at = at.index(usize::try_from(position).unwrap_or(usize::MAX));
        let action = match entry.action.as_deref().unwrap_or_default() {
            "Allow" => Some(Action::Allow),
            "Deny" => Some(Action::Deny),
            "Pass" => Some(Action::Pass),
            "Log" => None,
            other => {
                let wrong = format!("action {other:?} is none of Allow, Deny, Log, Pass");
                problems.push((at.join("action"), wrong));
                None
            }
        };
        let rule = rule(entry, form, direction, at, problems);
        rules.extend(action.map(|action| Rule {
            order: (place, position),
            action,
            ..rule
        }));
    }
    rules
}

fn rule(
    entry: &RuleEntry<'_>,
    form: Form,
    direction: Direction,
    at: FieldPath,
    problems: &mut Problems,
) -> Rule {
    let mut of = |entity: &Option<Entity<'_>>, end: End, field: &str| {
        entity.as_ref().map_or_else(Vec::new, |entity| {
            entity::translate(entity, (form, end), &at.join(field), problems)
        })
    };
    let (mut all, own) = match direction {
        Direction::Ingress => {
            let source = of(&entry.source, End::Source, "source");
            (source, of(&entry.destination, End::Own, "destination"))
        }
        Direction::Egress => {
            let source = of(&entry.source, End::Own, "source");
            let destination = of(&entry.destination, End::Destination, "destination");
            (destination, source)
        }
    };
    if !form.stored {
        mixed(entry, &at, problems);
    }
    all.extend(family(entry.ip_version, &at, problems));
    if !own.is_empty() {
        let own = Peer::Subject(Box::new(every(own)));
        all.push(Peers::OneOf(vec![own]));
    }
    let (ports, hard) = ports::translate(entry, &at, problems);
    let undecidable = match (entry.unknown(), &entry.http) {
        (Some(field), _) => Some(format!("unknown field {field:?}").into()),
        (None, Some(_)) => Some("it asks for HTTP".into()),
        (None, None) if asks_for_source_ports(entry) => Some("it asks for source ports".into()),
        (None, None) => hard.map(Into::into),
    };
    Rule {
        order: (0, 0),
        action: Action::Allow,
        peers: every(all),
        ports,
        at,
        undecidable,
    }
}

/// What all of these hold; of none of them anything.
fn every(mut all: Vec<Peers>) -> Peers {
    match (all.pop(), all.is_empty()) {
        (None, _) => Peers::Any,
        (Some(only), true) => only,
        (Some(last), false) => {
            all.push(last);
            Peers::OneOf(vec![Peer::AllOf(all)])
        }
    }
}

/// Every address of a family.
fn family(version: Option<i64>, at: &FieldPath, problems: &mut Problems) -> Option<Peers> {
    let all = match version? {
        4 => IpNet::from(Ipv4Net::default()),
        6 => IpNet::from(Ipv6Net::default()),
        other => {
            let wrong = format!("ipVersion {other} is neither 4 nor 6");
            problems.push((at.join("ipVersion"), wrong));
            return Some(Peers::OneOf(Vec::new()));
        }
    };
    Some(entity::within(vec![all]))
}

/// What is refused of blocks of one rule: that they are of both families, or not of the rule's.
fn mixed(entry: &RuleEntry<'_>, at: &FieldPath, problems: &mut Problems) {
    let ends = [
        ("source", &entry.source),
        ("destination", &entry.destination),
    ];
    let lists = ends.into_iter().flat_map(|(end, entity)| {
        let entity = entity.iter();
        entity.flat_map(move |it| [(end, "nets", &it.nets), (end, "notNets", &it.not_nets)])
    });
    let six = |text: &Word<'_>| text.contains(':');
    let mut seen = entry.ip_version.map(|version| version == 6);
    for (end, field, nets) in lists {
        for (index, text) in nets.iter().flatten().enumerate() {
            let seen = *seen.get_or_insert(six(text));
            if seen != six(text) {
                let of = if seen { "IPv6" } else { "IPv4" };
                let wrong = format!("{:?} is in a rule of {of}", &**text);
                problems.push((at.join(end).join(field).index(index), wrong));
            }
        }
    }
}

fn asks_for_source_ports(entry: &RuleEntry<'_>) -> bool {
    let source = entry.source.as_ref();
    source.is_some_and(|source| {
        [&source.ports, &source.not_ports]
            .into_iter()
            .flatten()
            .any(|ports| !ports.is_empty())
    })
}
