//! `callback-port-not-found`: the API server calls a port that the Service does not have.

use crate::cluster::{Answer, View};
use crate::finding::{FieldPath, Finding, Mend, Severity};
use crate::object::{Call, Callback, Of};
use crate::rules::words::listed;
use crate::rules::{Check, Rule};

use super::{outcome, service};

pub(crate) const RULE: Rule = Rule {
    id: "callback-port-not-found",
    page: include_str!("callback_port_not_found.md"),
    check: Check::Callback(check),
    gathers: "",
};

fn check(callback: Of<'_, Callback>, view: View<'_>) -> Vec<Finding> {
    let calls = callback.body.calls.iter();
    calls
        .filter_map(|call| of_call(callback, call, view))
        .collect()
}

fn of_call(callback: Of<'_, Callback>, call: &Call, view: View<'_>) -> Option<Finding> {
    let Answer::Found(service) = service(call, view) else {
        return None;
    };
    let number = call.port;
    let has = service.ports.iter().any(|port| port.port == number);
    let sound = service.meta.problems.is_empty() && !service.ports.is_empty();
    if has || !sound || service.external_name || service.headless {
        return None;
    }
    let ports = listed(service.ports.iter().map(|port| port.port.to_string()));
    let reference = &service.meta.reference;
    let said = if call.says_port {
        ""
    } else {
        " (port omitted)"
    };
    let message = format!(
        "the API server calls port {number}{said} of {reference}, which has {ports}{}",
        outcome(call)
    );
    let field = call.at.key("port");
    let mend = match service.ports.as_slice() {
        [only] => {
            let mend = Mend::of(callback.meta.reference.clone());
            Some(if call.says_port {
                mend.test(&field, number).replace(&field, only.port)
            } else {
                mend.test(&call.at.key("name"), &*call.service)
                    .add(&field, only.port)
            })
        }
        _ => None,
    };
    let at = if call.says_port {
        field
    } else {
        call.at.clone()
    };
    Some(
        Finding::new(Severity::Warning, at, message)
            .help(format!(
                "call a port of the Service, or give it port {number}"
            ))
            .related(reference.clone(), FieldPath::of("spec.ports"), "its ports")
            .culprit(number.to_string())
            .mend(mend),
    )
}
