//! `route-backend-not-found`: an Ingress or a route leads to a Service that does not exist.

use crate::cluster::{Answer, Known, View};
use crate::finding::{Finding, Mend, Severity};
use crate::labels::{is_sibling, near_name};
use crate::object::{Kind, Of, Route, Service};
use crate::rules::named::is_slip;
use crate::rules::routed::{Same, by_service, has_port};
use crate::rules::whole::is_whole;
use crate::rules::words::listed;
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "route-backend-not-found",
    page: include_str!("route_backend_not_found.md"),
    check: Check::Route(check),
    gathers: "",
};

fn check(route: Of<'_, Route>, view: View<'_>) -> Vec<Finding> {
    by_service(route)
        .into_iter()
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
    let known = match view.get::<Service>(Kind::Service, namespace, name) {
        Answer::Found(_) => return None,
        Answer::Absent => Known::All,
        Answer::Unknown => view.known(Kind::Service, namespace),
    };
    let others: Vec<Of<'_, Service>> = view.all(Kind::Service, namespace);
    // Files that bring no Service of this namespace leave its Services to somebody else.
    let is_known = match known {
        Known::All => true,
        Known::Files => !others.is_empty(),
        Known::Unknown => false,
    };
    let made_by_others = known == Known::Files && !is_whole(namespace, view);
    let near: Vec<Of<'_, Service>> = others
        .iter()
        .filter(|other| !made_by_others || is_plain_slip(name, other.meta.name()))
        .filter(|other| is_meant(name, **other, view))
        .copied()
        .collect();
    if !is_known || (made_by_others && near.is_empty()) {
        return None;
    }
    let field = backends.first()?.name_field();
    let place = match namespace {
        "" => "its namespace",
        namespace => namespace,
    };
    let mut message = format!("leads to Service {name}, which does not exist in {place}");
    let nearest = near_name(name, near.iter().map(|service| service.meta.name()));
    if let Some(nearest) = nearest {
        message = format!("{message}; did you mean {nearest}?");
    } else if !others.is_empty() {
        let names = others.iter().map(|service| service.meta.name());
        message = format!("{message}; there are {}", listed(names));
    }
    let severity = match nearest {
        Some(_) => Severity::Warning,
        None => Severity::Notice,
    };
    let mend = match near.as_slice() {
        [near] if is_alone(route, (namespace, name), view) => mend(route, name, *near, backends),
        _ => None,
    };
    Some(
        Finding::new(severity, field, message)
            .help(format!(
                "create Service {name}, or lead to one that exists: requests for it fail"
            ))
            .culprit(format!("{namespace}/{name}"))
            .absent()
            .mend(mend),
    )
}

/// Whether a name is a slip of the keyboard away from another one, and too long for that to be
/// chance: operators name what they make by adding words.
fn is_plain_slip(name: &str, near: &str) -> bool {
    name.len() > 5 && is_slip(name, near)
}

/// Whether a Service may be what a backend means by almost its name: no route leads to it yet, and
/// the two names are not those of siblings.
fn is_meant(name: &str, other: Of<'_, Service>, view: View<'_>) -> bool {
    let (namespace, near) = (other.meta.namespace(), other.meta.name());
    near_name(name, [near]).is_some()
        && !is_sibling(name, near)
        && view
            .asking_for::<Route>(Kind::Service, namespace, near)
            .is_empty()
}

/// Whether no other route has this name too, which would have to be corrected together with it.
fn is_alone(route: Of<'_, Route>, (namespace, name): (&str, &str), view: View<'_>) -> bool {
    let routes = view.asking_for::<Route>(Kind::Service, namespace, name);
    routes.iter().all(|other| other.meta == route.meta)
}

/// The patch that leads to another Service, which has the ports that are asked for.
fn mend(
    route: Of<'_, Route>,
    name: &str,
    near: Of<'_, Service>,
    backends: &Same<'_>,
) -> Option<Mend> {
    let fits = |port| has_port(near, port) && !near.external_name;
    if !backends.iter().all(|backend| fits(backend.port.as_ref())) {
        return None;
    }
    let fields: Vec<_> = backends
        .iter()
        .map(|backend| backend.name_field())
        .collect();
    let tested = fields
        .iter()
        .fold(Mend::of(route.meta.reference.clone()), |mend, field| {
            mend.test(field, name)
        });
    let replaced = fields
        .iter()
        .fold(tested, |mend, field| mend.replace(field, near.meta.name()));
    Some(replaced)
}
