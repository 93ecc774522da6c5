//! One line for what one policy does to many objects.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{FieldPath, Finding, ObjectRef, Related, Report};
use crate::rules;

/// How many of those affected are named.
const NAMED: usize = 3;

/// Gathers what one changed policy newly does to others into one report a rule, about the
/// policy; everything else passes as it is.
pub(super) fn gather(reports: Vec<Report>, is_policy: impl Fn(&ObjectRef) -> bool) -> Vec<Report> {
    let mut groups: BTreeMap<(&'static str, ObjectRef), Vec<Report>> = BTreeMap::new();
    let mut out = Vec::new();
    for report in reports {
        let gathers = rules::find(report.rule).is_some_and(|rule| !rule.gathers.is_empty());
        match report
            .caused_by
            .clone()
            .filter(|cause| gathers && is_policy(cause))
        {
            Some(cause) => groups.entry((report.rule, cause)).or_default().push(report),
            None => out.push(report),
        }
    }
    out.extend(
        groups
            .into_iter()
            .filter_map(|((rule, cause), reports)| one(rule, cause, &reports)),
    );
    out
}

fn one(rule: &'static str, cause: ObjectRef, reports: &[Report]) -> Option<Report> {
    let gathers = rules::find(rule)?.gathers;
    let worst = reports.iter().map(|report| report.finding.severity).max()?;
    // One object may have several findings: a Service one a port.
    let affected = reports.iter().filter_map(|report| report.object.as_ref());
    let affected: BTreeSet<&ObjectRef> = affected.collect();
    let same = affected
        .iter()
        .all(|object| object.namespace == cause.namespace);
    let name = |object: &ObjectRef| match &object.namespace {
        Some(namespace) if !same => format!("{namespace}/{}", object.name),
        _ => object.name.to_string(),
    };
    let named: Vec<String> = affected.iter().take(NAMED).map(|it| name(it)).collect();
    let more = affected.len().saturating_sub(NAMED);
    let and_more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let message = format!(
        "newly {gathers} {} {}: {}{and_more}",
        affected.len(),
        noun(&affected),
        named.join(", ")
    );
    let help = reports
        .first()
        .map(|report| report.finding.help.clone())
        .unwrap_or_default();
    let datapaths = reports
        .first()
        .map(|report| report.finding.datapaths.clone())
        .unwrap_or_default();
    let mut finding = Finding::new(worst, FieldPath::of("spec"), message)
        .help(help)
        .datapaths(datapaths);
    finding.related = reports
        .iter()
        .filter_map(|report| {
            let object = report.object.clone()?;
            Some(Related {
                object,
                field: report.finding.field.clone(),
                note: report.finding.message.clone(),
            })
        })
        .collect();
    Some(Report {
        rule,
        object: Some(cause.clone()),
        finding,
        caused_by: Some(cause),
    })
}

/// What objects are called together.
fn noun(objects: &BTreeSet<&ObjectRef>) -> &'static str {
    let all = |kind: &str| objects.iter().all(|object| &*object.kind == kind);
    let none = |kind: &str| !objects.iter().any(|object| &*object.kind == kind);
    if objects
        .iter()
        .all(|it| it.kind.ends_with("WebhookConfiguration"))
    {
        return if objects.len() == 1 {
            "webhook configuration"
        } else {
            "webhook configurations"
        };
    }
    if !none("APIService") {
        return "objects";
    }
    match (all("Service"), all("ConfigMap"), none("ConfigMap")) {
        (true, ..) if objects.len() == 1 => "Service",
        (true, ..) => "Services",
        (_, true, _) if objects.len() == 1 => "ConfigMap",
        (_, true, _) => "ConfigMaps",
        (_, _, false) => "objects",
        _ if objects.len() == 1 => "workload",
        _ => "workloads",
    }
}
