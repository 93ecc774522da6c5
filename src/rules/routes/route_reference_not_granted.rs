//! `route-reference-not-granted`: a route leads to a Service of another namespace, which gives no
//! leave to it.

use crate::cluster::{Known, View};
use crate::finding::{Finding, Severity};
use crate::object::{Kind, Of, ReferenceGrant, Route, Service};
use crate::rules::routed::{Same, by_service};
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "route-reference-not-granted",
    page: include_str!("route_reference_not_granted.md"),
    check: Check::Route(check),
    gathers: "",
};

fn check(route: Of<'_, Route>, view: View<'_>) -> Vec<Finding> {
    let own = route.meta.namespace();
    by_service(route)
        .into_iter()
        .filter(|((namespace, _), _)| *namespace != own && !own.is_empty())
        .filter_map(|((namespace, name), backends)| {
            of_service(route, namespace, name, &backends, view)
        })
        .collect()
}

fn of_service(
    route: Of<'_, Route>,
    namespace: &str,
    name: &str,
    backends: &Same<'_>,
    view: View<'_>,
) -> Option<Finding> {
    // Who brings the Service would bring the grant beside it.
    let service = view
        .get::<Service>(Kind::Service, namespace, name)
        .found()?;
    if view.known(Kind::ReferenceGrant, namespace) == Known::Unknown {
        return None;
    }
    let grants: Vec<Of<'_, ReferenceGrant>> = view.all(Kind::ReferenceGrant, namespace);
    if grants.iter().any(|grant| grant.admits(route.meta, name)) {
        return None;
    }
    let (kind, own) = (&route.meta.reference.kind, route.meta.namespace());
    let field = backends.first()?.at.join("namespace");
    let message = format!(
        "leads to {}, but no ReferenceGrant in {namespace} admits {kind} of {own}",
        service.meta
    );
    Some(
        Finding::new(Severity::Warning, field, message)
            .help(format!(
                "create a ReferenceGrant in namespace {namespace} from {kind} of {own} to Service {name}"
            ))
            .culprit(format!("{namespace}/{name}"))
            .absent(),
    )
}
