//! Denying: what kubectl prints, and what is never denied.

use serde_json::json;

use crate::support::case::Case;
use crate::support::gate::Gate;
use crate::support::manifests::{RIGHT, WEB, WRONG};

const DENY: [&str; 2] = ["--deny", "target-port-not-declared"];

fn guarded(namespace: &str) -> (Case<'static>, Gate) {
    let case = Case::new(namespace);
    let gate = Gate::on_manifests(&case, WEB, &DENY);
    gate.guard(&case, &json!({"failurePolicy": "Fail"}));
    (case, gate)
}

#[test]
fn kubectl_prints_the_whole_denial_of_a_creation() {
    let (case, _gate) = guarded("denied");
    let said = case.create(WRONG);
    let expected = "\
Error from server: error when creating \"STDIN\": admission webhook \"denied.portcullis.dev\" denied \
the request: Service denied/web: targetPort 8000 is not declared by Deployment denied/web, which \
declares 8080 [target-port-not-declared]
  help: set targetPort: 8080, or declare containerPort 8000
";
    assert_eq!(said.err, expected);
    assert!(!said.well && said.out.is_empty());
    assert!(!case.kubectl(&["get", "service", "web"]).well);
}

#[test]
fn an_update_and_a_deletion_are_warned_of_and_never_denied() {
    let (case, _gate) = guarded("not-denied");
    case.create(RIGHT).done();
    let said = case.apply(WRONG);
    assert!(
        said.err.contains("[target-port-not-declared]"),
        "{}",
        said.err
    );
    assert_eq!(said.done(), "service/web configured\n");
    case.kubectl(&["delete", "service", "web"]).done();
}

#[test]
fn a_namespace_and_all_that_is_in_it_can_be_deleted() {
    let (case, gate) = guarded("gone");
    let rules = json!([{"apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"], "operations": ["DELETE"]}]);
    gate.guard(&case, &json!({"failurePolicy": "Fail", "rules": rules}));
    case.create(RIGHT).done();
    case.apply(WRONG).done();
    case.create(WEB).done();
    let before = gate.counted("admission_requests_total");
    case.kubectl(&["delete", "namespace", "gone", "--timeout=90s"])
        .done();
    assert!(!case.kubectl(&["get", "namespace", "gone"]).well);
    assert!(
        gate.counted("admission_requests_total") > before,
        "no deletion was reviewed"
    );
}
