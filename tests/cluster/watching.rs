//! The live View: what is seen of a real cluster, and what is known of it when something is amiss.

use std::fs;

use serde_json::json;

use crate::support::case::Case;
use crate::support::gate::Gate;
use crate::support::manifests::WEB;
use crate::support::plane::Plane;
use crate::support::wait::eventually;

/// A Service that selects `app: wbe`, where pods have `app: web`.
const TYPO: &str = "
apiVersion: v1
kind: Service
metadata: {name: web, namespace: NAMESPACE}
spec: {selector: {app: wbe}, ports: [{port: 80, targetPort: 8080}]}
";

/// A gate that watches the cluster of a case, guards it, and is ready.
fn watching(case: &Case<'_>, flags: &[&str]) -> Gate {
    let gate = Gate::start(case, flags);
    ready(&gate);
    gate.guard(case, &json!({}));
    gate
}

fn ready(gate: &Gate) {
    eventually("the cluster is in view", || gate.get("/readyz").0 == 200);
}

/// Whether the gate says this of a kind, or of the cluster.
fn says(gate: &Gate, line: &str) -> bool {
    let text = gate.get("/readyz?verbose").1;
    text.lines().any(|said| said.starts_with(line))
}

/// What kubectl prints when a manifest is created, which it is not.
fn told(case: &Case<'_>, manifest: &str) -> String {
    let create = ["create", "--dry-run=server", "-f", "-"];
    case.kubectl_with(&create, &case.fill(manifest)).err
}

/// Whether a Service that selects nothing is told of.
fn is_told(case: &Case<'_>, manifest: &str) -> bool {
    told(case, manifest).contains("[service-selects-nothing]")
}

#[test]
fn a_service_with_a_typo_is_told_of_when_its_deployment_arrives_also_to_a_gate_that_restarted() {
    let case = Case::new("typo");
    let gate = watching(&case, &[]);
    let created = case.create(TYPO).warned().join("\n");
    assert!(created.contains("nothing in typo has app=wbe"), "{created}");
    let told = || {
        let warned = case.create(WEB).warned().join("\n");
        case.kubectl(&["delete", "deployment", "web", "--wait"])
            .done();
        warned
    };
    let expected = "Service typo/web: selects no pod: Deployment typo/web differs in app";
    let warned = told();
    assert!(warned.contains(expected), "{warned}");

    drop(gate);
    let _gate = watching(&case, &[]);
    let warned = told();
    assert!(warned.contains(expected), "{warned}");
}

#[test]
fn what_comes_changes_and_goes_is_seen() {
    let case = Case::new("seen");
    let _gate = watching(&case, &[]);
    let typo = TYPO.replace("name: web", "name: other");
    case.create(WEB).done();
    eventually("the Deployment is seen", || {
        told(&case, &typo).contains("Deployment seen/web differs in app")
    });
    case.kubectl(&["delete", "deployment", "web"]).done();
    eventually("it is seen to be gone", || {
        let said = told(&case, &typo);
        said.contains("nothing in seen has app=wbe") && !said.contains("Deployment seen/web")
    });
}

/// An account that may list everything that is watched but pods, and a kubeconfig of it.
fn without_pods(case: &Case<'_>) -> String {
    let account = format!("{}:gate", case.namespace);
    case.kubectl(&["create", "serviceaccount", "gate"]).done();
    let role = format!("{}-gate", case.namespace);
    case.apply(&READS.replace("ROLE", &role)).done();
    bind(case, &role, &account);
    let token = case.kubectl(&["create", "token", "gate"]).done();
    let admin = fs::read_to_string(case.plane.kubeconfig()).unwrap();
    let own = admin.replace("token: 'admin'", &format!("token: '{}'", token.trim()));
    assert_ne!(own, admin);
    let path = case.plane.folder().join(format!("{role}.kubeconfig"));
    fs::write(&path, own).unwrap();
    path.to_str().unwrap().to_owned()
}

fn bind(case: &Case<'_>, role: &str, account: &str) {
    let (role_flag, account) = (
        format!("--clusterrole={role}"),
        format!("--serviceaccount={account}"),
    );
    let bind = ["create", "clusterrolebinding", role, &role_flag, &account];
    case.kubectl(&bind).done();
}

const READS: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: ROLE}
rules:
- apiGroups: ['']
  resources: [namespaces, nodes, replicationcontrollers, serviceaccounts, services]
  verbs: [list, watch]
- apiGroups:
  - apiextensions.k8s.io
  - apps
  - batch
  - discovery.k8s.io
  - networking.k8s.io
  - rbac.authorization.k8s.io
  resources: ['*']
  verbs: [list, watch]
";

#[test]
fn what_may_not_be_listed_is_unknown_until_it_may_be_and_stalls_nothing_else() {
    let case = Case::new("forbidden");
    let kubeconfig = without_pods(&case);
    let gate = watching(&case, &["--kubeconfig", &kubeconfig]);
    assert!(says(&gate, "kind pods: unknown, not permitted"));
    assert!(says(&gate, "kind deployments.apps: known"));
    // Who may list nothing of a group is forbidden what is not there, too.
    assert!(says(
        &gate,
        "kind ciliumnetworkpolicies.cilium.io: unknown, not installed"
    ));
    let metrics = gate.get("/metrics").1;
    let metric = "portcullis_watch_unknown{kind=\"pods\",reason=\"forbidden\"} 1\n";
    assert!(metrics.contains(metric), "{metrics}");
    // The pods that it selects may be there.
    assert!(!is_told(&case, TYPO));

    let role = "forbidden-gate-pods";
    let create = [
        "create",
        "clusterrole",
        role,
        "--verb=list,watch",
        "--resource=pods",
    ];
    case.kubectl(&create).done();
    bind(&case, role, "forbidden:gate");
    eventually("pods are known", || says(&gate, "kind pods: known"));
    assert!(is_told(&case, TYPO));
}

const HTTP_ROUTES: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: httproutes.gateway.networking.k8s.io
  annotations: {api-approved.kubernetes.io: 'https://example.com'}
spec:
  group: gateway.networking.k8s.io
  names: {kind: HTTPRoute, plural: httproutes, singular: httproute, listKind: HTTPRouteList}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
";

const ROLLOUTS: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: rollouts.example.com}
spec:
  group: example.com
  names: {kind: Rollout, plural: rollouts, singular: rollout, listKind: RolloutList}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              template: {type: object, x-kubernetes-preserve-unknown-fields: true}
";

const ROLLOUT: &str = "
apiVersion: example.com/v1
kind: Rollout
metadata: {name: web, namespace: NAMESPACE}
spec:
  template:
    metadata: {labels: {app: wbe}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
";

const CILIUM: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: cilium-config, namespace: kube-system}
data: {policy-cidr-match-mode: nodes}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: cilium, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: cilium}}
  template:
    metadata: {labels: {k8s-app: cilium}}
    spec: {containers: [{name: cilium-agent, image: cilium}]}
";

#[test]
fn what_is_installed_later_is_seen() {
    let plane = Plane::own();
    let case = Case::on(&plane, "later");
    let gate = watching(&case, &[]);
    let routes = "kind httproutes.gateway.networking.k8s.io";
    assert!(says(&gate, &format!("{routes}: unknown, not installed")));
    case.apply(HTTP_ROUTES).done();
    eventually("HTTPRoutes are known", || {
        says(&gate, &format!("{routes}: known"))
    });

    assert!(is_told(&case, TYPO));
    case.apply(ROLLOUTS).done();
    let rollouts = "kind rollouts.example.com: known";
    eventually("Rollouts are known", || says(&gate, rollouts));
    eventually("a Rollout is created", || case.apply(ROLLOUT).well);
    eventually("its pods are seen", || !is_told(&case, TYPO));
    case.kubectl(&["delete", "crd", "rollouts.example.com"])
        .done();
    eventually("they are seen to be gone", || {
        is_told(&case, TYPO) && !says(&gate, "kind rollouts")
    });

    assert!(says(&gate, "datapath unknown"));
    let apply = ["apply", "--namespace", "kube-system", "-f", "-"];
    case.kubectl_with(&apply, CILIUM).done();
    eventually("Cilium is seen", || says(&gate, "datapath cilium:nodes"));
}

#[test]
fn what_happened_while_the_api_server_was_gone_or_forgot_is_seen_afterwards() {
    let plane = Plane::own();
    let case = Case::on(&plane, "gone");
    case.create(WEB).done();
    let gate = Gate::start(&case, &["--stale-after", "3s"]);
    ready(&gate);

    plane.stop_api_server();
    eventually("the silence is noticed", || {
        says(&gate, "kind services: unknown, not heard of for")
    });
    assert_eq!(gate.get("/readyz").0, 200, "whom should they ask instead?");
    let metrics = gate.get("/metrics").1;
    let metric = "portcullis_watch_unknown{kind=\"services\",reason=\"stale\"} 1\n";
    assert!(metrics.contains(metric), "{metrics}");
    plane.start_api_server();
    plane.wait_until_ready().unwrap();
    eventually("it is heard again", || says(&gate, "kind services: known"));
    assert!(gate.counted("watch_restarts_total") > 0);

    gate.freeze();
    case.create(&WEB.replace("web", "other")).done();
    case.kubectl(&["delete", "deployment", "web"]).done();
    plane.forget_history();
    plane.stop_api_server();
    plane.start_api_server();
    plane.wait_until_ready().unwrap();
    gate.thaw();
    gate.guard(&case, &json!({}));
    let near = |name: &str| {
        let service = TYPO
            .replace("wbe", &format!("{name}x"))
            .replace("name: web", "name: x");
        told(&case, &service).contains(&format!("Deployment gone/{name}"))
    };
    eventually("what came meanwhile is seen", || near("other"));
    eventually("what went meanwhile is gone", || !near("web"));
}
