//! `callback-blocked-by-policy`: network policies shut the API server off from what it calls.

use crate::cluster::{Answer, View};
use crate::finding::{Finding, Severity};
use crate::object::{Call, Callback, Of};
use crate::policy::Direction;
use crate::reach::{behind, from_api_server};
use crate::rules::blocked::{Blocked, gains_policies};
use crate::rules::{Check, Rule};

use super::{outcome, service};

pub(crate) const RULE: Rule = Rule {
    id: "callback-blocked-by-policy",
    page: include_str!("callback_blocked_by_policy.md"),
    check: Check::Callback(check),
    gathers: "shuts the API server off from",
};

fn check(callback: Of<'_, Callback>, view: View<'_>) -> Vec<Finding> {
    let calls = callback.body.calls.iter();
    calls.filter_map(|call| of_call(call, view)).collect()
}

fn of_call(call: &Call, view: View<'_>) -> Option<Finding> {
    let Answer::Found(service) = service(call, view) else {
        return None;
    };
    let mut ports = service.body.ports.iter();
    let port = ports.find(|port| port.port == call.port)?;
    let behind = behind(service, port, None, view)?;
    let blocked = Blocked::of(&from_api_server(&behind, view))?;
    let first = behind.first()?;
    if gains_policies(&behind, view) {
        return None;
    }
    let (workload, target) = (&first.workload.meta.reference, first.port);
    let what = format!("the API server cannot reach it{}", outcome(call));
    let cut = format!("ingress to {workload} on {} {target}", port.protocol);
    let finding = blocked.finding_at(
        Severity::Warning,
        &call.at,
        &what,
        (Direction::Ingress, &cut),
    );
    Some(finding.help(format!(
        "admit {} {target} from the addresses of the control plane, or from anywhere: it is no pod",
        port.protocol
    )))
}
