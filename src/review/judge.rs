//! One object put before every rule that looks at its kind.

use super::exempt::Exemptions;
use crate::cluster::View;
use crate::config::Config;
use crate::finding::{Finding, Report};
use crate::object::{Body, Object, Of};
use crate::rules::{self, Check};

/// Everything that the enabled rules say of one object.
pub(super) fn judge(object: &Object, view: View<'_>, config: &Config) -> Vec<Report> {
    if object.meta.deleting || view.is_terminating(object.meta.namespace()) {
        return Vec::new();
    }
    let exemptions = Exemptions::in_view(&object.meta, view);
    let enabled = rules::all().iter().filter(|rule| config.enabled(rule.id));
    enabled
        .flat_map(|rule| {
            ask(rule.check, object, view)
                .into_iter()
                .map(|finding| Report {
                    rule: rule.id,
                    object: Some(object.meta.reference.clone()),
                    finding: Finding {
                        severity: config.severity_of(rule.id, finding.severity),
                        ..finding
                    },
                    caused_by: None,
                })
                .map(|mut report| {
                    exemptions.mark(&mut report);
                    report
                })
        })
        .collect()
}

/// What one rule says of one object; nothing where it looks at other kinds.
fn ask(check: Check, object: &Object, view: View<'_>) -> Vec<Finding> {
    let meta = &object.meta;
    match (check, &object.body) {
        (Check::Service(check), Body::Service(body)) => check(Of { meta, body }, view),
        (Check::Workload(check), Body::Workload(body)) if view.is_root(object) => {
            check(Of { meta, body }, view)
        }
        (Check::Texts { workload, .. }, Body::Workload(body)) if view.is_root(object) => {
            workload(Of { meta, body }, view)
        }
        (Check::Texts { config_map, .. }, Body::ConfigMap(body)) => {
            config_map(Of { meta, body }, view)
        }
        (Check::Callback(check), Body::Callback(body)) => check(Of { meta, body }, view),
        (Check::Policy(check), Body::Policy(_)) => object
            .policies()
            .flat_map(|policy| check(policy, view))
            .collect(),
        (Check::Meta(check), body)
            if !matches!(body, Body::Workload(_)) || view.is_root(object) =>
        {
            check(meta, view)
        }
        (Check::Route(check), Body::Route(body)) => check(Of { meta, body }, view),
        _ => Vec::new(),
    }
}
