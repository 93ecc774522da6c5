//! Folders far apart: what joins objects of theirs only because neither says its namespace is no
//! evidence of a mistake.

use std::collections::BTreeMap;

use crate::finding::{ObjectRef, Report, Severity};
use crate::manifest::{Place, Set};
use crate::object::{Kind, row_of};

/// How many folders two files may each be below the one that holds both, if they are to be one
/// set where their namespaces do not say so: `base/` and `overlays/prod/` are.
const FAR: usize = 2;

/// Makes notices of findings that hold an object against others in folders far apart, where one of
/// them names no namespace: a repository's tests and examples lie there beside what is deployed.
pub(super) fn soften(set: &Set, reports: &mut [(Report, Place)]) {
    let loud = |report: &Report| report.finding.severity > Severity::Notice;
    if !reports.iter().any(|(report, _)| loud(report)) {
        return;
    }
    let places: BTreeMap<&ObjectRef, Place> = set
        .objects()
        .map(|(object, place)| (&object.meta.reference, place))
        .collect();
    for (report, place) in reports.iter_mut().filter(|(report, _)| loud(report)) {
        let omits = report.object.as_ref().is_some_and(names_no_namespace);
        let apart = report.finding.related.iter().any(|related| {
            let joined = omits || names_no_namespace(&related.object);
            let other = places.get(&related.object);
            joined && other.is_some_and(|other| are_apart(set.file(*place), set.file(*other)))
        });
        if apart {
            report.finding.severity = Severity::Notice;
            report.finding.mend = None;
        }
    }
}

/// Whether an object of a kind that lives in namespaces names none.
fn names_no_namespace(object: &ObjectRef) -> bool {
    let row = row_of(Kind::find(&object.api_version, &object.kind));
    object.namespace.is_none() && row.is_none_or(|row| row.namespaced)
}

/// Whether two files lie far below the nearest folder that holds both.
fn are_apart(one: &str, other: &str) -> bool {
    let folders = |file: &str| -> Vec<String> {
        let mut parts: Vec<String> = file.split('/').map(str::to_owned).collect();
        parts.pop();
        parts
    };
    let (one, other) = (folders(one), folders(other));
    let shared = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    one.len() >= shared + FAR && other.len() >= shared + FAR
}

#[cfg(test)]
mod tests {
    use super::are_apart;

    #[test]
    fn bases_overlays_and_neighbours_are_one_set_and_tests_are_not() {
        for (one, other) in [
            ("a.yaml", "b.yaml"),
            ("k8s/services/a.yaml", "k8s/deployments/a.yaml"),
            ("app/base/a.yaml", "app/overlays/prod/b.yaml"),
            ("a.yaml", "deep/down/in/it/b.yaml"),
        ] {
            assert!(!are_apart(one, other), "{one} {other}");
        }
        assert!(are_apart(
            "test/e2e/policy.yaml",
            "manifests/base/server/a.yaml"
        ));
        assert!(are_apart("examples/a/x.yaml", "docs/b/y.yaml"));
    }
}
