//! `service-selects-nothing`: the selector of a Service matches no pod in its namespace.

use crate::cluster::{Known, View};
use crate::finding::{FieldPath, Finding, Severity};
use crate::labels::{Difference, Selector};
use crate::object::{EndpointSlice, Kind, Of, Service, Workload};
use crate::rules::backends::selector_of;
use crate::rules::mending::agree;
use crate::rules::nearest::{Near, Search, Why, nearest};
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "service-selects-nothing",
    page: include_str!("service_selects_nothing.md"),
    check: Check::Service(check),
    gathers: "",
};

/// How long a line may be, the object's name before it included.
const LINE: usize = 120;

fn check(service: Of<'_, Service>, view: View<'_>) -> Vec<Finding> {
    let Some(selector) = selector_of(service) else {
        return Vec::new();
    };
    let namespace = service.meta.namespace();
    let matches = view.workloads(namespace, &service.selects);
    if !matches.is_empty() || matches.complete == Known::Unknown || is_filled_in(service, view) {
        return Vec::new();
    }
    let finding = match nearest(service, &selector, view) {
        Search::Undecided => return Vec::new(),
        Search::Near(near) => near_miss(service, &near, view),
        Search::Nothing => match elsewhere(service, &selector, view) {
            Some(workload) => in_another_namespace(workload),
            None => nothing_yet(service),
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

fn near_miss(service: Of<'_, Service>, near: &Near<'_>, view: View<'_>) -> Finding {
    let reference = &near.workload.meta.reference;
    let message = match &near.why {
        Why::OwnLabels => {
            format!("selects no pod: {reference} has these labels, its pod template does not")
        }
        Why::OneLabel(_, difference) => differs(service, near.workload, difference),
    };
    let (help, mend) = agree(service, near, view);
    let labels = near.template.at.join("metadata.labels");
    warning(message)
        .help(help)
        .related(reference.clone(), labels, "nearest workload")
        .mend(mend)
}

/// Names the label, and both values where the line has room for them.
fn differs(service: Of<'_, Service>, workload: Of<'_, Workload>, by: &Difference) -> String {
    let reference = &workload.meta.reference;
    let short = format!("selects no pod: {reference} differs in {}", by.key);
    let long = match (&by.found, &by.renamed) {
        (Some(found), _) => format!("{short} ({found}, not {})", by.wanted),
        (None, Some(key)) => {
            let (label, value) = (&by.key, &by.wanted);
            format!("selects no pod: {reference} has {key}: {value}, not {label}: {value}")
        }
        (None, None) => return short,
    };
    let name = service.meta.to_string();
    if name.chars().count() + 2 + long.chars().count() <= LINE {
        long
    } else {
        short
    }
}

/// The Workload that the selector matches in the only other namespace where it matches one, and
/// where no other Service selects it.
fn elsewhere<'a>(
    service: Of<'_, Service>,
    selector: &Selector,
    view: View<'a>,
) -> Option<Of<'a, Workload>> {
    let namespace = service.meta.namespace();
    if !view.has_templates(namespace) {
        return None;
    }
    let others = view.workloads_elsewhere(namespace, selector);
    let first = *others.first()?;
    let there = first.meta.namespace();
    let alone = others.iter().all(|other| other.meta.namespace() == there);
    let is_served = || {
        first
            .body
            .templates()
            .any(|template| !view.services_of(there, &template.labels).is_empty())
    };
    // An omitted namespace may turn out to be this one.
    let named = !namespace.is_empty() && !there.is_empty();
    (named && alone && !is_served()).then_some(first)
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

fn nothing_yet(service: Of<'_, Service>) -> Finding {
    let wanted: Vec<String> = service
        .selector
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let place = match service.meta.namespace() {
        "" => "nothing in view".to_owned(),
        namespace => format!("nothing in {namespace}"),
    };
    Finding::new(
        Severity::Notice,
        selector_field(),
        format!("selects no pod: {place} has {}", wanted.join(", ")),
    )
    .help("create the pods, or correct the selector")
}

fn warning(message: String) -> Finding {
    Finding::new(Severity::Warning, selector_field(), message)
}

fn selector_field() -> FieldPath {
    FieldPath::of("spec.selector")
}
