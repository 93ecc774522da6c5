//! Warnings as kubectl prints them, by the verb that it was called with.

use serde_json::json;

use crate::support::case::Case;
use crate::support::gate::Gate;
use crate::support::manifests::{INGRESS, RIGHT, WEB, WRONG};

/// What is wrong with `WRONG`.
fn wrong(case: &Case<'_>) -> String {
    let namespace = &case.namespace;
    format!(
        "Warning: Service {namespace}/web: targetPort 8000 is not declared by Deployment \
         {namespace}/web, which declares 8080 (set targetPort: 8080, or declare containerPort 8000) \
         [target-port-not-declared]\n"
    )
}

fn guarded(namespace: &str, manifests: &str) -> (Case<'static>, Gate) {
    let case = Case::new(namespace);
    let gate = Gate::on_manifests(&case, manifests, &[]);
    gate.guard(&case, &json!({}));
    (case, gate)
}

#[test]
fn kubectl_create_says_what_is_wrong_and_creates_it() {
    let (case, _gate) = guarded("create", WEB);
    let said = case.create(WRONG);
    assert_eq!(
        (said.err, &*said.out),
        (wrong(&case), "service/web created\n")
    );
    let right = RIGHT.replace("name: web", "name: right");
    assert_eq!(case.create(&right).warned(), [""; 0]);
}

#[test]
fn kubectl_apply_says_what_is_wrong_when_something_changes_and_only_then() {
    let (case, _gate) = guarded("apply", WEB);
    assert_eq!(case.apply(RIGHT).warned(), [""; 0]);
    let said = case.apply(WRONG);
    assert_eq!(
        (said.err, &*said.out),
        (wrong(&case), "service/web configured\n")
    );
    // Nothing changes, so nothing is sent.
    let said = case.apply(WRONG);
    assert_eq!((&*said.err, &*said.out), ("", "service/web unchanged\n"));
}

#[test]
fn kubectl_apply_on_the_server_says_what_is_wrong() {
    let (case, _gate) = guarded("apply-server", WEB);
    let apply = |manifest: &str| {
        let manifest = case.fill(manifest);
        case.kubectl_with(&["apply", "--server-side", "-f", "-"], &manifest)
    };
    let said = apply(WRONG);
    assert_eq!(
        (said.err, &*said.out),
        (wrong(&case), "service/web serverside-applied\n")
    );
    assert_eq!(apply(RIGHT).warned(), [""; 0]);
}

#[test]
fn kubectl_patch_and_replace_say_what_is_wrong() {
    let (case, _gate) = guarded("patch", WEB);
    case.create(RIGHT).done();
    let patch = r#"{"spec":{"ports":[{"port":80,"targetPort":8000}]}}"#;
    let said = case.kubectl(&["patch", "service", "web", "-p", patch]);
    assert_eq!(said.err, wrong(&case));
    let said = case.kubectl_with(&["replace", "-f", "-"], &case.fill(WRONG));
    assert_eq!(said.err, wrong(&case));
}

#[test]
fn a_dry_run_on_the_server_is_told_the_same_and_leaves_no_trace() {
    let (case, gate) = guarded("dry-run", WEB);
    let manifest = case.fill(WRONG);
    let said = case.kubectl_with(&["create", "--dry-run=server", "-f", "-"], &manifest);
    assert_eq!(
        (said.err, &*said.out),
        (wrong(&case), "service/web created (server dry run)\n")
    );
    assert_eq!(gate.counted("findings_total"), 0);
    assert!(!case.kubectl(&["get", "service", "web"]).well);
    case.create(WRONG).done();
    assert!(gate.counted("findings_total") > 0);
}

#[test]
fn kubectl_scale_is_not_spoken_to_even_where_its_requests_are_reviewed() {
    let case = Case::new("scale");
    let gate = Gate::on_manifests(&case, WEB, &[]);
    let rules = json!([{
        "apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"],
        "resources": ["services", "deployments", "deployments/scale"],
    }]);
    gate.guard(&case, &json!({"rules": rules}));
    case.create(WEB).done();
    let asked = gate.counted("admission_requests_total");
    let said = case.kubectl(&["scale", "deployment", "web", "--replicas=0"]);
    assert_eq!(
        (&*said.err, &*said.out),
        ("", "deployment.apps/web scaled\n")
    );
    assert!(gate.counted("admission_requests_total") > asked);
}

#[test]
fn kubectl_delete_says_whom_it_leaves_without_pods_while_somebody_counts_on_them() {
    let manifests = [WEB, RIGHT, INGRESS, &other(WEB), &other(RIGHT)].join("---");
    let (case, _gate) = guarded("delete", &manifests);
    case.create(&[WEB, &other(WEB)].join("---")).done();
    let said = case.kubectl(&["delete", "deployment", "web"]);
    let warning = "Warning: Service delete/web: selects no pod: nothing in delete has app=web \
                   (create the pods, or correct the selector) [service-selects-nothing]\n";
    assert_eq!(said.err, warning);
    assert!(
        said.out.starts_with("deployment.apps \"web\" deleted"),
        "{}",
        said.out
    );
    // Nothing points at the other Service: both are taken down.
    assert_eq!(
        case.kubectl(&["delete", "deployment", "other"]).warned(),
        [""; 0]
    );
}

/// A manifest of something else.
fn other(manifest: &str) -> String {
    manifest
        .replace("name: web", "name: other")
        .replace("app: web", "app: other")
}
