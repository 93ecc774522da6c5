//! One process takes over from another behind a Service, and one certificate from another, under
//! load: no call fails.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Service;
use kube::api::{Api, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::json;

use crate::support::case::Case;
use crate::support::gate::{Gate, base64, guard};
use crate::support::keys::Authority;
use crate::support::manifests::{RIGHT, WEB};
use crate::support::wait::{Over, eventually};

/// Two hundred requests a second, by so many callers.
const CALLERS: u32 = 4;
const PACE: Duration = Duration::from_millis(20);

async fn client(case: &Case<'_>) -> Client {
    let kubeconfig = Kubeconfig::read_from(case.plane.kubeconfig()).unwrap();
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
    Client::try_from(config.unwrap()).unwrap()
}

/// Creates Services, in dry runs, until done; counts them, and keeps what failed.
async fn call(case: &Case<'_>, done: &AtomicBool, count: &AtomicU32) -> Vec<String> {
    let services: Api<Service> = Api::namespaced(client(case).await, &case.namespace);
    let params = PostParams {
        dry_run: true,
        ..PostParams::default()
    };
    let service: Service = serde_json::from_value(json!({
        "metadata": {"generateName": "web-"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]},
    }))
    .unwrap();
    let mut failed = Vec::new();
    let mut next = Instant::now();
    while !done.load(Ordering::Relaxed) {
        if let Err(error) = services.create(&params, &service).await {
            failed.push(error.to_string());
        }
        count.fetch_add(1, Ordering::Relaxed);
        // Who is late does not catch up: the machine cannot do more.
        let now = Instant::now();
        next = (next + PACE).max(now);
        tokio::time::sleep(next - now).await;
    }
    failed
}

/// Waits for another hundred calls.
fn come_in(count: &AtomicU32) {
    let others = count.load(Ordering::Relaxed);
    eventually("calls come in", || {
        count.load(Ordering::Relaxed) > others + 100
    });
}

#[test]
fn no_call_fails_while_a_process_and_its_certificate_take_over_from_others() {
    let case = Case::new("rollout");
    let authority = Authority::new("rollout");
    let folder = case.plane.folder().join("rollout-certificate");
    std::fs::create_dir(&folder).unwrap();
    let certify = || {
        authority
            .server(&["portcullis.rollout.svc"])
            .write(&folder, "tls");
    };
    certify();
    let path = |file: &str| folder.join(file).to_str().unwrap().to_owned();
    let (certificate, key) = (path("tls.crt"), path("tls.key"));
    let flags = ["--cert", &certificate, "--key", &key, "--drain-delay", "3s"];
    let start = || Gate::on_manifests(&case, WEB, &flags);

    let service = RIGHT.replace("name: web", "name: portcullis");
    case.create(&service).done();
    let jsonpath = "jsonpath={.spec.clusterIP}:80";
    let address = case
        .kubectl(&["get", "service", "portcullis", "-o", jsonpath])
        .done();
    let network = case.plane.network();
    let mut gate = start();
    network.route(&address, &[gate.address]);
    let reference =
        json!({"name": "portcullis", "namespace": "rollout", "path": "/validate", "port": 80});
    let client = json!({"service": reference, "caBundle": base64(authority.pem().as_bytes())});
    guard(&case, &client, &json!({"failurePolicy": "Fail"}));
    eventually("the API server asks the gate", || {
        case.kubectl_with(
            &["create", "--dry-run=server", "-f", "-"],
            &case.fill(RIGHT),
        )
        .done();
        gate.counted("admission_requests_total") > 0
    });

    let (done, count) = (AtomicBool::new(false), AtomicU32::new(0));
    let failed = thread::scope(|scope| {
        let load = scope.spawn(|| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let callers = (0..CALLERS).map(|_| call(&case, &done, &count));
            runtime
                .block_on(futures_util::future::join_all(callers))
                .concat()
        });
        let over = Over(&done);
        for _ in 0..2 {
            come_in(&count);
            certify();
            eventually("the certificate is taken up", || {
                gate.counted("reloads_total") > 0
            });
            come_in(&count);
            let next = start();
            network.route(&address, &[gate.address, next.address]);
            gate.terminate();
            // It takes the cluster's network a while to learn of it.
            thread::sleep(Duration::from_millis(500));
            network.route(&address, &[next.address]);
            assert!(gate.process().wait().unwrap().success());
            gate = next;
        }
        come_in(&count);
        drop(over);
        load.join().unwrap()
    });
    assert_eq!(failed, [""; 0], "of {}", count.load(Ordering::Relaxed));
}
