//! The API server shows who it is to a gate that asks.

use serde_json::json;

use crate::support::case::Case;
use crate::support::gate::{Gate, guard_url};
use crate::support::manifests::{RIGHT, WEB, WRONG};
use crate::support::settings::CALLER;
use crate::support::wait::eventually;

#[test]
fn an_api_server_with_the_right_certificate_is_answered() {
    let case = Case::new("caller");
    let ca = case.plane.folder().join("ca.crt");
    let flags = ["--client-ca", ca.to_str().unwrap(), "--client-name", CALLER];
    let gate = Gate::on_manifests(&case, WEB, &flags);
    gate.guard(&case, &json!({"failurePolicy": "Fail"}));
    let said = case.create(WRONG);
    assert!(
        said.err.contains("[target-port-not-declared]"),
        "{}",
        said.err
    );
    said.done();
}

#[test]
fn an_api_server_of_another_name_is_not() {
    let case = Case::new("other-caller");
    let ca = case.plane.folder().join("ca.crt");
    let flags = [
        "--client-ca",
        ca.to_str().unwrap(),
        "--client-name",
        "somebody",
    ];
    let gate = Gate::on_manifests(&case, WEB, &flags);
    guard_url(
        &case,
        gate.address,
        &gate.ca,
        &json!({"failurePolicy": "Fail"}),
    );
    eventually("the handshake fails", || {
        let create = ["create", "--dry-run=server", "-f", "-"];
        let said = case.kubectl_with(&create, &case.fill(RIGHT));
        !said.well && said.err.contains("failed calling webhook")
    });
    assert_eq!(gate.counted("admission_requests_total"), 0);
}
