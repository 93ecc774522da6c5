//! Pods and what makes them.

use serde_json::{Value, json};

use super::{read, workload};
use crate::object::{ContainerRole, DnsPolicy, PodSpec, Workload};

fn pod(spec: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec})
}

fn spec(spec: &Value) -> PodSpec {
    workload(&pod(spec)).template.spec.as_ref().clone()
}

fn container(mut fields: Value) -> crate::object::Container {
    fields["name"] = json!("web");
    spec(&json!({"containers": [fields]})).containers.remove(0)
}

#[test]
fn every_maker_of_pods_has_its_template_where_it_stands() {
    let template = json!({
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "ports": [{"containerPort": 80}]}]},
    });
    let typed = json!({"matchLabels": {"app": "web"}});
    for (api_version, kind, selector) in [
        ("apps/v1", "Deployment", &typed),
        ("apps/v1", "StatefulSet", &typed),
        ("apps/v1", "DaemonSet", &typed),
        ("apps/v1", "ReplicaSet", &typed),
        ("batch/v1", "Job", &typed),
        ("v1", "ReplicationController", &json!({"app": "web"})),
    ] {
        let workload = workload(&json!({
            "apiVersion": api_version, "kind": kind, "metadata": {"name": "web"},
            "spec": {"replicas": 3, "selector": selector, "template": template},
        }));
        assert_eq!(workload.template.at.to_string(), "spec.template");
        assert_eq!(workload.template.labels.get("app"), Some("web"));
        assert_eq!(workload.template.spec.ports().count(), 1);
        assert!(
            workload
                .selector
                .unwrap()
                .matches(&workload.template.labels),
            "{kind}"
        );
        assert_eq!(workload.replicas, Some(3));
    }
    let workload = workload(&json!({
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "web"},
        "spec": {"jobTemplate": {"spec": {"template": template}}},
    }));
    assert_eq!(
        workload.template.at.to_string(),
        "spec.jobTemplate.spec.template"
    );
    assert_eq!(workload.template.spec.ports().count(), 1);
}

#[test]
fn omitted_replicas_stay_omitted() {
    let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {}});
    assert_eq!(workload(&deployment).replicas, None);
}

#[test]
fn numbers_are_mentioned_wherever_a_program_may_take_its_port_from() {
    let container = container(json!({
        "command": ["serve", "--listen=:8080"], "args": ["1.2.3.4:9090/99999"],
        "env": [{"name": "PORT", "value": "7070"}, {"name": "X1234"}],
        "ports": [{"containerPort": 80, "hostPort": 6060}],
        "livenessProbe": {"httpGet": {"port": 5050}},
        "readinessProbe": {"grpc": {"port": 4040}},
        "startupProbe": {"exec": {"command": ["nc", "localhost:3030"]}},
        "lifecycle": {"preStop": {"exec": {"command": ["curl", "localhost:2020"]}}},
    }));
    let expected = [1, 2, 3, 4, 2020, 3030, 4040, 5050, 6060, 7070, 8080, 9090];
    assert_eq!(&*container.mentions.numbers, expected);
}

#[test]
fn ports_that_probes_and_hooks_name_are_references_with_their_path() {
    let container = container(json!({
        "livenessProbe": {"httpGet": {"port": "http"}},
        "readinessProbe": {"tcpSocket": {"port": "http"}},
        "lifecycle": {"preStop": {"httpGet": {"port": "admin"}}},
    }));
    let found: Vec<_> = container
        .references
        .iter()
        .map(|r| (&*r.name, r.at.to_string()))
        .collect();
    let at = |rest: &str| format!("spec.containers[0].{rest}");
    assert_eq!(
        found,
        [
            ("http", at("livenessProbe.httpGet.port")),
            ("http", at("readinessProbe.tcpSocket.port")),
            ("admin", at("lifecycle.preStop.httpGet.port")),
        ]
    );
}

#[test]
fn a_native_sidecar_runs_and_an_init_container_does_not() {
    let spec = spec(&json!({
        "containers": [{"name": "a"}],
        "initContainers": [{"name": "b"}, {"name": "c", "restartPolicy": "Always"}],
    }));
    let running: Vec<_> = spec.running().map(|container| &*container.name).collect();
    assert_eq!(running, ["a", "c"]);
    assert_eq!(spec.containers[1].role, ContainerRole::Init);
    assert_eq!(spec.containers[2].at.to_string(), "spec.initContainers[1]");
}

#[test]
fn config_maps_are_found_wherever_they_are_taken_from() {
    let spec = spec(&json!({
        "containers": [{"name": "a",
            "envFrom": [{"configMapRef": {"name": "d"}}, {"secretRef": {"name": "x"}}],
            "env": [{"name": "E", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}}],
        }],
        "volumes": [
            {"name": "v", "configMap": {"name": "b"}},
            {"name": "w", "projected": {"sources": [{"configMap": {"name": "a"}}]}},
        ],
    }));
    let names: Vec<_> = spec.config_maps.iter().map(|name| &**name).collect();
    assert_eq!(names, ["a", "b", "c", "d"]);
}

#[test]
fn a_projected_token_counts_only_for_the_api_servers_audience() {
    let projects = |token: Value| {
        let sources = json!([{"serviceAccountToken": token}]);
        let volume = json!({"name": "t", "projected": {"sources": sources}});
        spec(&json!({"containers": [{"name": "a"}], "volumes": [volume]})).projects_token
    };
    assert!(projects(json!({"path": "token"})));
    assert!(projects(json!({"audience": ""})));
    assert!(projects(
        json!({"audience": "https://kubernetes.default.svc.cluster.local"})
    ));
    assert!(projects(json!({"audience": "kubernetes.default.svc"})));
    assert!(!projects(json!({"audience": "vault"})));
    assert!(!projects(json!({"audience": "kubernetes.default.svcx"})));
}

#[test]
fn the_words_of_a_pods_network_are_read() {
    let spec = spec(&json!({
        "containers": [{"name": "a"}], "hostNetwork": true, "serviceAccount": "old",
        "dnsPolicy": "None", "dnsConfig": {"nameservers": ["1.1.1.1"]},
        "automountServiceAccountToken": false,
    }));
    assert!(spec.host_network);
    assert_eq!(spec.dns_policy, DnsPolicy::None);
    assert_eq!(spec.nameservers.len(), 1);
    assert_eq!(spec.account(), "old");
    assert_eq!(spec.automount_token, Some(false));
}

fn live(name: &str, suffix: &str, address: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "labels": {
            "app": "web", "statefulset.kubernetes.io/pod-name": name,
            "apps.kubernetes.io/pod-index": suffix,
        }, "ownerReferences": [
            {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "controller": true},
        ]},
        "spec": {"nodeName": format!("node-{suffix}"), "hostname": name,
            "containers": [{"name": "a", "env": [{"name": "IP", "valueFrom": {"fieldRef": {}}}]}],
            "volumes": [{"name": format!("kube-api-access-{suffix}"), "projected": {"sources": [
                {"serviceAccountToken": {"path": "token", "expirationSeconds": 3607}},
                {"configMap": {"name": "kube-root-ca.crt"}},
            ]}}]},
        "status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]},
    })
}

#[test]
fn two_pods_of_one_template_are_the_same_workload() {
    let (a, b) = (
        live("web-0", "0", "10.0.0.1"),
        live("web-1", "1", "10.0.0.2"),
    );
    assert_eq!(workload(&a), workload(&b));
    assert!(workload(&a).template.spec.projects_token);
    assert!(workload(&a).template.spec.config_maps.is_empty());
    let pod = read(&a);
    assert!(
        pod.meta
            .labels
            .get("apps.kubernetes.io/pod-index")
            .is_some()
    );
    let state = pod.pod.unwrap();
    assert_eq!(state.node.as_deref(), Some("node-0"));
    assert_eq!(
        state.addresses,
        ["10.0.0.1".parse::<std::net::IpAddr>().unwrap()]
    );
    assert!(!state.over);
}

#[test]
fn a_pod_without_owner_keeps_every_label() {
    let mut object = live("web-0", "0", "10.0.0.1");
    object["metadata"]["ownerReferences"] = json!([]);
    object["status"] = json!({"phase": "Failed"});
    let object = read(&object);
    assert!(object.pod.as_ref().unwrap().over);
    let workload = object.typed::<Workload>().unwrap();
    assert_eq!(
        workload.template.labels.get("apps.kubernetes.io/pod-index"),
        Some("0")
    );
    assert_eq!(workload.template.at.to_string(), "");
}
