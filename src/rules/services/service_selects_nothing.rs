//! `service-selects-nothing`: the selector of a Service matches no pod in its namespace.

use crate::cluster::{Known, View};
use crate::finding::{FieldPath, Finding, Severity};
use crate::object::{EndpointSlice, Kind, Of, Service, Workload};
use crate::rules::aim::Aim;
use crate::rules::meant;
use crate::rules::mending::agree;
use crate::rules::nearest::{Near, Search, elsewhere, nearest};
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "service-selects-nothing",
    page: include_str!("service_selects_nothing.md"),
    check: Check::Service(check),
    gathers: "",
};

fn check(service: Of<'_, Service>, view: View<'_>) -> Vec<Finding> {
    let Some(aim) = Aim::of_service(service) else {
        return Vec::new();
    };
    let matches = view.workloads(aim.namespace, aim.selects);
    if !matches.is_empty() || matches.complete == Known::Unknown || is_filled_in(service, view) {
        return Vec::new();
    }
    let search = nearest(&aim, view, |candidate| {
        meant::by_service(&aim, candidate, view)
    });
    let finding = match search {
        Search::Undecided => return Vec::new(),
        Search::Near(near) => near_miss(&aim, &near, view),
        Search::Nothing => match elsewhere(&aim, view, is_served(view)) {
            Some(workload) => in_another_namespace(workload),
            None => nothing_yet(&aim),
        },
    };
    vec![finding.absent()]
}

/// Whether somebody else than the selector says where the Service leads.
fn is_filled_in(service: Of<'_, Service>, view: View<'_>) -> bool {
    let (namespace, name) = (service.meta.namespace(), service.meta.name());
    (namespace, name) == ("default", "kubernetes")
        || view
            .asking_for::<EndpointSlice>(Kind::Service, namespace, name)
            .iter()
            .any(|slice| slice.foreign)
}

fn near_miss(aim: &Aim<'_>, near: &Near<'_>, view: View<'_>) -> Finding {
    let (help, mend) = agree(aim, near, view);
    let reference = near.workload.meta.reference.clone();
    let labels = near.template.at.join("metadata.labels");
    warning(near.in_words(aim, "selects no pod"))
        .help(help)
        .related(reference, labels, "nearest workload")
        .mend(mend)
}

/// Whether a Service selects a Workload that stands elsewhere.
fn is_served(view: View<'_>) -> impl Fn(Of<'_, Workload>) -> bool {
    move |workload| {
        let namespace = workload.meta.namespace();
        let mut templates = workload.body.templates();
        templates.any(|template| !view.services_of(namespace, &template.labels).is_empty())
    }
}

fn in_another_namespace(workload: Of<'_, Workload>) -> Finding {
    let reference = &workload.meta.reference;
    let labels = workload.template.at.join("metadata.labels");
    warning(format!(
        "selects no pod: {reference} matches, but in another namespace"
    ))
    .help(format!(
        "create the Service in namespace {}: a selector sees its own namespace only",
        workload.meta.namespace()
    ))
    .related(reference.clone(), labels, "matches in another namespace")
}

fn nothing_yet(aim: &Aim<'_>) -> Finding {
    let message = format!("selects no pod: {}", aim.missing());
    Finding::new(Severity::Notice, selector_field(), message)
        .help("create the pods, or correct the selector")
}

fn warning(message: String) -> Finding {
    Finding::new(Severity::Warning, selector_field(), message)
}

fn selector_field() -> FieldPath {
    FieldPath::of("spec.selector")
}
