//! The three doors find the same in the same objects.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::case::Case;
use crate::support::gate::Gate;
use crate::support::wait::eventually;

/// Five mistakes, and neighbours that make none.
const SET: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NAMESPACE}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {httpGet: {port: htttp}}
---
apiVersion: v1
kind: Service
metadata: {name: wrong-port, namespace: NAMESPACE}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8000}]}
---
apiVersion: v1
kind: Service
metadata: {name: wrong-name, namespace: NAMESPACE}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: https}]}
---
apiVersion: v1
kind: Service
metadata: {name: typo, namespace: NAMESPACE}
spec: {selector: {app: cahce}, ports: [{port: 6379}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: cache, namespace: NAMESPACE}
spec:
  serviceName: typo
  selector: {matchLabels: {app: cache}}
  template:
    metadata: {labels: {app: cache}}
    spec:
      serviceAccountName: cache
      containers: [{name: cache, image: cache, ports: [{containerPort: 6379}]}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: cache, namespace: NAMESPACE}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: cache, namespace: NAMESPACE}
rules: [{apiGroups: [''], resources: [pods], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: cache, namespace: NAMESPACE}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: cache}
subjects: [{kind: ServiceAccount, name: cache, namespace: NAMESPACE}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cache, namespace: NAMESPACE}
spec:
  podSelector: {matchLabels: {app: cache}}
  policyTypes: [Egress]
";

/// The kinds that are saved of the cluster.
const KINDS: &str = "namespaces,nodes,pods,services,serviceaccounts,replicationcontrollers,\
    deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs,endpointslices,ingresses,\
    networkpolicies,roles,rolebindings,clusterroles,clusterrolebindings";

/// Warnings and errors, each as rule and object.
type Found = BTreeSet<(String, String)>;

fn portcullis(arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    let output = command.args(arguments).output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn found(report: &Value) -> Found {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .filter(|finding| finding["severity"] != "notice")
        .map(|finding| {
            let object = &finding["object"];
            let name = format!("{} {}", object["kind"], object["name"]).replace('"', "");
            (finding["rule"].as_str().unwrap().to_owned(), name)
        })
        .collect()
}

/// The same, with the field and the message.
fn in_full(report: &Value) -> BTreeSet<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["severity"] != "notice")
        .map(|it| {
            format!(
                "{} {} {}: {}",
                it["rule"], it["object"], it["field"], it["message"]
            )
        })
        .collect()
}

/// What kubectl is told when every object is admitted once more.
fn told(case: &Case<'_>) -> Found {
    let apply = ["apply", "--server-side", "--dry-run=server", "-f", "-"];
    let mut found = Found::new();
    for manifest in SET.split("---") {
        for warning in case.kubectl_with(&apply, &case.fill(manifest)).warned() {
            let (object, _) = warning.split_once(": ").unwrap();
            let (_, rule) = warning.rsplit_once(" [").unwrap();
            let name = object.replace(&format!("{}/", case.namespace), "");
            found.insert((rule.trim_end_matches(']').to_owned(), name));
        }
    }
    found
}

fn save(case: &Case<'_>, path: &Path) {
    let list = case
        .kubectl(&["get", KINDS, "--all-namespaces", "-o", "json"])
        .done();
    fs::write(path, list).unwrap();
}

#[test]
fn check_admission_and_audit_find_the_same() {
    let case = Case::new("drift");
    let gate = Gate::on_manifests(&case, SET, &[]);
    let files = case.plane.folder().join("drift");
    let check = portcullis(&["check", "-o", "json", files.to_str().unwrap()]);
    let checked = found(&check);
    let rules: BTreeSet<&str> = checked.iter().map(|(rule, _)| &**rule).collect();
    let expected = [
        "api-server-egress-blocked",
        "probe-port-name-not-found",
        "service-selects-nothing",
        "target-port-name-not-found",
        "target-port-not-declared",
    ];
    assert_eq!(rules, BTreeSet::from(expected));

    case.create(SET).done();
    gate.guard(&case, &json!({}));
    assert_eq!(told(&case), checked, "admission");

    eventually("the pods are there", || {
        let pods = case.kubectl(&["get", "pods", "-o", "name"]).done();
        pods.lines().count() >= 2
    });
    let saved = case.plane.folder().join("drift.json");
    save(&case, &saved);
    let snapshot = [
        "audit",
        "-n",
        "drift",
        "-o",
        "json",
        "--snapshot",
        saved.to_str().unwrap(),
    ];
    assert_eq!(in_full(&portcullis(&snapshot)), in_full(&check), "audit");
}
