//! Labels that controllers give to each pod, so that no template shows them.

use crate::labels::{Labels, Selector};

/// Labels that differ from pod to pod of one Workload, so that they make no new shape.
const PER_POD_LABELS: [&str; 9] = [
    "deploymentconfig",
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "job-name",
    "controller-uid",
    "rollouts-pod-template-hash",
];

/// Prefixes of labels that their controllers own whole.
const CONTROLLERS_PREFIXES: [&str; 3] = [
    "batch.kubernetes.io/",
    "jobset.sigs.k8s.io/",
    "leaderworkerset.sigs.k8s.io/",
];

/// Whether a controller gives a label of this key to each pod, so that no template shows it.
pub fn differs_by_pod(key: &str) -> bool {
    PER_POD_LABELS.contains(&key)
        || CONTROLLERS_PREFIXES
            .iter()
            .any(|prefix| key.starts_with(prefix))
}

/// Whether pods of a template with these labels may match a selector: what it asks of labels that
/// differ by pod counts only where the template shows one.
pub(super) fn fits(selector: &Selector, labels: &Labels) -> bool {
    selector.requirements.iter().all(|requirement| {
        let shown = labels.get(&requirement.key).is_some();
        (!shown && differs_by_pod(&requirement.key)) || requirement.holds(labels)
    })
}
