//! The control plane fails while requests come in, and the gate is there before, meanwhile and after.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::support::case::Case;
use crate::support::gate::Gate;
use crate::support::manifests::{WEB, WRONG};
use crate::support::plane::Plane;
use crate::support::wait::{Over, eventually};

/// Whether a creation is warned of, which needs everything to work.
fn is_warned(case: &Case<'_>) -> bool {
    let create = [
        "create",
        "--dry-run=server",
        "--request-timeout=5s",
        "-f",
        "-",
    ];
    let said = case.kubectl_with(&create, &case.fill(WRONG));
    said.well && said.err.contains("[target-port-not-declared]")
}

fn is_well(gate: &Gate) -> bool {
    let metrics = gate.get("/metrics").1;
    gate.get("/readyz").0 == 200 && metrics.contains("portcullis_admission_panics_total 0\n")
}

#[test]
fn the_gate_outlives_an_api_server_that_restarts_and_an_etcd_that_stands_still() {
    let plane = Plane::own();
    let case = Case::on(&plane, "outage");
    let gate = Gate::on_manifests(&case, WEB, &[]);
    gate.guard(&case, &json!({}));
    assert!(is_warned(&case));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let load = || {
            while !done.load(Ordering::Relaxed) {
                is_warned(&case);
            }
        };
        scope.spawn(load);
        let _over = Over(&done);

        plane.stop_api_server();
        assert!(is_well(&gate));
        plane.start_api_server();
        plane.wait_until_ready().unwrap();
        eventually("warned again after a restart", || is_warned(&case));
        assert!(is_well(&gate));

        plane.freeze_etcd();
        for _ in 0..12 {
            assert!(is_well(&gate));
            thread::sleep(Duration::from_secs(1));
        }
        plane.thaw_etcd();
        eventually("warned again after the standstill", || is_warned(&case));
        assert!(is_well(&gate));
    });
    assert!(
        gate.get("/metrics")
            .1
            .contains("portcullis_admission_in_flight 0\n")
    );
}
