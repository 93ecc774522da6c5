//! Rules about what the API server itself calls: webhooks, and API servers beside it.

mod callback_blocked_by_policy;
mod callback_port_not_found;
mod callback_service_not_found;

use crate::cluster::{Answer, View};
use crate::object::{Call, Kind, Of, Service};

pub(super) const RULES: [super::Rule; 3] = [
    callback_service_not_found::RULE,
    callback_port_not_found::RULE,
    callback_blocked_by_policy::RULE,
];

/// The Service that is called.
fn service<'a>(call: &Call, view: View<'a>) -> Answer<Of<'a, Service>> {
    view.get(Kind::Service, &call.namespace, &call.service)
}

/// What follows where nobody answers.
fn outcome(call: &Call) -> &'static str {
    if call.refuses {
        ", and refuses what it is asked about"
    } else {
        ""
    }
}
