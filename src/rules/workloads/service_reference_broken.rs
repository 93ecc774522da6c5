//! `service-reference-broken`: a text that a program reads names a Service or a port that is not
//! there, or that policies cut off.

use crate::cluster::{Answer, Known, View};
use crate::finding::{FieldPath, Finding, Severity};
use crate::labels::near_name;
use crate::object::{
    ConfigMap, Kind, Meta, Of, Service, ServiceMention, ServicePort, Target, Template, Workload,
};
use crate::policy::Direction;
use crate::reach::{Behind, Client, Reach, Reached, Way, behind};
use crate::rules::blocked::{Blocked, gains_policies, may_gain_policies};
use crate::rules::named::{Named, is_slip};
use crate::rules::whole::is_whole;
use crate::rules::words::listed;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "service-reference-broken",
    page: include_str!("service_reference_broken.md"),
    check: Check::Texts {
        workload: of_workload,
        config_map: of_config_map,
    },
    gathers: "blocks Services named by",
};

/// Pods that read a text, of which Workload they are, and what policies let out of them; nothing
/// of that where they use their node's network.
struct Reader<'a> {
    workload: Of<'a, Workload>,
    template: &'a Template,
    client: Option<Client<'a>>,
}

impl<'a> Reader<'a> {
    fn of(workload: Of<'a, Workload>, template: &'a Template, view: View<'a>) -> Self {
        Self {
            workload,
            template,
            client: Client::of(workload.meta.namespace(), template, view),
        }
    }
}

fn of_workload(workload: Of<'_, Workload>, view: View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for template in workload.body.templates() {
        let containers = template.spec.containers.iter();
        let mentions: Vec<&ServiceMention> = containers
            .flat_map(|container| &container.mentions.services)
            .collect();
        if mentions.is_empty() {
            continue;
        }
        let reader = [Reader::of(workload, template, view)];
        for mention in mentions {
            let field = template.at.below(&mention.at);
            findings.extend(judge(
                Named::of(workload.meta, mention),
                &field,
                &reader,
                view,
            ));
        }
    }
    findings
}

fn of_config_map(map: Of<'_, ConfigMap>, view: View<'_>) -> Vec<Finding> {
    let mentions = &map.body.mentions.services;
    if mentions.is_empty() {
        return Vec::new();
    }
    let readers = takers(map.meta, view);
    if readers.is_empty() {
        return Vec::new();
    }
    let named = mentions.iter().map(|mention| Named::of(map.meta, mention));
    named
        .filter_map(|named| judge(named, &named.mention.at, &readers, view))
        .collect()
}

/// The pods in view that take a `ConfigMap`.
fn takers<'a>(map: &Meta, view: View<'a>) -> Vec<Reader<'a>> {
    let workloads = view.asking_for::<Workload>(Kind::ConfigMap, map.namespace(), map.name());
    let mut readers = Vec::new();
    for workload in workloads.into_iter().filter(|it| view.speaks(*it)) {
        let takes = |template: &&Template| {
            let mut maps = template.spec.config_maps.iter();
            maps.any(|it| &**it == map.name())
        };
        let templates = workload.body.templates().filter(takes);
        readers.extend(templates.map(|template| Reader::of(workload, template, view)));
    }
    readers
}

/// What is wrong with a name that stands at `field` and that `readers` read.
fn judge(
    named: Named<'_>,
    field: &FieldPath,
    readers: &[Reader<'_>],
    view: View<'_>,
) -> Option<Finding> {
    let name = &*named.mention.name;
    match view.get::<Service>(Kind::Service, named.namespace, name) {
        Answer::Found(_) if named.is_own() => None,
        Answer::Found(service) => port_not_found(named, service, field)
            .or_else(|| blocked(named, service, field, readers, view)),
        Answer::Absent | Answer::Unknown if named.mention.is_full => not_found(named, field, view),
        Answer::Absent | Answer::Unknown => None,
    }
}

/// The port is none of the Service's.
fn port_not_found(
    named: Named<'_>,
    service: Of<'_, Service>,
    field: &FieldPath,
) -> Option<Finding> {
    let number = named.mention.port?;
    // An alias has any port, and the names of pods lead to the pods themselves.
    let leads_to_pods = service.external_name || service.headless || named.mention.of_pod;
    let sound = service.meta.problems.is_empty() && !service.ports.is_empty();
    let has = service.ports.iter().any(|port| port.port == number);
    if leads_to_pods || !sound || has {
        return None;
    }
    let ports = listed(service.ports.iter().map(|port| port.port.to_string()));
    let word = if service.ports.len() == 1 {
        "port"
    } else {
        "ports"
    };
    let mut before = service.ports.iter();
    let before = before.find(|port| port.target == Target::Number(number));
    let why = before.map_or(String::new(), |_| format!("; {number} is its targetPort"));
    let reference = &service.meta.reference;
    let message = format!("{named}:{number} leads nowhere: {reference} has {word} {ports}{why}");
    let meant = match (before, service.ports.as_slice()) {
        (Some(port), _) => Some(port.port),
        (None, [only]) => Some(only.port),
        (None, _) => None,
    };
    let help = match meant {
        Some(meant) => format!("use port {meant}, or give the Service port {number}"),
        None => format!("use a port of the Service, or give it port {number}"),
    };
    let ports = FieldPath::of("spec.ports");
    Some(
        Finding::new(Severity::Warning, field.clone(), message)
            .help(help)
            .related(reference.clone(), ports, "its ports")
            .culprit(format!("{named}:{number}"))
            .mend(meant.and_then(|meant| named.mend_port(field, number, meant))),
    )
}

/// There is no such Service where all of them should be known.
fn not_found(named: Named<'_>, field: &FieldPath, view: View<'_>) -> Option<Finding> {
    let (namespace, name) = (named.namespace, &*named.mention.name);
    let there: Vec<&str> = view
        .all::<Service>(Kind::Service, namespace)
        .into_iter()
        .map(|service| service.meta.name())
        .collect();
    let is_known = match view.known(Kind::Service, namespace) {
        Known::All => true,
        Known::Files => !there.is_empty() && is_whole(namespace, view),
        Known::Unknown => false,
    };
    if !is_known || (namespace, name) == ("default", "kubernetes") {
        return None;
    }
    let others = there.iter().copied();
    let mut near = others.filter(|other| near_name(name, [*other]).is_some());
    let near = near.next().filter(|_| near.next().is_none());
    let mut message =
        format!("{named} does not exist: namespace {namespace} has no Service {name}");
    if let Some(near) = near {
        message = format!("{message}; did you mean {near}?");
    }
    // Manifests that have some Services of a namespace may leave others of it to somebody else.
    let is_slip = near.is_some_and(|near| is_slip(name, near));
    let severity = match view.known(Kind::Service, namespace) {
        Known::All => Severity::Warning,
        _ if is_slip || calls_its_own(namespace, &there, view) => Severity::Warning,
        _ => Severity::Notice,
    };
    Some(
        Finding::new(severity, field.clone(), message)
            .help(format!(
                "create Service {name} in namespace {namespace}, or correct the name"
            ))
            .culprit(named.to_string())
            .absent()
            .mend(
                near.filter(|_| is_slip)
                    .and_then(|near| named.mend_name(field, near)),
            ),
    )
}

/// How many Services of a namespace are looked at for somebody who names them.
const MOST_ASKED: usize = 100;

/// Whether texts in view name Services of a namespace that are there: these manifests bring both
/// the programs and whom they call, so that another name was meant to be found among them too.
fn calls_its_own(namespace: &str, there: &[&str], view: View<'_>) -> bool {
    there.iter().take(MOST_ASKED).any(|service| {
        // A program that names itself calls nobody.
        let other = |meta: &Meta| meta.name() != *service;
        let workloads = view.asking_for::<Workload>(Kind::Service, namespace, service);
        let maps = view.asking_for::<ConfigMap>(Kind::Service, namespace, service);
        workloads.iter().any(|it| other(it.meta)) || !maps.is_empty()
    })
}

/// Policies let none of those who read the name through to the Service, on any port that may be
/// meant.
fn blocked(
    named: Named<'_>,
    service: Of<'_, Service>,
    field: &FieldPath,
    readers: &[Reader<'_>],
    view: View<'_>,
) -> Option<Finding> {
    let asked = named.mention.port;
    let direct = asked.filter(|_| service.headless);
    let is_meant =
        |port: &&ServicePort| direct.is_some() || asked.is_none_or(|number| number == port.port);
    let mut mildest: Option<Finding> = None;
    for port in service.body.ports.iter().filter(is_meant) {
        let behind = behind(service, port, direct, view)?;
        for Reader {
            workload,
            template,
            client,
        } in readers
        {
            if behind.iter().any(|it| it.workload.meta == workload.meta) {
                return None;
            }
            let ways = client.as_ref()?.ways(service, port, &behind, view);
            let finding = cut(named, field, port, &behind, &ways)?;
            if gains_policies(&behind, view)
                || may_gain_policies(*workload, template, Direction::Egress, view)
            {
                return None;
            }
            mildest = mildest
                .filter(|it| it.severity <= finding.severity)
                .or(Some(finding));
        }
    }
    mildest
}

/// What is said where every way of some pods to a port of a Service is cut.
fn cut(
    named: Named<'_>,
    field: &FieldPath,
    port: &ServicePort,
    behind: &[Behind<'_>],
    ways: &[Way<'_>],
) -> Option<Finding> {
    let reaches: Vec<Reach<'_>> = ways.iter().map(|(reach, _)| reach.clone()).collect();
    let blocked = Blocked::of(&reaches)?;
    let cut = ways.iter().find(|(reach, _)| reach.reached == Reached::No);
    let (direction, first) = (cut?.1, behind.first()?);
    let (protocol, target) = (port.protocol, first.port);
    let what = format!("{} cannot be reached", named.with_its_port());
    let (cut, help) = match direction {
        Direction::Egress => (
            format!("egress to it on {protocol} {target}"),
            format!(
                "admit egress to {} on {protocol} {target}",
                first.workload.meta
            ),
        ),
        Direction::Ingress => (
            format!("ingress to it on {protocol} {target}"),
            format!("admit ingress from these pods on {protocol} {target}"),
        ),
    };
    let finding = blocked.finding_at(Severity::Warning, field, &what, (direction, &cut));
    Some(finding.help(help).culprit(what))
}
