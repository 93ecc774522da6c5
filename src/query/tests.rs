//! Members by name and by address, over small sets of manifests.

use super::{Directory, Member, Owner};
use crate::cluster::{Knowledge, View};
use crate::manifest::{Inputs, read};
use crate::review::store_of;

/// Asks a View of manifests something.
fn over<T>(manifests: &str, ask: impl FnOnce(View<'_>, &Directory<'_>) -> T) -> T {
    let inputs = Inputs {
        stdin: Some(manifests.as_bytes().to_vec()),
        ..Inputs::default()
    };
    let set = read(&inputs, |_, _| {}).unwrap();
    let (store, _) = store_of(&set);
    let knowledge = Knowledge::default();
    let view = View::new(&store, &knowledge);
    ask(view, &Directory::of(view))
}

fn names(manifests: &str) -> Vec<String> {
    over(manifests, |_, directory| {
        let members = directory.members();
        members.map(|member| directory.name(&member)).collect()
    })
}

const SHOP: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, ports: [{containerPort: 80}]}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: a}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec: {selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: a}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: dns, namespace: shop, labels: {app: x}}
spec: {nodeName: one, containers: [{name: a}]}
status: {podIP: 10.1.0.7, podIPs: [{ip: 10.1.0.7}, {ip: 'fd00::7'}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: api-1-x
  namespace: shop
  labels: {app: api}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, controller: true, uid: u}]
spec: {containers: [{name: a}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7], selector: {app: api}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Node
metadata: {name: one}
status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
";

#[test]
fn a_name_says_the_kind_only_where_two_would_share_it() {
    assert_eq!(
        names(SHOP),
        [
            "shop/dns",
            "shop/api",
            "shop/deploy/web",
            "shop/sts/web",
            "apiserver",
            "dns",
            "world"
        ]
    );
}

#[test]
fn a_pod_that_is_owned_counts_for_its_owner() {
    assert!(!names(SHOP).iter().any(|name| name.contains("api-1-x")));
}

#[test]
fn an_address_belongs_to_a_pod_a_service_or_a_node() {
    over(SHOP, |_, directory| {
        let owner = |address: &str| directory.owner(address.parse().unwrap());
        assert!(matches!(owner("10.1.0.7"), Some(Owner::Pod(pod)) if pod.meta.name() == "dns"));
        assert!(matches!(owner("fd00::7"), Some(Owner::Pod(_))));
        assert!(matches!(owner("10.96.0.7"), Some(Owner::Service(_))));
        assert!(matches!(owner("192.168.0.1"), Some(Owner::Node("one"))));
        assert!(owner("10.1.0.8").is_none());
    });
}

#[test]
fn a_workload_becomes_the_pods_of_its_template() {
    over(SHOP, |view, directory| {
        let member = directory
            .members()
            .find(|it| directory.name(it) == "shop/deploy/web");
        let Some(member @ Member::Pods(_)) = member else {
            panic!("web is a Workload");
        };
        let shapes = member.shapes(view);
        let [shape] = shapes.as_slice() else {
            panic!("one template, {}", shapes.len());
        };
        assert_eq!((shape.namespace(), shape.name), ("shop", None));
        assert_eq!(
            shape.ports.iter().map(|it| it.number).collect::<Vec<_>>(),
            [80]
        );
        assert!(shape.addresses().is_empty());
    });
}

fn found(manifests: &str, words: &str, namespace: Option<&str>) -> String {
    over(manifests, |_, directory| {
        match directory.destination(words, namespace) {
            Ok(member) => directory.name(&member),
            Err(unfound) => format!("! {unfound}"),
        }
    })
}

#[test]
fn whoever_has_a_name_is_found_by_it() {
    for name in names(SHOP) {
        assert_eq!(found(SHOP, &name, None), name);
    }
}

#[test]
fn names_are_looked_up_as_kubectl_does_and_a_miss_says_what_may_be_meant() {
    for (words, namespace, expected) in [
        ("api", None, "shop/api"),
        ("api", Some("shop"), "shop/api"),
        ("deployments/web", None, "shop/deploy/web"),
        ("shop/statefulset/web", None, "shop/sts/web"),
        ("svc/api:80", None, "shop/svc/api:80"),
        ("shop/svc/api", None, "shop/svc/api:80"),
        ("10.9.9.9", None, "10.9.9.9"),
        ("fd00::7", None, "fd00::7"),
        (
            "web",
            None,
            "! web may be shop/deploy/web or shop/sts/web; say which",
        ),
        (
            "shop/apy",
            None,
            "! no pod or Workload is called apy in namespace shop; did you mean shop/api?",
        ),
        (
            "prod/api",
            None,
            "! no pod or Workload is called api in namespace prod; did you mean shop/api?",
        ),
        ("ds/api", None, "! no DaemonSet is called api"),
        (
            "svc/apy:80",
            None,
            "! no Service is called apy; did you mean shop/svc/api?",
        ),
        (
            "svc/api:81",
            None,
            "! Service shop/api has no port 81; it has 80",
        ),
    ] {
        assert_eq!(found(SHOP, words, namespace), expected, "{words}");
    }
    for words in ["", "/", "a/", "a/b/c/d", "shop//web"] {
        assert!(
            found(SHOP, words, None).contains("is none of NAME"),
            "{words}"
        );
    }
}
