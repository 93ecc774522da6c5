//! `callback-service-not-found`: the API server calls a Service that does not exist.

use crate::cluster::{Answer, Known, View};
use crate::finding::{Finding, Mend, Severity};
use crate::labels::near_name;
use crate::object::{Call, Callback, Kind, Of, Service};
use crate::rules::named::is_slip;
use crate::rules::{Check, Rule};

use super::{outcome, service};

pub(crate) const RULE: Rule = Rule {
    id: "callback-service-not-found",
    page: include_str!("callback_service_not_found.md"),
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
    if let Answer::Found(_) = service(call, view) {
        return None;
    }
    let (namespace, name) = (&*call.namespace, &*call.service);
    let there = view.all::<Service>(Kind::Service, namespace);
    let others = there.iter().map(|service| service.meta.name());
    let mut near =
        others.filter(|other| near_name(name, [*other]).is_some() && is_slip(name, other));
    let near = near.next().filter(|_| near.next().is_none());
    // Manifests that lack a Service leave it to somebody else, but for a slip.
    match view.known(Kind::Service, namespace) {
        Known::All => {}
        Known::Files if near.is_some() => {}
        Known::Files | Known::Unknown => return None,
    }
    let mut message = format!(
        "the API server finds no Service {namespace}/{name}{}",
        outcome(call)
    );
    if let Some(near) = near {
        message = format!("{message}; did you mean {near}?");
    }
    let field = call.at.key("name");
    let mend = near.map(|near| {
        Mend::of(callback.meta.reference.clone())
            .test(&field, name)
            .replace(&field, near)
    });
    Some(
        Finding::new(Severity::Warning, field, message)
            .help(format!(
                "create Service {name} in namespace {namespace}, or correct the name"
            ))
            .culprit(format!("{namespace}/{name}"))
            .absent()
            .mend(mend),
    )
}
