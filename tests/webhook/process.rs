//! `portcullis serve` as a process: what it prints, and how it stops.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::time::{Duration, Instant};

use axum::http::header;
use serde_json::Value;

use crate::support::{allowed, create};
use crate::tls::{Client, health, json_of, request};

pub(crate) fn serve(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.arg("serve").args(arguments);
    command
}

pub(crate) fn refusal(arguments: &[&str]) -> String {
    let Output {
        status,
        stderr,
        stdout,
    } = serve(arguments).output().unwrap();
    assert_eq!(status.code(), Some(2), "{arguments:?}");
    assert!(stdout.is_empty());
    String::from_utf8(stderr).unwrap()
}

/// A process that runs, and its log.
pub(crate) fn started(command: &mut Command) -> (Child, BufReader<ChildStderr>) {
    let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
    let log = BufReader::new(process.stderr.take().unwrap());
    (process, log)
}

/// The first line of the log that says `message`.
pub(crate) fn logged(log: &mut BufReader<ChildStderr>, message: &str) -> Value {
    let lines = log.by_ref().lines().map(|line| line.unwrap());
    let mut read = lines.map(|line| serde_json::from_str::<Value>(&line).unwrap());
    read.find(|line| line["message"] == message).unwrap()
}

pub(crate) fn address(line: &Value, field: &str) -> SocketAddr {
    line[field].as_str().unwrap().parse().unwrap()
}

fn terminate(process: &Child) {
    let id = process.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn what_cannot_be_served_is_exit_code_2_with_a_sentence() {
    let absent = ["--ephemeral-cert", "--kubeconfig", "absent"];
    assert!(refusal(&absent).contains("give --manifests"));
    assert!(refusal(&["--manifests", "src"]).contains("no certificate"));
    assert!(refusal(&["--cert", "tls.crt"]).contains("--key"));
    assert!(refusal(&["--ephemeral-cert", "--deny", "no-such-rule"]).contains("no-such-rule"));
    let unreadable = [
        "--cert",
        "absent.crt",
        "--key",
        "absent.key",
        "--manifests",
        "src",
    ];
    assert!(refusal(&unreadable).contains("cannot read absent.crt"));
    assert!(
        refusal(&[
            "--ephemeral-cert",
            "--deny-namespaces",
            "a b",
            "--deny",
            "x"
        ])
        .contains("a b")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_serves_with_the_ca_that_it_printed_and_drains_on_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
    std::fs::write(folder.path().join("shop.yaml"), manifest).unwrap();
    let mut command = serve(&["--ephemeral-cert", "--drain-delay", "400ms"]);
    command
        .args(["--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0"])
        .arg("--manifests")
        .arg(folder.path())
        .stdout(Stdio::piped());
    let (mut process, mut log) = started(&mut command);
    let serving = logged(&mut log, "serving");
    let mut out = BufReader::new(process.stdout.take().unwrap());
    let mut ca = String::new();
    while !ca.contains("END CERTIFICATE") {
        assert_ne!(out.read_line(&mut ca).unwrap(), 0, "{ca}");
    }
    let client = Client {
        address: address(&serving, "webhook"),
        ca,
        name: "localhost",
        versions: rustls::ALL_VERSIONS.to_vec(),
    };
    let mut sender = client.http1().await;
    let answer = sender
        .send_request(request("/validate?timeout=10s", create("u")))
        .await
        .unwrap();
    assert!(answer.headers().get(header::CONNECTION).is_none());
    allowed(&json_of(answer).await, "u");

    let vitals = address(&serving, "health");
    assert_eq!(health(vitals, "/readyz").await.0, 200);
    let began = Instant::now();
    terminate(&process);
    logged(&mut log, "stopping");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(health(vitals, "/readyz").await.0, 503);
    sender.ready().await.unwrap();
    let answer = sender
        .send_request(request("/validate", create("u")))
        .await
        .unwrap();
    assert_eq!(answer.headers()[header::CONNECTION], "close");
    allowed(&json_of(answer).await, "u");
    assert!(process.wait().unwrap().success());
    assert!(began.elapsed() >= Duration::from_millis(400));
}
