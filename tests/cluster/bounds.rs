//! Bounds: huge requests, too many, too late, and nobody there; none of them keeps anybody from
//! working.

use std::io::Write as _;

use serde_json::json;

use crate::support::case::{Case, Said};
use crate::support::gate::Gate;
use crate::support::manifests::{WEB, WRONG};
use crate::support::wait::eventually;

/// Sends a Deployment of 1.4 MB, each byte of which takes six on its way to a webhook. kubectl
/// would escape them too, which is more than the API server accepts, unless told to send it raw.
fn send_huge(case: &Case<'_>, verb: &str, path: &str, replicas: u32) -> Said {
    let argument = "<".repeat(1_400_000);
    let container = json!({"name": "web", "image": "web", "args": [argument]});
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "huge", "namespace": case.namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "huge"}},
            "template": {"metadata": {"labels": {"app": "huge"}}, "spec": {"containers": [container]}},
        },
    });
    let url = format!(
        "/apis/apps/v1/namespaces/{}/deployments{path}",
        case.namespace
    );
    case.kubectl_with(&[verb, "--raw", &url, "-f", "-"], &deployment.to_string())
}

#[test]
fn an_update_of_17_mb_is_read_whole() {
    let case = Case::new("huge");
    let gate = Gate::on_manifests(&case, WEB, &["--deadline", "25s"]);
    gate.guard(
        &case,
        &json!({"failurePolicy": "Fail", "timeoutSeconds": 30}),
    );
    send_huge(&case, "create", "", 0).done();
    assert_eq!(send_huge(&case, "replace", "/huge", 1).warned(), [""; 0]);
    let metrics = gate.get("/metrics").1;
    let silent = r#"admission_requests_total{operation="UPDATE",outcome="silent"} "#;
    assert!(metrics.contains(silent), "{metrics}");
}

#[test]
fn a_request_beyond_the_memory_for_bodies_is_allowed_and_said_to_be_unchecked() {
    let case = Case::new("beyond");
    let gate = Gate::on_manifests(&case, WEB, &["--body-budget", "1"]);
    gate.guard(&case, &json!({"failurePolicy": "Fail"}));
    let said = send_huge(&case, "create", "", 0);
    let warning = "Warning: not checked by portcullis: too many requests at once\n";
    assert_eq!((&*said.err, said.well), (warning, true));
    assert_eq!(gate.counted("admission_shed_total"), 1);
}

#[test]
fn what_is_not_decided_in_time_is_allowed_and_said_to_be_unchecked() {
    let case = Case::new("late");
    let many: Vec<String> = (0..2_000)
        .map(|number| WEB.replace("web", &format!("web-{number}")))
        .collect();
    let gate = Gate::on_manifests(&case, &many.join("---"), &["--deadline", "50ms"]);
    gate.guard(&case, &json!({}));
    // On a busy machine not even the beginning of a request may arrive in so short a time.
    eventually("what was not decided is said", || {
        let dry_run = ["create", "--dry-run=server", "-f", "-"];
        let said = case.kubectl_with(&dry_run, &case.fill(DENY_ALL));
        assert!(said.well, "{}", said.err);
        said.err.contains("Warning: not checked by portcullis") && said.err.contains("time was up")
    });
    assert!(gate.counted("admission_deadline_exceeded_total") > 0);
}

/// Concerns every pod of the namespace.
const DENY_ALL: &str = "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all, namespace: NAMESPACE}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
";

#[test]
fn while_bodies_that_stall_hold_all_memory_others_are_allowed_at_once() {
    let case = Case::new("stalled");
    let flags = ["--body-budget", "1", "--deadline", "10m"];
    let gate = Gate::on_manifests(&case, WEB, &flags);
    gate.guard(
        &case,
        &json!({"failurePolicy": "Fail", "timeoutSeconds": 6}),
    );
    let stalled = stall(&gate);
    eventually("the body that stalls is awaited", || {
        gate.get("/metrics")
            .1
            .contains("portcullis_admission_in_flight 1\n")
    });
    let said = case.create(WRONG);
    let warning = "Warning: not checked by portcullis: too many requests at once\n";
    assert_eq!((&*said.err, said.well), (warning, true));
    drop(stalled);
    eventually("there is memory again", || {
        let dry_run = ["create", "--dry-run=server", "-f", "-"];
        let said = case.kubectl_with(
            &dry_run,
            &case.fill(&WRONG.replace("name: web", "name: again")),
        );
        said.err.contains("[target-port-not-declared]")
    });
}

/// Announces a body as large as all memory, and sends one byte of it.
fn stall(gate: &Gate) -> impl Sized {
    let mut stream = gate.connect();
    let head = "POST /validate?timeout=600s HTTP/1.1\r\nHost: localhost\r\n\
                Content-Type: application/json\r\nContent-Length: 1048576\r\n\r\n{";
    stream.write_all(head.as_bytes()).unwrap();
    stream.flush().unwrap();
    stream
}

#[test]
fn a_gate_that_is_gone_or_stands_still_keeps_nobody_from_working() {
    let case = Case::new("absent");
    let mut gate = Gate::on_manifests(&case, WEB, &[]);
    gate.guard(&case, &json!({"timeoutSeconds": 1}));
    gate.freeze();
    let said = case.create(WRONG);
    assert_eq!((&*said.err, &*said.out), ("", "service/web created\n"));
    gate.process().kill().unwrap();
    assert_eq!(
        case.kubectl(&["delete", "service", "web"]).warned(),
        [""; 0]
    );
    let failed_open = case.kubectl(&["get", "--raw", "/metrics"]).done();
    let name = r#"apiserver_admission_webhook_fail_open_count{name="absent.portcullis.dev""#;
    assert!(failed_open.contains(name));
}
