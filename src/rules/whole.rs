//! Whether manifests bring all the Services of a namespace that there will be.

use crate::cluster::{Known, View};
use crate::object::Kind;

/// Whether the Services of a namespace in files are all there are: no operator may make more, and
/// it is none that every cluster has Services in.
pub(super) fn is_whole(namespace: &str, view: View<'_>) -> bool {
    let is_systems = namespace == "kube-system" || namespace.starts_with("openshift-");
    let made = || {
        let mut templates = view.templates_of(namespace);
        templates.any(|workload| workload.meta.kind == Kind::Custom)
    };
    !is_systems && view.known(Kind::Custom, namespace) != Known::Unknown && !made()
}
