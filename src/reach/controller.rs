//! The pods that answer an Ingress, as their installers label them.

use crate::cluster::View;
use crate::labels::{Labels, Selector};
use crate::object::{Of, Workload};

/// The name of a class of Ingresses, and labels of the pods of a controller that takes that name.
type Controller = (&'static str, &'static [(&'static str, &'static str)]);

/// Those of usual controllers. Several may share the name of a class.
const CONTROLLERS: [Controller; 4] = [
    (
        "nginx",
        &[
            ("app.kubernetes.io/name", "ingress-nginx"),
            ("app.kubernetes.io/component", "controller"),
        ],
    ),
    ("nginx", &[("app.kubernetes.io/name", "nginx-ingress")]),
    (
        "nginx",
        &[("app", "nginx-ingress"), ("component", "controller")],
    ),
    ("traefik", &[("app.kubernetes.io/name", "traefik")]),
];

/// The Workload that answers the Ingresses of a class, where just one in view may.
pub fn controller<'a>(class: &str, view: View<'a>) -> Option<Of<'a, Workload>> {
    let known = CONTROLLERS.iter().filter(|(name, _)| *name == class);
    let mut all: Vec<Of<'a, Workload>> = known
        .flat_map(|(_, labels)| {
            let selector = Selector::equal_to(labels.iter().copied());
            view.workloads_elsewhere("", &selector)
        })
        .collect();
    all.dedup_by_key(|it| it.meta.key());
    match all.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// Whether pods with these labels answer Ingresses.
pub fn is_controller(labels: &Labels) -> bool {
    CONTROLLERS.iter().any(|(_, asked)| {
        let mut asked = asked.iter();
        asked.all(|(key, value)| labels.get(key) == Some(*value))
    })
}
