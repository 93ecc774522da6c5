//! `selector-mixes-workloads`: a port of a Service that only some of the Workloads behind it
//! serve.

use std::collections::BTreeSet;

use crate::cluster::View;
use crate::finding::{FieldPath, Finding, Severity};
use crate::object::{Kind, Of, Service, ServicePort, Target, Workload};
use crate::rules::backends::{Backend, backends};
use crate::rules::variants::are_variants;
use crate::rules::words::and_more;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "selector-mixes-workloads",
    page: include_str!("selector_mixes_workloads.md"),
    check: Check::Service(check),
    gathers: "",
};

/// A port of the Service that some of the Workloads behind it have and others lack.
struct Split<'b, 'a> {
    port: &'b ServicePort,
    having: &'b Backend<'a>,
    lacking: Vec<&'b Backend<'a>>,
}

fn check(service: Of<'_, Service>, view: View<'_>) -> Vec<Finding> {
    let backends = backends(service, view);
    let serving: Vec<&Backend<'_>> = backends
        .all
        .iter()
        .filter(|backend| backend.declares_any() && serves(backend.workload))
        .collect();
    if serving.len() < 2 || serving.iter().any(|backend| backend.may_gain_ports) {
        return Vec::new();
    }
    let splits = service
        .body
        .ports
        .iter()
        .filter_map(|port| split(port, &serving, view));
    // One finding: the selector is what is wrong, however many ports show it.
    splits
        .map(|split| finding(service, &split))
        .max_by_key(|finding| finding.severity)
        .into_iter()
        .collect()
}

/// Whether a Workload's pods are there to be reached.
fn serves(workload: Of<'_, Workload>) -> bool {
    !matches!(workload.meta.kind, Kind::Job | Kind::CronJob) && workload.replicas != Some(0)
}

fn split<'b, 'a>(
    port: &'b ServicePort,
    serving: &[&'b Backend<'a>],
    view: View<'_>,
) -> Option<Split<'b, 'a>> {
    let has = |backend: &Backend<'_>| match (&port.target, port.number()) {
        (Target::Name(name), _) => backend.has_name(name, port.protocol),
        (_, Some(number)) => backend.has_number(number, port.protocol),
        (_, None) => false,
    };
    let (having, mut lacking): (Vec<&Backend<'_>>, Vec<&Backend<'_>>) =
        serving.iter().partition(|backend| has(backend));
    let first = *having.first()?;
    lacking.retain(|lacking| {
        let variant = having
            .iter()
            .any(|having| are_variants(having.workload, lacking.workload));
        let listens = port
            .number()
            .is_some_and(|number| lacking.may_listen(number, view));
        !variant && !listens
    });
    (!lacking.is_empty()).then_some(Split {
        port,
        having: first,
        lacking,
    })
}

fn finding(service: Of<'_, Service>, split: &Split<'_, '_>) -> Finding {
    let (severity, port) = match (&split.port.target, split.port.number()) {
        (Target::Name(name), _) => (Severity::Notice, name.to_string()),
        (_, number) => (
            // The DNS of a headless Service leads to pods, not to ports.
            if service.headless {
                Severity::Notice
            } else {
                Severity::Warning
            },
            number.unwrap_or(split.port.port).to_string(),
        ),
    };
    let odd: BTreeSet<String> = split
        .lacking
        .iter()
        .map(|backend| backend.workload.meta.to_string())
        .collect();
    let first = odd.first().cloned().unwrap_or_default();
    let reference = &split.having.workload.meta.reference;
    let message = format!(
        "also selects {}, without port {port} of {} {}",
        and_more(first, odd.len()),
        reference.kind,
        reference.name
    );
    let culprit: Vec<String> = odd.into_iter().collect();
    let help = format!(
        "select by a label that only {} {} has",
        reference.kind, reference.name
    );
    split.lacking.iter().fold(
        Finding::new(severity, FieldPath::of("spec.selector"), message)
            .help(help)
            .culprit(culprit.join(", ")),
        |finding, odd| {
            let at = odd
                .templates
                .first()
                .map(|template| template.at.join("metadata.labels"))
                .unwrap_or_default();
            finding.related(odd.workload.meta.reference.clone(), at, "selected too")
        },
    )
}
