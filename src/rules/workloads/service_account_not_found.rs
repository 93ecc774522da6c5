//! `service-account-not-found`: a Workload names a `ServiceAccount` that does not exist.

use std::collections::BTreeMap;

use crate::cluster::{Answer, Known, View};
use crate::finding::{FieldPath, Finding, Mend, Severity};
use crate::labels::near_name;
use crate::object::{Binding, Kind, Of, ServiceAccount, Workload};
use crate::rules::words::listed;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "service-account-not-found",
    page: include_str!("service_account_not_found.md"),
    check: Check::Workload(check),
    gathers: "",
};

/// The account that every namespace has.
const DEFAULT: &str = "default";

/// Accounts that a platform creates in every namespace.
const OF_PLATFORMS: [&str; 3] = ["builder", "deployer", "pipeline"];

fn check(workload: Of<'_, Workload>, view: View<'_>) -> Vec<Finding> {
    // Where several templates name the same account, it is missing once.
    let mut missing: BTreeMap<&str, FieldPath> = BTreeMap::new();
    for template in workload.body.templates() {
        let name = template.spec.account();
        if !is_taken_for_granted(name) {
            missing
                .entry(name)
                .or_insert_with(|| template.at.join("spec.serviceAccountName"));
        }
    }
    missing
        .into_iter()
        .filter_map(|(name, field)| of_account(workload, name, field, view))
        .collect()
}

/// Whether an account is there without a manifest, or its name is not one yet: `${NAME}`.
fn is_taken_for_granted(name: &str) -> bool {
    let in_names = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    name == DEFAULT || OF_PLATFORMS.contains(&name) || !name.chars().all(in_names)
}

fn of_account(
    workload: Of<'_, Workload>,
    name: &str,
    field: FieldPath,
    view: View<'_>,
) -> Option<Finding> {
    let namespace = workload.meta.namespace();
    let answer = view.get::<ServiceAccount>(Kind::ServiceAccount, namespace, name);
    let known = match answer {
        Answer::Found(_) => return None,
        Answer::Absent => Known::All,
        Answer::Unknown => view.known(Kind::ServiceAccount, namespace),
    };
    let others: Vec<&str> = view
        .all::<ServiceAccount>(Kind::ServiceAccount, namespace)
        .into_iter()
        .map(|account| account.meta.name())
        .filter(|other| *other != DEFAULT)
        .collect();
    // Files that bring no account of this namespace leave its accounts to somebody else.
    let is_evidence = match known {
        Known::All => true,
        Known::Files => !others.is_empty(),
        Known::Unknown => false,
    };
    if !is_evidence {
        return None;
    }
    let finding = finding(workload, name, field, &others, view);
    let is_left =
        || is_meant(workload, name, view) || view.known(Kind::Custom, namespace) == Known::Unknown;
    if known == Known::Files && is_left() {
        return Some(Finding {
            severity: Severity::Notice,
            mend: None,
            ..finding
        });
    }
    Some(finding)
}

/// Whether others name the account too, so that its name is no slip and somebody else brings it.
fn is_meant(workload: Of<'_, Workload>, name: &str, view: View<'_>) -> bool {
    let namespace = workload.meta.namespace();
    let bindings = view.asking_for::<Binding>(Kind::ServiceAccount, namespace, name);
    !bindings.is_empty() || is_used(workload, name, view)
}

/// Whether another Workload names an account.
fn is_used(workload: Of<'_, Workload>, name: &str, view: View<'_>) -> bool {
    view.asking_for::<Workload>(Kind::ServiceAccount, workload.meta.namespace(), name)
        .iter()
        .any(|other| other.meta != workload.meta)
}

fn finding(
    workload: Of<'_, Workload>,
    name: &str,
    field: FieldPath,
    others: &[&str],
    view: View<'_>,
) -> Finding {
    let near: Vec<&str> = others
        .iter()
        .copied()
        .filter(|other| near_name(name, [*other]).is_some() && !is_used(workload, other, view))
        .collect();
    let place = match workload.meta.namespace() {
        "" => "its namespace",
        namespace => namespace,
    };
    let mut message = format!("serviceAccountName {name} does not exist in {place}");
    if let Some(near) = near_name(name, near.iter().copied()) {
        message = format!("{message}; did you mean {near}?");
    } else if !others.is_empty() {
        message = format!("{message}, which has {}", listed(others.iter().copied()));
    }
    let mend = match near.as_slice() {
        [near] => Some(
            Mend::of(workload.meta.reference.clone())
                .test(&field, name)
                .replace(&field, *near),
        ),
        _ => None,
    };
    Finding::new(Severity::Error, field, message)
        .help(format!(
            "create ServiceAccount {name}, or name one that exists: no pod starts without it"
        ))
        .culprit(name)
        .absent()
        .mend(mend)
}
