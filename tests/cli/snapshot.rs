//! A cluster in a file: what `check` lays manifests over and what `audit` reviews.

use serde_json::{Value, json};

use crate::{folder, run};

const LABELS: &str = "app: web";

/// A cluster with a Deployment, its pod, and a Service in front of them.
fn cluster() -> Value {
    let template = json!({
        "metadata": {"labels": {"name": "web", "app": "web"}},
        "spec": {
            "automountServiceAccountToken": false,
            "containers": [{"name": "main", "ports": [{"name": "http", "containerPort": 8080}]}],
        },
    });
    let owner = |kind: &str, name: &str| json!([{"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": name, "controller": true}]);
    let spec = json!({"selector": {"matchLabels": {"name": "web"}}, "template": template});
    json!({
        "apiVersion": "v1", "kind": "List",
        "metadata": {"annotations": {"portcullis.dev/coverage": claim()}},
        "items": [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"},
             "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}]}},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "odd", "namespace": "shop"},
             "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "grpc"}]}},
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec},
            {"apiVersion": "apps/v1", "kind": "ReplicaSet",
             "metadata": {"name": "web-1", "namespace": "shop", "ownerReferences": owner("Deployment", "web")}, "spec": spec},
            {"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": "web-1-a", "namespace": "shop", "labels": {"name": "web", "app": "web"},
                          "ownerReferences": owner("ReplicaSet", "web-1")},
             "spec": template["spec"], "status": {"phase": "Running"}},
        ],
    })
}

/// Everything that Services and Workloads need is held completely.
fn claim() -> String {
    let kinds = [
        "services",
        "pods",
        "deployments.apps",
        "statefulsets.apps",
        "daemonsets.apps",
        "replicasets.apps",
        "replicationcontrollers",
        "jobs.batch",
        "cronjobs.batch",
        "customresources",
        "namespaces",
        "serviceaccounts",
    ];
    let all = kinds.map(|kind| (kind.to_owned(), json!(["*"])));
    Value::Object(all.into_iter().collect()).to_string()
}

fn deployment(labels: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  selector: {{matchLabels: {{name: web}}}}\n  template:\n    metadata: {{labels: {{name: web, {labels}}}}}\n    spec:\n      automountServiceAccountToken: false\n      containers: [{{name: main, ports: [{{name: http, containerPort: 8080}}]}}]\n"
    )
}

fn service(name: &str, labels: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{selector: {{{labels}}}, ports: [{{port: 80, targetPort: http}}]}}\n"
    )
}

fn findings(text: &str) -> Vec<Value> {
    let json: Value = serde_json::from_str(text).unwrap();
    json["findings"].as_array().unwrap().clone()
}

#[test]
fn a_service_whose_pods_run_in_the_cluster_is_silent() {
    let cluster = cluster().to_string();
    let service = service("third", LABELS);
    let here = folder(&[("cluster.json", &cluster), ("service.yaml", &service)]);
    let args = [
        "check",
        "--snapshot",
        "cluster.json",
        "service.yaml",
        "--show",
        "notice",
    ];
    let (code, out, err) = run(here.path(), &args);
    assert_eq!(
        (code, out.as_str()),
        (0, "no findings in 1 object (1 file)\n"),
        "{err}"
    );
}

#[test]
fn absence_from_the_cluster_is_known() {
    let (cluster, service) = (cluster().to_string(), service("third", "app: reviews"));
    let here = folder(&[("cluster.json", &cluster), ("service.yaml", &service)]);
    let alone = run(here.path(), &["check", "service.yaml", "-o", "json"]);
    assert_eq!(findings(&alone.1), Vec::<Value>::new());
    let args = [
        "check",
        "--snapshot",
        "cluster.json",
        "service.yaml",
        "-o",
        "json",
    ];
    let (code, out, _) = run(here.path(), &args);
    let found = findings(&out);
    assert_eq!((code, found.len()), (0, 1), "{out}");
    assert_eq!(found[0]["rule"], "service-selects-nothing");
    assert_eq!(found[0]["severity"], "notice");
}

#[test]
fn what_the_change_breaks_in_the_cluster_is_told_at_its_cause_and_nothing_else_is() {
    let (cluster, deployment) = (cluster().to_string(), deployment("app: site"));
    let here = folder(&[("cluster.json", &cluster), ("web.yaml", &deployment)]);
    let args = ["check", "--snapshot", "cluster.json", "web.yaml"];
    let (code, out, _) = run(here.path(), &[&args[..], &["-o", "json"]].concat());
    let found = findings(&out);
    assert_eq!(code, 1, "{out}");
    let told: Vec<_> = found
        .iter()
        .map(|it| (&it["rule"], &it["object"]["name"]))
        .collect();
    let (rule, web, odd) = (json!("service-selects-nothing"), json!("web"), json!("odd"));
    assert_eq!(told, [(&rule, &odd), (&rule, &web)]);
    for finding in &found {
        assert_eq!(finding["caused_by"]["kind"], "Deployment");
        assert_eq!(finding["location"]["file"], "web.yaml");
        assert_eq!(finding["location"]["line"], 4);
        assert_eq!(finding["field"], "spec.selector");
    }
    let (_, out, _) = run(here.path(), &args);
    for part in [
        "Service shop/web: ",
        "web.yaml:4:9",
        "note: at spec.selector",
        "caused by Deployment shop/web",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
}

#[test]
fn a_change_that_breaks_nothing_is_silent_about_what_is_broken_already() {
    let (cluster, deployment) = (cluster().to_string(), deployment("app: web, tier: front"));
    let here = folder(&[("cluster.json", &cluster), ("web.yaml", &deployment)]);
    let args = [
        "check",
        "--snapshot",
        "cluster.json",
        "web.yaml",
        "--show",
        "notice",
    ];
    let (code, out, _) = run(here.path(), &args);
    assert_eq!(
        (code, out.as_str()),
        (0, "no findings in 1 object (1 file)\n")
    );
}

#[test]
fn audit_reports_what_is_wrong_in_a_snapshot() {
    let here = folder(&[("cluster.json", &cluster().to_string())]);
    let audit = |args: &[&str]| {
        let all = [&["audit", "--snapshot", "cluster.json"], args].concat();
        run(here.path(), &all)
    };
    let (code, out, _) = audit(&[]);
    assert_eq!(code, 1);
    assert!(
        out.starts_with("error[target-port-name-not-found]: Service shop/odd: "),
        "{out}"
    );
    assert!(out.contains("note: at spec.ports[0].targetPort"), "{out}");
    assert!(out.ends_with("\n1 error in 7 objects\n"), "{out}");
    let (code, out, _) = audit(&["-A", "-o", "json"]);
    let found = findings(&out);
    assert_eq!((code, found.len()), (1, 1));
    assert!(found[0].get("location").is_none(), "{out}");
    assert!(found[0].get("caused_by").is_some(), "{out}");
    let (code, out, err) = audit(&["-n", "shop"]);
    assert_eq!(code, 1, "{err}");
    assert!(out.ends_with("\n1 error in 5 objects\n"), "{out}");
    let (code, out, err) = audit(&["-n", "other"]);
    assert_eq!(
        (code, out.as_str()),
        (0, "no findings in 0 objects\n"),
        "{err}"
    );
    let (code, _, err) = audit(&["-n", "nowhere"]);
    assert_eq!(
        (code, err.lines().last()),
        (0, Some("there is no namespace nowhere"))
    );
}

#[test]
fn what_a_snapshot_lacks_is_said_and_nothing_is_concluded_from_it() {
    let mut partial = cluster();
    let claim = claim().replace(r#""pods":["*"],"#, "");
    partial["metadata"]["annotations"]["portcullis.dev/coverage"] = json!(claim);
    let service = service("third", "app: reviews");
    let here = folder(&[
        ("cluster.json", &partial.to_string()),
        ("service.yaml", &service),
    ]);
    let args = [
        "check",
        "--snapshot",
        "cluster.json",
        "service.yaml",
        "-o",
        "json",
    ];
    let (code, out, err) = run(here.path(), &args);
    assert_eq!((code, findings(&out).len()), (0, 0), "{out}");
    assert!(
        err.contains("cluster.json does not hold all of") && err.contains("pods"),
        "{err}"
    );
    let list = json!({"apiVersion": "v1", "kind": "List", "items": partial["items"]});
    let here = folder(&[("cluster.json", &list.to_string())]);
    let (_, _, err) = run(here.path(), &["audit", "--snapshot", "cluster.json"]);
    assert!(err.contains("nothing counts as absent"), "{err}");
}

#[test]
fn a_snapshot_that_cannot_be_read_is_exit_2_with_the_reason() {
    let here = folder(&[
        ("broken.json", "{"),
        ("empty.yaml", "a: b\n"),
        ("a.yaml", "x"),
    ]);
    for file in ["nowhere.json", "broken.json", "empty.yaml"] {
        for args in [
            &["audit", "--snapshot", file][..],
            &["check", "a.yaml", "--snapshot", file],
        ] {
            let (code, out, err) = run(here.path(), args);
            assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
            assert!(err.contains(&format!("error: snapshot {file}: ")), "{err}");
        }
    }
}

#[test]
fn a_cluster_that_cannot_be_reached_is_exit_2_with_the_reason() {
    let nobody = "{apiVersion: v1, kind: Config, current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}], clusters: [{name: a, cluster: {server: 'http://127.0.0.1:1'}}], users: [{name: a}]}";
    let here = folder(&[("nobody.yaml", nobody), ("a.yaml", "x")]);
    for (config, reason) in [
        ("nowhere.yaml", "kubeconfig"),
        ("nobody.yaml", "cannot be reached"),
    ] {
        for args in [
            &["audit", "--kubeconfig", config][..],
            &["snapshot", "--kubeconfig", config],
            &["check", "a.yaml", "--cluster", "--kubeconfig", config],
        ] {
            let (code, out, err) = run(here.path(), args);
            assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
            assert!(err.contains(reason), "{args:?}: {err}");
        }
    }
    let (code, _, err) = run(
        here.path(),
        &["check", "a.yaml", "--kubeconfig", "nobody.yaml"],
    );
    assert_eq!(code, 2);
    assert!(err.contains("--cluster"), "{err}");
}

#[test]
fn under_its_name_as_a_plugin_it_speaks_as_kubectl() {
    let here = folder(&[]);
    let plugin = here.path().join("kubectl-portcullis");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_portcullis"), &plugin).unwrap();
    let output = std::process::Command::new(&plugin)
        .args(["audit", "-h"])
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains("Usage: kubectl portcullis audit"), "{help}");
}
