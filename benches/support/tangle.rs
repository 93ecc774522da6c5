//! A generated cluster in which no two Workloads may talk to the same others: each has a policy
//! over what it receives and one over what it sends.

use serde_json::{Value, json};

/// Workloads of one namespace.
const NEIGHBOURS: usize = 10;

fn namespace(n: usize) -> String {
    format!("team-{}", n / NEIGHBOURS)
}

/// That many Deployments, two policies for each, their namespaces, and the cluster's DNS.
pub(crate) fn objects(workloads: usize) -> Vec<Value> {
    let namespaces = (0..workloads.div_ceil(NEIGHBOURS)).map(|n| {
        json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": format!("team-{n}"), "labels": {"floor": format!("{}", n % 7)}},
        })
    });
    let each =
        (0..workloads).flat_map(|n| [deployment(n), receives(n, workloads), sends(n, workloads)]);
    namespaces.chain(each).chain(dns()).collect()
}

fn deployment(n: usize) -> Value {
    let labels = json!({"app": format!("app-{n}"), "tier": if n.is_multiple_of(3) { "front" } else { "back" }});
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": format!("app-{n}"), "namespace": namespace(n)},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "main", "ports": [
                    {"name": "http", "containerPort": 8080}, {"name": "metrics", "containerPort": 9090},
                ]}]},
            },
        },
    })
}

fn policy(n: usize, name: &str, mut spec: Value) -> Value {
    spec["podSelector"] = json!({"matchLabels": {"app": format!("app-{n}")}});
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": format!("app-{n}-{name}"), "namespace": namespace(n)},
        "spec": spec,
    })
}

/// From its neighbours that face the user, from one Workload elsewhere, and from the metrics of
/// every floor but one.
fn receives(n: usize, workloads: usize) -> Value {
    let other = (n * 7 + 13) % workloads;
    policy(
        n,
        "ingress",
        json!({
            "policyTypes": ["Ingress"],
            "ingress": [
                {"from": [{"podSelector": {"matchLabels": {"tier": "front"}}},
                    {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace(other)}},
                     "podSelector": {"matchLabels": {"app": format!("app-{other}")}}}],
                 "ports": [{"port": "http"}]},
                {"from": [{"namespaceSelector": {"matchExpressions":
                    [{"key": "floor", "operator": "NotIn", "values": [format!("{}", n % 7)]}]}}],
                 "ports": [{"port": 9090}]},
            ],
        }),
    )
}

/// To DNS, its neighbours, one namespace elsewhere, and a block of addresses.
fn sends(n: usize, workloads: usize) -> Value {
    let other = (n * 11 + 17) % workloads;
    policy(
        n,
        "egress",
        json!({
            "policyTypes": ["Egress"],
            "egress": [
                {"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
                 "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]},
                {"to": [{"podSelector": {}},
                    {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace(other)}}}]},
                {"to": [{"ipBlock": {"cidr": format!("192.0.{}.0/24", n % 256)}}], "ports": [{"port": 443}]},
            ],
        }),
    )
}

fn dns() -> Vec<Value> {
    let labels = json!({"k8s-app": "kube-dns"});
    vec![
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system"}}),
        json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "coredns", "namespace": "kube-system"},
        "spec": {"selector": {"matchLabels": labels}, "template": {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": "coredns", "ports": [
                {"name": "dns", "containerPort": 53, "protocol": "UDP"},
                {"name": "dns-tcp", "containerPort": 53, "protocol": "TCP"},
            ]}]},
        }}}),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kube-dns", "namespace": "kube-system"},
        "spec": {"selector": labels, "ports": [
            {"name": "dns", "port": 53, "targetPort": "dns", "protocol": "UDP"},
            {"name": "dns-tcp", "port": 53, "targetPort": "dns-tcp", "protocol": "TCP"},
        ]}}),
    ]
}
