//! `service-blocked-by-policy`: network policies let nothing in to the pods behind a port of a
//! Service.

use crate::cluster::{Known, View};
use crate::finding::{FieldPath, Finding, Severity};
use crate::object::{ConfigMap, Kind, Of, Route, Service, ServicePort, Workload};
use crate::policy::{Action, Direction, Peers, Policy};
use crate::reach::{Behind, behind, from_anything};
use crate::rules::blocked::{Blocked, gains_policies};
use crate::rules::published::{ShutOut, shut_out};
use crate::rules::words::and_more;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "service-blocked-by-policy",
    page: include_str!("service_blocked_by_policy.md"),
    check: Check::Service(check),
    gathers: "blocks",
};

fn check(service: Of<'_, Service>, view: View<'_>) -> Vec<Finding> {
    let ports = service.body.ports.iter();
    ports
        .filter_map(|port| of_port(service, port, view))
        .collect()
}

fn of_port(service: Of<'_, Service>, port: &ServicePort, view: View<'_>) -> Option<Finding> {
    let behind = behind(service, port, None, view)?;
    let reaches = from_anything(&behind, view);
    let Some(blocked) = Blocked::of(&reaches) else {
        let shut_out = shut_out(service, port, &behind, view)
            .filter(|_| !reaches.is_empty() && !gains_policies(&behind, view));
        return shut_out.map(|it| of_controller(&it, port));
    };
    let first = behind.first()?;
    if gains_policies(&behind, view) {
        return None;
    }
    let severity = if is_meant_to_be_reached(service, &behind, view) {
        Severity::Warning
    } else {
        Severity::Notice
    };
    let who = and_more(&first.workload.meta.reference, workloads(&behind));
    let (number, protocol, target) = (port.port, port.protocol, first.port);
    let what = format!("nothing gets to port {number}");
    let cut = format!("ingress to {who} on {protocol} {target}");
    let field = FieldPath::of("spec.ports").index(port.index).join("port");
    let finding = blocked.finding_at(severity, &field, &what, (Direction::Ingress, &cut));
    Some(
        finding
            .help(format!(
                "admit {protocol} {target} from whoever calls it, or take the port away"
            ))
            .culprit(format!("{number}/{protocol}")),
    )
}

/// That who answers an Ingress does not get to a port that it publishes, and others do.
fn of_controller(shut_out: &ShutOut<'_>, port: &ServicePort) -> Finding {
    let route = &shut_out.route.meta.reference;
    let controller = &shut_out.controller.meta.reference;
    let policy = &shut_out.by.policy.meta.reference;
    let number = port.port;
    let verb = if shut_out.by.rule.is_some() {
        "denies everything from"
    } else {
        "admits nothing from"
    };
    let message =
        format!("port {number} is published by {route}, and {policy} {verb} {controller}");
    let field = FieldPath::of("spec.ports").index(port.index).join("port");
    let decides = shut_out.by.rule.map_or_else(
        || shut_out.by.policy.body.subject_at.clone(),
        |rule| rule.at.clone(),
    );
    Finding::new(Severity::Warning, field, message)
        .help(format!(
            "admit the pods of {controller} in a rule on ingress"
        ))
        .related(policy.clone(), decides, "this policy decides")
        .culprit(format!("{number}/{} from {route}", port.protocol))
}

/// How many Workloads stand behind a port.
fn workloads(behind: &[Behind<'_>]) -> usize {
    let mut all: Vec<_> = behind
        .iter()
        .map(|it| &it.workload.meta.reference)
        .collect();
    all.dedup();
    all.len()
}

/// Whether something speaks for callers: a policy that admits some to these pods, whoever names
/// the Service or publishes it. Where nothing is missing, the Service itself does. Files with no
/// more than a default-deny may leave its exceptions to others.
fn is_meant_to_be_reached(service: Of<'_, Service>, behind: &[Behind<'_>], view: View<'_>) -> bool {
    let (namespace, name) = (service.meta.namespace(), service.meta.name());
    let named = || {
        let workloads = view.asking_for::<Workload>(Kind::Service, namespace, name);
        let maps = view.asking_for::<ConfigMap>(Kind::Service, namespace, name);
        let routes = view.asking_for::<Route>(Kind::Service, namespace, name);
        !(workloads.is_empty() && maps.is_empty() && routes.is_empty())
    };
    let admits = |policy: &Of<'_, Policy>| {
        let nobody = Peers::OneOf(Vec::new());
        let mut rules = policy.body.ingress.iter();
        rules.any(|rule| rule.action == Action::Allow && rule.peers != nobody)
    };
    view.known(Kind::NetworkPolicy, namespace) == Known::All
        || named()
        || behind.iter().flat_map(|it| &it.policies).any(admits)
}
