//! The program as a process: what it prints, where, and with which exit code.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::world::WORLD;

const POLICIES: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: {app: web}
  policyTypes: [Egress]
  egress:
  - to:
    - podSelector:
        matchLabels: {app: db}
";

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("m")).unwrap();
    fs::write(folder.path().join("m/policies.yaml"), POLICIES).unwrap();
    fs::write(folder.path().join("m/world.yaml"), WORLD).unwrap();
    folder
}

/// The exit code, standard output and standard error of `portcullis flow` in a folder.
fn flow(folder: &Path, args: &[&str], stdin: Option<&str>) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.arg("flow").args(args).current_dir(folder);
    command.stdin(if stdin.is_some() {
        Stdio::piped()
    } else {
        Stdio::null()
    });
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if let Some(text) = stdin {
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(text.as_bytes()).unwrap();
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code().unwrap();
    (code, text(&output.stdout), text(&output.stderr))
}

#[test]
fn what_decides_is_shown_at_its_line() {
    let here = folder();
    let (code, out, err) = flow(
        here.path(),
        &["shop/web", "shop/db", "-p", "sql", "-f", "m"],
        None,
    );
    assert_eq!((code, err.as_str()), (1, ""));
    let expected = "\
denied: shop/web to shop/db on 5432/TCP
  --> m/policies.yaml:7:16
   |
 7 |     podSelector: {}
   |                  ^^ ingress: NetworkPolicy shop/default-deny isolates the pods and admits no ingress
   |
  ::: m/policies.yaml:20:5
   |
20 |     - to:
   |  _____-
21 | |     - podSelector:
22 | |         matchLabels: {app: db}
   | |______________________________- egress: NetworkPolicy shop/web admits it
";
    let shown = out
        .lines()
        .take(expected.lines().count())
        .collect::<Vec<_>>()
        .join("\n")
        + "\n";
    assert_eq!(shown, expected, "{out}");
}

#[test]
fn the_patch_is_a_command_and_the_same_in_json() {
    let here = folder();
    let args = ["bank/one", "shop/db", "-p", "sql", "-f", "m"];
    let (_, out, _) = flow(here.path(), &args, None);
    let help = "help: this patch lets it pass; it is opened for every pod that NetworkPolicy \
                shop/default-deny selects\n";
    assert!(out.contains(help), "{out}");
    let command = "\nkubectl patch networkpolicy default-deny -n shop --type=json -p='[";
    assert!(out.contains(command), "{out}");
    let (_, json, _) = flow(here.path(), &[&args[..], &["-o", "json"]].concat(), None);
    let found: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(found["fix"][0]["object"]["name"], "default-deny");
    let patch = found["fix"][0]["patch"].as_array().unwrap();
    assert_eq!(
        patch[0],
        json!({"op": "test", "path": "/metadata/name", "value": "default-deny"})
    );
    let peer = json!({
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "bank"}},
        "podSelector": {"matchLabels": {"app": "one", "tier": "front"}},
    });
    let rule = json!({"from": [peer], "ports": [{"protocol": "TCP", "port": 5432}]});
    assert_eq!(
        patch[1],
        json!({"op": "add", "path": "/spec/ingress", "value": [rule]})
    );
    for operation in patch {
        let pointer = operation["path"].to_string();
        assert!(out.contains(&pointer), "{pointer}: {out}");
    }
    let (_, json, _) = flow(
        here.path(),
        &["bank/one", "bank/two", "-f", "m", "-o", "json"],
        None,
    );
    let found: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&found["fix"], &found["help"]), (&json!([]), &Value::Null));
}

#[test]
fn the_exit_code_is_the_verdict() {
    let here = folder();
    let code = |args: &[&str]| flow(here.path(), &[args, &["-f", "m"]].concat(), None).0;
    assert_eq!(code(&["bank/one", "bank/two"]), 0);
    assert_eq!(code(&["bank/one", "shop/web"]), 1);
    assert_eq!(code(&["shop/web", "apiserver"]), 1);
    assert_eq!(code(&["shop/web", "shop/wbe"]), 2);
    assert_eq!(code(&["shop/web", "shop/db"]), 2);
    assert_eq!(code(&["shop/web"]), 2);
    assert_eq!(code(&[]), 2);
    assert_eq!(code(&["web", "db", "-p", "1", "-n", "shop"]), 1);
    assert_eq!(code(&["web", "db", "-p", "1", "-n", "bank"]), 2);
}

#[test]
fn a_question_that_cannot_be_asked_says_why_on_stderr() {
    let here = folder();
    let (code, out, err) = flow(here.path(), &["shop/web", "shop/one", "-f", "m"], None);
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(
        err,
        "error: no pod or Workload is called one in namespace shop; did you mean bank/one?\n"
    );
}

#[test]
fn json_is_as_the_contract_says() {
    let here = folder();
    let args = [
        "shop/web",
        "apiserver",
        "-o",
        "json",
        "-f",
        "m",
        "--datapath",
        "endpoint",
    ];
    let (code, out, _) = flow(here.path(), &args, None);
    assert_eq!(code, 1);
    let mut found: Value = serde_json::from_str(&out).unwrap();
    let by = found["egress"]["by"].as_object_mut().unwrap();
    assert_eq!(by.remove("apiVersion"), Some(json!("networking.k8s.io/v1")));
    let location = json!({"file": "m/policies.yaml", "line": 7, "column": 16, "end_line": 7, "end_column": 18});
    assert_eq!(by.remove("location"), Some(location));
    found.as_object_mut().unwrap().remove("fix");
    assert_eq!(
        found,
        json!({
            "from": "shop/web", "to": "apiserver", "port": "6443/TCP", "datapath": "endpoint",
            "verdict": "denied",
            "egress": {"verdict": "denied", "by": {
                "kind": "NetworkPolicy", "namespace": "shop", "name": "default-deny",
                "field": "spec.egress", "rule": null,
            }},
            "ingress": {"verdict": "allowed", "by": null},
        })
    );
}

#[test]
fn queries_are_answered_a_line_each_in_order_and_a_bad_one_loses_no_other() {
    let here = folder();
    let queries = "\
{\"from\": \"shop/web\", \"to\": \"shop/db\", \"port\": \"5432/TCP\", \"datapath\": \"endpoint\"}
not json

{\"from\": \"shop/web\", \"to\": \"nobody\"}
{\"from\": \"shop/web\", \"to\": \"apiserver\", \"datapath\": \"ebpf\"}
{\"from\": \"shop/web\", \"to\": \"apiserver\", \"prot\": 1}
{\"from\": \"bank/one\", \"to\": \"bank/two\", \"datapath\": null}
{\"from\": \"shop/web\", \"to\": \"apiserver\", \"datapath\": \"none\"}";
    fs::write(here.path().join("q.jsonl"), queries).unwrap();
    let args = [
        "--queries",
        "q.jsonl",
        "-o",
        "json",
        "-f",
        "m",
        "--datapath",
        "cilium",
    ];
    let (code, out, _) = flow(here.path(), &args, None);
    assert_eq!(code, 2);
    let answers: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let verdicts: Vec<&Value> = answers.iter().map(|it| &it["verdict"]).collect();
    let null = &Value::Null;
    let (denied, allowed) = (&json!("denied"), &json!("allowed"));
    assert_eq!(verdicts, [denied, null, null, null, null, allowed, allowed]);
    let datapaths: Vec<&Value> = answers.iter().map(|it| &it["datapath"]).collect();
    assert_eq!(datapaths[0], "endpoint");
    assert_eq!(
        (datapaths[5], datapaths[6]),
        (&json!("cilium"), &json!("none"))
    );
    for (answer, (line, error)) in answers[1..5].iter().zip([
        (2, "no query: expected ident, in column 2"),
        (4, "no pod or Workload is called nobody"),
        (5, "there is no datapath ebpf"),
        (
            6,
            "no query: unknown field `prot`, expected one of `from`, `to`, `port`, `datapath`",
        ),
    ]) {
        assert_eq!(answer["line"], line);
        assert!(
            answer["error"].as_str().unwrap().starts_with(error),
            "{answer}"
        );
    }
    assert_eq!(answers[2]["from"], "shop/web");
}

#[test]
fn queries_come_through_the_pipe_and_all_answered_is_exit_0() {
    let here = folder();
    let query = "{\"from\": \"shop/web\", \"to\": \"shop/db\", \"port\": \"sql\"}\n";
    let (code, out, err) = flow(here.path(), &["--queries", "-", "-o", "json"], Some(query));
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert_eq!(out.lines().count(), 1);
    let (code, _, err) = flow(here.path(), &["--queries", "-", "-f", "-"], Some(query));
    assert_eq!(code, 2);
    assert!(err.contains("stdin cannot hold both"), "{err}");
    let (code, out, _) = flow(here.path(), &["--queries", "-", "-f", "m"], Some(query));
    assert_eq!(code, 0);
    assert!(
        out.starts_with("denied: shop/web to shop/db on 5432/TCP\n"),
        "{out}"
    );
}

#[test]
fn manifests_come_through_the_pipe_and_one_without_a_namespace_is_in_the_only_one() {
    let here = folder();
    let manifests = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {}}
";
    let (code, out, _) = flow(here.path(), &["world", "a", "-f", "-"], Some(manifests));
    assert_eq!(code, 1);
    assert!(
        out.starts_with("denied: world to a on 80/TCP\n --> <stdin>:9:21\n"),
        "{out}"
    );
    let with = manifests.replace("name: a}", "name: a, namespace: shop}");
    let (code, out, _) = flow(here.path(), &["world", "a", "-f", "-"], Some(&with));
    assert_eq!(code, 1);
    assert!(
        out.starts_with("denied: world to shop/a on 80/TCP\n --> <stdin>:9:21\n"),
        "{out}"
    );
}

#[test]
fn what_could_not_be_read_is_said() {
    let here = folder();
    fs::write(
        here.path().join("m/broken.yaml"),
        "kind: NetworkPolicy\napiVersion: {\n",
    )
    .unwrap();
    let (code, _, err) = flow(here.path(), &["bank/one", "bank/two", "-f", "m"], None);
    assert_eq!(code, 0);
    assert_eq!(
        err,
        "1 document could not be read, and policies in it do not count\n"
    );
    let args = ["bank/one", "bank/two", "-f", "m/broken.yaml"];
    let (code, _, err) = flow(here.path(), &args, None);
    assert_eq!(
        (code, err.as_str()),
        (
            2,
            "error: nothing could be read; `portcullis check` says why\n"
        )
    );
}

#[test]
fn manifests_are_laid_over_a_saved_cluster_which_may_be_all_there_is() {
    let here = folder();
    let list = json!({
        "apiVersion": "v1", "kind": "List",
        "items": [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "till", "namespace": "shop"},
             "spec": {"selector": {"matchLabels": {"app": "till"}}, "template": {
                "metadata": {"labels": {"app": "till"}},
                "spec": {"containers": [{"name": "c", "ports": [{"containerPort": 80}]}]},
             }}},
        ],
    });
    fs::write(here.path().join("cluster.json"), list.to_string()).unwrap();
    let args = ["world", "till", "--snapshot", "cluster.json"];
    let (code, out, err) = flow(here.path(), &args, None);
    assert_eq!(code, 0, "{out}{err}");
    let over = [&args[..], &["-f", "m/policies.yaml"]].concat();
    let (code, out, err) = flow(here.path(), &over, None);
    assert_eq!(code, 1, "{out}{err}");
    assert!(
        out.starts_with("denied: world to shop/till on 80/TCP\n --> m/policies.yaml:7:16\n"),
        "{out}"
    );
}

#[test]
fn a_pod_that_something_owns_is_asked_for_by_its_own_name() {
    let here = folder();
    let pod = "\
apiVersion: v1
kind: Pod
metadata:
  name: db-0
  namespace: shop
  labels: {app: db, statefulset.kubernetes.io/pod-name: db-0}
  ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: u, controller: true}]
spec: {containers: [{name: c, ports: [{name: sql, containerPort: 5432}, {name: metrics, containerPort: 9187}]}]}
status: {phase: Running, podIP: 10.1.0.9}
";
    fs::write(here.path().join("m/pod.yaml"), pod).unwrap();
    for words in ["shop/db-0", "db-0", "po/db-0", "shop/pod/db-0"] {
        let args = ["shop/web", words, "-p", "sql", "-f", "m", "-o", "json"];
        let (code, out, err) = flow(here.path(), &args, None);
        assert_eq!((code, err.as_str()), (1, ""), "{words}");
        let found: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(
            (&found["to"], &found["verdict"]),
            (&json!("shop/db-0"), &json!("denied"))
        );
        assert_eq!(found["ingress"]["by"]["name"], "default-deny");
    }
    let (code, _, _) = flow(
        here.path(),
        &["shop/web", "bank/db-0", "-p", "1", "-f", "m"],
        None,
    );
    assert_eq!(code, 2);
}
