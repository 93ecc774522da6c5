//! `policy-isolates-by-accident`: a policy with rules on egress alone shuts its pods for ingress as
//! well, as it does not name its directions; or one that is to admit some traffic to every pod of
//! its namespace cuts what other policies admit.

use crate::cluster::View;
use crate::finding::{FieldPath, Finding, Mend, Severity};
use crate::labels::Labels;
use crate::object::{ConfigMap, Kind, Of, Route, Service, Workload};
use crate::policy::{Direction, Policy};
use crate::reach::{Reached, behind, from_anything};
use crate::rules::cut_flows::cut_flows;
use crate::rules::words::listed;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "policy-isolates-by-accident",
    page: include_str!("policy_isolates_by_accident.md"),
    check: Check::Policy(check),
    gathers: "",
};

fn check(policy: Of<'_, Policy>, view: View<'_>) -> Vec<Finding> {
    let directions = [Direction::Ingress, Direction::Egress].into_iter();
    let cut = directions.filter_map(|direction| cuts_flows(policy, direction, view));
    unsaid(policy, view).into_iter().chain(cut).collect()
}

/// That a policy over every pod of its namespace cuts what other policies admit by name.
fn cuts_flows(policy: Of<'_, Policy>, direction: Direction, view: View<'_>) -> Option<Finding> {
    let all = cut_flows(policy, direction, view);
    let first = all.first()?;
    let word = match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    };
    let (from, to) = (&first.from.meta.reference, &first.to.meta.reference);
    let (protocol, port) = first.port;
    let by = &first.admitted_by.meta.reference;
    let others = all.iter().map(|it| &it.admitted_by.meta.reference);
    let others = listed(others.filter(|it| *it != by).map(ToString::to_string));
    let likewise = if others.is_empty() {
        String::new()
    } else {
        format!("; likewise what {others} admits")
    };
    let namespace = policy.meta.namespace();
    let message = format!(
        "isolates every pod of {namespace} for {word}, which cuts {from} off from {to} on \
         {port}/{protocol}, although {by} admits it{likewise}"
    );
    let help =
        format!("admit it in a rule on {word}, or narrow the policy to the pods that it is for");
    let finding = Finding::new(Severity::Warning, policy.body.subject_at.clone(), message)
        .help(help)
        .culprit(word)
        .related(
            by.clone(),
            first.rule.at.clone(),
            "this rule admits it on the other side",
        );
    Some(finding)
}

/// That a policy isolates for ingress as it does not say what it is about.
fn unsaid(policy: Of<'_, Policy>, view: View<'_>) -> Vec<Finding> {
    if !policy.body.isolates_unsaid {
        return Vec::new();
    }
    let cut: Vec<Of<'_, Service>> = services(policy, view)
        .into_iter()
        .filter(|service| cuts_off(policy, *service, view))
        .collect();
    let called: Vec<Of<'_, Service>> = cut
        .iter()
        .copied()
        .filter(|service| is_called(*service, view))
        .collect();
    let (severity, told) = if called.is_empty() {
        (Severity::Notice, cut)
    } else {
        (Severity::Warning, called)
    };
    let Some(first) = told.first() else {
        return Vec::new();
    };
    let names = listed(told.iter().map(|service| service.meta.name().to_owned()));
    let word = if told.len() == 1 {
        "Service"
    } else {
        "Services"
    };
    let message =
        format!("denies ingress too, as policyTypes is omitted: nothing gets to {word} {names}");
    let rules = policy.body.at.join("egress");
    let types = policy.body.at.join("policyTypes");
    let mend = Mend::of(policy.meta.reference.clone())
        .test(&FieldPath::of("metadata.name"), policy.meta.name())
        .add(&types, vec!["Egress"]);
    let finding = Finding::new(severity, rules, message)
        .help("say policyTypes: [Egress], or admit ingress")
        .related(
            first.meta.reference.clone(),
            FieldPath::of("spec.selector"),
            "selects pods of the policy",
        )
        .mend(Some(mend).filter(|_| severity == Severity::Warning));
    vec![finding]
}

/// The Services that select pods of a policy, by name, each once.
fn services<'a>(policy: Of<'_, Policy>, view: View<'a>) -> Vec<Of<'a, Service>> {
    let namespace = policy.meta.namespace();
    let pods = view.workloads(namespace, &policy.subject.pods).found;
    let labels = |workload: &Of<'a, Workload>| -> Vec<Labels> {
        let templates = workload.body.templates();
        templates
            .map(|template| Labels::clone(&template.labels))
            .collect()
    };
    let mut found: Vec<Of<'a, Service>> = pods
        .iter()
        .flat_map(labels)
        .flat_map(|labels| view.services_of(namespace, &labels))
        .collect();
    found.sort_by_key(|service| service.meta.name());
    found.dedup_by_key(|service| service.meta.name());
    found
}

/// Whether nothing gets to some port of a Service with a policy, and something may without it,
/// under every datapath in question.
fn cuts_off(policy: Of<'_, Policy>, service: Of<'_, Service>, view: View<'_>) -> bool {
    let ports = service.body.ports.iter();
    let mut behind = ports.filter_map(|port| behind(service, port, None, view));
    behind.any(|behind| {
        let shut = from_anything(&behind, view);
        let is_shut = !shut.is_empty() && shut.iter().all(|it| it.reached == Reached::No);
        let without: Vec<_> = behind.into_iter().map(|it| it.without(policy)).collect();
        let open = from_anything(&without, view);
        is_shut && open.iter().all(|it| it.reached != Reached::No)
    })
}

/// Whether something in view calls or publishes a Service.
fn is_called(service: Of<'_, Service>, view: View<'_>) -> bool {
    let (namespace, name) = (service.meta.namespace(), service.meta.name());
    let workloads = view.asking_for::<Workload>(Kind::Service, namespace, name);
    let maps = view.asking_for::<ConfigMap>(Kind::Service, namespace, name);
    let routes = view.asking_for::<Route>(Kind::Service, namespace, name);
    !(workloads.is_empty() && maps.is_empty() && routes.is_empty())
}
