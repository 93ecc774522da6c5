//! The program as a process: what it prints, where, and with which exit code.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const SHOP: &str = include_str!("shop.yaml");

/// A policy that lets only the bank ask the database, in place of another.
const CHANGE: &str = include_str!("change.yaml");

/// A policy that lets nobody out of the bank, nor into it.
const DEFAULT_DENY: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: bank}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
";

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("m")).unwrap();
    fs::write(folder.path().join("m/shop.yaml"), SHOP).unwrap();
    fs::write(folder.path().join("change.yaml"), CHANGE).unwrap();
    fs::write(folder.path().join("deny.yaml"), DEFAULT_DENY).unwrap();
    folder
}

/// The exit code, standard output and standard error of `portcullis flows` in a folder.
fn run(folder: &Path, command: &str, args: &[&str]) -> (i32, String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        program.env_remove(name);
    }
    let output = program
        .arg(command)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// What `portcullis flows -f m` prints where all goes well.
fn told(args: &[&str]) -> String {
    let (code, out, err) = run(folder().path(), "flows", &[&["-f", "m"], args].concat());
    assert_eq!(code, 0, "{err}");
    out
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&told(&[&["-o", "json"], args].concat())).unwrap()
}

#[test]
fn who_may_talk_to_whom_fits_on_a_page() {
    insta::assert_snapshot!(told(&[]));
}

#[test]
fn whoever_declares_no_port_is_named_and_asked_on_none() {
    let (_, out, err) = run(folder().path(), "flows", &["-f", "m"]);
    assert_eq!(
        err,
        "bank/report declares no port and is asked on none; --port asks for one\n"
    );
    assert!(out.contains("bank/ (all 2)"), "it asks all the same: {out}");
    let (_, out, err) = run(
        folder().path(),
        "flows",
        &["-f", "m", "--port", "8080", "--to", "bank/"],
    );
    assert_eq!(err, "");
    assert!(
        out.contains("bank/ (all 2)") || out.contains("everyone"),
        "{out}"
    );
}

#[test]
fn it_is_drawn_as_a_matrix_and_for_documents() {
    insta::assert_snapshot!(told(&["--matrix", "--datapath", "endpoint"]));
    insta::assert_snapshot!(told(&["-o", "mermaid", "--datapath", "endpoint"]));
    insta::assert_snapshot!(told(&["-o", "dot", "--datapath", "endpoint"]));
}

#[test]
fn flags_narrow_who_is_asked() {
    insta::assert_snapshot!(told(&["--from", "shop/", "--to", "shop/db"]));
    insta::assert_snapshot!(told(&["--from", "world", "--port", "http"]));
}

#[test]
fn every_pair_is_an_object_like_that_of_flow() {
    let all = json(&[]);
    let all = all.as_array().unwrap();
    let find = |from: &str, to: &str, port: &str| {
        let is = |it: &&Value| it["from"] == from && it["to"] == to && it["port"] == port;
        all.iter().find(is).unwrap().clone()
    };
    // Six pods, Workloads and the world ask each of five with six ports, the API server and DNS
    // over two protocols, and all but the world the world.
    assert_eq!(all.len(), 7 * 6 + 6 * 4);
    for (from, to, port) in [
        ("shop/web", "shop/db", "5432/TCP"),
        ("shop/web-canary", "shop/db", "9187/TCP"),
        ("bank/vault", "shop/cache", "6379/TCP"),
        ("world", "shop/web", "8080/TCP"),
        ("shop/db", "world", "443/TCP"),
        ("shop/db", "apiserver", "443/TCP"),
        ("shop/db", "dns", "53/UDP"),
    ] {
        let (_, alone, err) = run(
            folder().path(),
            "flow",
            &["-f", "m", "-o", "json", from, to, "--port", port],
        );
        let mut alone: Value = serde_json::from_str(&alone).unwrap_or_else(|_| panic!("{err}"));
        // What would let it pass is looked for where one asks for one flow.
        let alone = alone.as_object_mut().unwrap();
        alone.remove("fix");
        alone.remove("help");
        assert_eq!(find(from, to, port).as_object(), Some(&*alone));
    }
}

#[test]
fn a_change_is_told_by_what_it_opens_and_closes() {
    insta::assert_snapshot!(told(&[
        "--changed-by",
        "change.yaml",
        "--datapath",
        "endpoint"
    ]));
    insta::assert_snapshot!(told(&[
        "--changed-by",
        "deny.yaml",
        "--datapath",
        "endpoint"
    ]));
}

#[test]
fn a_change_among_the_inputs_is_compared_with_the_others() {
    let here = folder();
    fs::copy(
        here.path().join("deny.yaml"),
        here.path().join("m/deny.yaml"),
    )
    .unwrap();
    let args = [
        "-f",
        "m",
        "--changed-by",
        "m/deny.yaml",
        "--datapath",
        "endpoint",
    ];
    let (code, out, _) = run(here.path(), "flows", &args);
    assert_eq!(
        (code, out),
        (
            0,
            told(&["--changed-by", "deny.yaml", "--datapath", "endpoint"])
        )
    );
}

#[test]
fn what_a_change_does_is_told_to_programs_with_both_verdicts() {
    let told = json(&[
        "--changed-by",
        "change.yaml",
        "--to",
        "shop/db",
        "--port",
        "5432",
    ]);
    let (opens, closes) = (
        told["opens"].as_array().unwrap(),
        told["closes"].as_array().unwrap(),
    );
    let names = |all: &[Value]| -> Vec<String> {
        all.iter()
            .map(|it| it["from"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(opens), ["bank/vault", "bank/report"]);
    assert_eq!(names(closes), ["shop/web", "shop/web-canary"]);
    let one = &opens[0];
    assert_eq!(one["before"]["verdict"], "denied");
    assert_eq!(one["before"]["ingress"]["by"]["name"], "default-deny");
    assert_eq!(
        one["before"]["ingress"]["by"]["location"]["file"],
        "m/shop.yaml"
    );
    assert_eq!(one["after"]["verdict"], "allowed");
    assert_eq!(
        one["after"]["ingress"]["by"]["location"]["file"],
        "change.yaml"
    );
    let by = &closes[0]["after"]["ingress"]["by"];
    assert_eq!(
        (&by["name"], &by["location"]["file"]),
        (&"default-deny".into(), &"m/shop.yaml".into())
    );
}

#[test]
fn a_change_that_changes_nothing_says_so() {
    let here = folder();
    fs::write(here.path().join("same.yaml"), SHOP).unwrap();
    let (code, out, _) = run(
        here.path(),
        "flows",
        &["-f", "m", "--changed-by", "same.yaml"],
    );
    assert_eq!(
        (code, out.as_str()),
        (0, "opens: nothing\n\ncloses: nothing\n")
    );
    let new = "apiVersion: v1\nkind: Pod\nmetadata: {name: new, namespace: shop}\nspec: {containers: [{name: c, ports: [{containerPort: 1}]}]}\n";
    fs::write(here.path().join("new.yaml"), new).unwrap();
    let (_, out, err) = run(
        here.path(),
        "flows",
        &["-f", "m", "--changed-by", "new.yaml", "-q"],
    );
    assert_eq!(
        (out.as_str(), err.as_str()),
        ("opens: nothing\n\ncloses: nothing\n", "")
    );
    let (.., err) = run(
        here.path(),
        "flows",
        &["-f", "m", "--changed-by", "new.yaml"],
    );
    assert!(
        err.contains("shop/new is new, so that its flows are no change"),
        "{err}"
    );
}

#[test]
fn where_nothing_restricts_one_line_says_so() {
    let here = TempDir::new().unwrap();
    let policies = SHOP.find("---\napiVersion: networking.k8s.io/v1").unwrap();
    fs::write(here.path().join("a.yaml"), SHOP.get(..policies).unwrap()).unwrap();
    let (code, out, _) = run(here.path(), "flows", &["-f", "."]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(out);
}

#[test]
fn nobody_to_ask_is_no_failure() {
    let here = TempDir::new().unwrap();
    fs::write(
        here.path().join("a.yaml"),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n",
    )
    .unwrap();
    let (code, out, err) = run(here.path(), "flows", &["-f", "."]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.ends_with("no pod or Workload in view\n"), "{out}");
    let (code, out, _) = run(here.path(), "flows", &["-f", ".", "-o", "json"]);
    assert_eq!((code, out.as_str()), (0, "[]\n"));
    for output in ["mermaid", "dot"] {
        assert_eq!(run(here.path(), "flows", &["-f", ".", "-o", output]).0, 0);
    }
    fs::write(here.path().join("a.yaml"), "just: data\n").unwrap();
    assert_eq!(run(here.path(), "flows", &["-f", "."]).0, 0);
}

#[test]
fn one_namespace_alone_is_named_whole() {
    let out = told(&["--from", "shop/", "--to", "shop/", "--datapath", "endpoint"]);
    insta::assert_snapshot!(out);
}

#[test]
fn what_cannot_be_told_is_exit_2_with_the_reason_on_stderr() {
    let here = folder();
    fs::write(
        here.path().join("broken.yaml"),
        "apiVersion: v1\nkind: Service\nmetadata: {name: \"open\n",
    )
    .unwrap();
    for args in [
        &["--from", "nobody"][..],
        &["--from", "nowhere/"],
        &["--from", "apiserver"],
        &["--to", "10.0.0.1"],
        &["--port", "none/such/thing"],
        &["--changed-by", "missing.yaml"],
        &["--changed-by", "broken.yaml"],
        &["--changed-by", "change.yaml", "--matrix"],
        &["--changed-by", "change.yaml", "-o", "dot"],
        &["--matrix", "-o", "json"],
        &["-o", "sarif"],
    ] {
        let (code, out, err) = run(here.path(), "flows", &[&["-f", "m"], args].concat());
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(!err.is_empty(), "{args:?}");
    }
    let (code, out, err) = run(here.path(), "check", &["m", "-o", "dot"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(
        err,
        "error: only `portcullis flows` has the output format dot; others have human and json\n"
    );
}
