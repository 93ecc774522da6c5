//! Labels that pods get at run time, from an operator or a controller that makes them.

use super::aim::Aim;
use crate::cluster::View;
use crate::labels::{Requirement, Test};

/// The domain of the labels that everybody uses.
const COMMON: &str = "app.kubernetes.io/";

/// Whether a selector asks for a label of some program's own domain that no pod template of the
/// namespace has, as those of `acme.cert-manager.io` or `strimzi.io`: what makes such pods gives
/// it to them.
pub(super) fn asks_for_labels_of_programs(aim: &Aim<'_>, view: View<'_>) -> bool {
    let asks = |requirement: &&Requirement| {
        let wants = matches!(requirement.test, Test::In(_) | Test::Exists);
        wants && requirement.key.contains('/') && !requirement.key.starts_with(COMMON)
    };
    let shown = |key: &str| {
        let mut all = view.templates_of(aim.namespace);
        all.any(|workload| {
            let mut templates = workload.body.templates();
            templates.any(|template| template.labels.get(key).is_some())
        })
    };
    let mut asked = aim.selector.requirements.iter().filter(asks);
    asked.any(|requirement| !shown(&requirement.key))
}
