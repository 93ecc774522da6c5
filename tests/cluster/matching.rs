//! Which requests reach the gate: what matchConditions leave out, and what they must not.

use serde_json::{Value, json};

use crate::support::case::Case;
use crate::support::gate::Gate;
use crate::support::manifests::WEB;
use crate::support::wait::eventually;

/// Leaves out objects that a built-in kind controls, of which a deletion has only the old one.
fn conditions() -> Value {
    let controlled = "(request.operation == 'DELETE' ? oldObject : object).metadata.?ownerReferences\
                      .orValue([]).exists(owner, owner.?controller.orValue(false) && \
                      owner.apiVersion in ['v1', 'apps/v1', 'batch/v1'])";
    json!([
        {"name": "not-controlled", "expression": format!("!{controlled}")},
        {"name": "not-the-control-plane", "expression":
            "!('system:serviceaccounts:kube-system' in request.userInfo.groups) && \
             request.userInfo.username != 'system:kube-controller-manager'"},
    ])
}

const ALONE: &str = "
apiVersion: v1
kind: Pod
metadata: {name: alone, namespace: NAMESPACE}
spec: {containers: [{name: main, image: main}]}
";

#[test]
fn pods_of_a_controller_are_left_out_and_a_pod_alone_is_not() {
    let case = Case::new("matching");
    let gate = Gate::on_manifests(&case, WEB, &[]);
    // An expression that fails is a failed call.
    let settings = json!({"failurePolicy": "Fail", "matchConditions": conditions()});
    gate.guard(&case, &settings);
    case.create(WEB).done();
    let pods = || {
        case.kubectl(&["get", "pods", "-l", "app=web", "-o", "name"])
            .done()
    };
    eventually("the Deployment has its pod", || !pods().is_empty());
    let asked = || gate.counted("admission_requests_total");

    let before = asked();
    case.kubectl(&[
        "delete",
        "pods",
        "-l",
        "app=web",
        "--grace-period=0",
        "--force",
    ])
    .done();
    assert_eq!(asked(), before, "a pod of a ReplicaSet was asked about");

    case.create(ALONE).done();
    assert_eq!(asked(), before + 1);
    case.kubectl(&["delete", "pod", "alone", "--grace-period=0", "--force"])
        .done();
    assert!(
        asked() > before + 1,
        "the deletion of a pod alone was not asked about"
    );
}
