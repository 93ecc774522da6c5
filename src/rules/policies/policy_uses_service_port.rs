//! `policy-uses-service-port`: a rule admits the port of a Service where policies see the port of
//! its pods.

use serde_json::Value;

use crate::cluster::{Known, View};
use crate::finding::{Datapath, FieldPath, Finding, Mend, Severity};
use crate::object::{Kind, Of};
use crate::policy::{
    Action, Direction, Peer, Peers, PodSet, Policy, Port, Ports, Protocol, Rule as Entry,
};
use crate::rules::backends::Backend;
use crate::rules::presence::Places;
use crate::rules::service_port::{Asked, Mistaken, holds, mistaken};
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "policy-uses-service-port",
    page: include_str!("policy_uses_service_port.md"),
    check: Check::Policy(check),
    gathers: "",
};

fn check(policy: Of<'_, Policy>, view: View<'_>) -> Vec<Finding> {
    if policy.unsure.is_some() || view.datapaths().is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for direction in [Direction::Ingress, Direction::Egress] {
        // There the address of the Service is judged, and with it its port.
        if direction == Direction::Egress && view.datapaths() == [Datapath::AwsVpcCni] {
            continue;
        }
        for entry in policy.rules(direction) {
            let ports = asked(entry);
            if ports.is_empty() {
                continue;
            }
            let Some(pods) = destinations(policy, direction, entry, view) else {
                continue;
            };
            found.extend(ports.into_iter().filter_map(|(port, asked)| {
                let mistaken = mistaken(asked, &pods, view)?;
                let admitted = is_admitted(&mistaken, &pods, (policy, direction), view);
                (!admitted).then(|| finding(policy, port, asked.0, &mistaken))
            }));
        }
    }
    found
}

/// A port that an entry admits, what it asks for, and of which protocol.
type Single<'p> = (&'p Port, (Asked<'p>, Option<Protocol>));

/// The single ports that an entry admits.
fn asked(entry: &Entry) -> Vec<Single<'_>> {
    let admits = entry.action == Action::Allow && entry.undecidable.is_none();
    let ports = match &entry.ports {
        Ports::OneOf(ports) if admits => ports.as_slice(),
        _ => &[],
    };
    ports
        .iter()
        .filter_map(|port| Some((port, Asked::of(&port.matches)?)))
        .collect()
}

/// The pods that an entry admits traffic to, where all of them are in view.
fn destinations<'a>(
    policy: Of<'a, Policy>,
    direction: Direction,
    entry: &'a Entry,
    view: View<'a>,
) -> Option<Vec<Backend<'a>>> {
    let own = policy.meta.namespace();
    if direction == Direction::Ingress {
        return pods(&policy.body.subject, own, view);
    }
    let Peers::OneOf(peers) = &entry.peers else {
        return None;
    };
    let mut all = Vec::new();
    for peer in peers {
        match peer {
            Peer::Pods { set, .. } if set.chooses_by_labels() => all.extend(pods(set, own, view)?),
            // A set of addresses of the same labels, which mostly is not there.
            Peer::Sets { .. } if view.network_sets().is_empty() => {}
            _ => return None,
        }
    }
    Some(all)
}

/// The pods of a set, where there are any and all of them are in view.
fn pods<'a>(set: &'a PodSet, own: &'a str, view: View<'a>) -> Option<Vec<Backend<'a>>> {
    if set.pods.looks_beside() {
        return None;
    }
    let places = Places::of(set, own, view);
    let all = places.told || view.known(Kind::Namespace, "") == Known::All;
    let mut found = Vec::new();
    for name in places.names.iter().filter(|_| all) {
        let matches = view.workloads(name, &set.pods);
        if matches.complete == Known::Unknown {
            return None;
        }
        let seen = matches.found.into_iter().filter(|workload| {
            let mut templates = workload.body.templates();
            templates.any(|template| !template.spec.host_network)
        });
        found.extend(seen.map(|workload| Backend::new(workload, &set.pods, view)));
    }
    (!found.is_empty()).then_some(found)
}

/// Whether another rule over the pods that the policy applies to admits the port of the pods.
fn is_admitted(
    mistaken: &Mistaken<'_>,
    pods: &[Backend<'_>],
    (policy, direction): (Of<'_, Policy>, Direction),
    view: View<'_>,
) -> bool {
    let admits = |policy: &Policy| {
        let mut rules = policy.rules(direction).iter();
        rules.any(|rule| {
            let holds = || holds(rule, mistaken.target, mistaken.protocol, pods);
            rule.action == Action::Allow && (rule.undecidable.is_some() || holds())
        })
    };
    if admits(policy.body) {
        return true;
    }
    let own = policy.meta.namespace();
    let places = Places::of(&policy.body.subject, own, view);
    let subject = places.names.iter();
    let mut subject =
        subject.flat_map(|name| view.workloads(name, &policy.body.subject.pods).found);
    subject.any(|workload| {
        let namespace = workload.meta.namespace();
        let mut templates = workload.body.templates();
        templates.any(|template| {
            let policies = view.policies_of(namespace, &template.labels);
            policies.iter().any(|other| admits(other.body))
        })
    })
}

fn finding(
    policy: Of<'_, Policy>,
    port: &Port,
    asked: Asked<'_>,
    mistaken: &Mistaken<'_>,
) -> Finding {
    let service = &mistaken.service.meta.reference;
    let target = mistaken.target;
    let word = match asked {
        Asked::Number(number) => number.to_string(),
        Asked::Name(name) => name.to_owned(),
    };
    let message = format!(
        "admits port {word} of {service}, not its targetPort {target}: policies see the pods' port"
    );
    let at = FieldPath::of("spec.ports");
    Finding::new(Severity::Warning, port.at.clone(), message)
        .help(format!("admit {target} instead"))
        .related(service.clone(), at, "the Service")
        .mend(mend(policy, port, asked, target))
}

/// The patch that admits the port of the pods.
fn mend(policy: Of<'_, Policy>, port: &Port, asked: Asked<'_>, target: u16) -> Option<Mend> {
    let kind = policy.meta.kind;
    let is_text = matches!(
        kind,
        Kind::CiliumNetworkPolicy | Kind::CiliumClusterwideNetworkPolicy
    );
    let number = |number: u16| -> Value {
        if is_text {
            number.to_string().into()
        } else {
            number.into()
        }
    };
    let old = match asked {
        Asked::Number(old) => number(old),
        // Elsewhere names have a field of their own.
        Asked::Name(name) if matches!(kind, Kind::NetworkPolicy) || is_text => name.into(),
        Asked::Name(_) => return None,
    };
    let mend = Mend::of(policy.meta.reference.clone());
    Some(mend.test(&port.at, old).replace(&port.at, number(target)))
}
