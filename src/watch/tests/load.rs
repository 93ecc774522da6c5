//! Listing once.

use serde_json::{Value, json};

use super::{client, list, refusal};
use crate::cluster::{Knowledge, Known, View};
use crate::object::{Key, Kind};
use crate::watch::{Error, Loaded, Scope, load};

fn service(name: &str) -> Value {
    json!({"metadata": {"name": name, "namespace": "shop"}, "spec": {"selector": {"app": "web"}}})
}

/// Loads from an API server that has nothing but what `answer` says.
async fn loaded(
    scope: &Scope,
    answer: fn(&str, &str) -> Option<(u16, Value)>,
) -> Result<Loaded, Error> {
    let client = client(move |path, query| match answer(path, query) {
        Some(answer) => answer,
        // Which resources a group has.
        None if path.starts_with("/apis/") && path.split('/').count() == 4 => refusal(500),
        None => list(&[], None),
    });
    load(&client, scope, |_, _| {}).await
}

fn known(loaded: &Loaded, kind: Kind, namespace: &str) -> Known {
    View::new(&loaded.store, &Knowledge::default()).known(kind, namespace)
}

fn has(loaded: &Loaded, kind: Kind, name: &str) -> bool {
    loaded.store.get(&Key::new(kind, "shop", name)).is_some()
}

/// What was refused, as text.
fn refused(loaded: &Loaded) -> Vec<String> {
    let refused = loaded.refused.iter();
    refused
        .map(|it| match &it.namespace {
            Some(namespace) => format!("{} in {namespace}: {}", it.source, it.reason),
            None => format!("{}: {}", it.source, it.reason),
        })
        .collect()
}

#[tokio::test]
async fn every_page_is_loaded_and_then_all_is_known() {
    let loaded = loaded(&Scope::default(), |path, query| {
        (path == "/api/v1/services").then(|| {
            assert!(query.contains("limit=500"), "{query}");
            if query.contains("continue=next") {
                list(&[service("b")], None)
            } else {
                list(&[service("a")], Some("next"))
            }
        })
    })
    .await
    .unwrap();
    assert!(has(&loaded, Kind::Service, "a") && has(&loaded, Kind::Service, "b"));
    assert_eq!(known(&loaded, Kind::Service, "shop"), Known::All);
    let view = Knowledge::default();
    let view = View::new(&loaded.store, &view);
    assert_eq!(view.workloads_known("shop"), Known::All);
    assert_eq!(refused(&loaded), Vec::<String>::new());
}

#[tokio::test]
async fn a_list_that_takes_too_long_goes_on_where_it_was() {
    let loaded = loaded(&Scope::default(), |path, query| {
        let gone = |token| {
            let (code, mut status) = refusal(410);
            status["metadata"] = json!({"continue": token});
            (code, status)
        };
        (path == "/api/v1/services").then(|| match query {
            query if query.contains("continue=old") => gone("new"),
            query if query.contains("continue=new") => list(&[service("b")], None),
            _ => list(&[service("a")], Some("old")),
        })
    })
    .await
    .unwrap();
    assert!(has(&loaded, Kind::Service, "a") && has(&loaded, Kind::Service, "b"));
    assert_eq!(known(&loaded, Kind::Service, "shop"), Known::All);
}

#[tokio::test]
async fn of_what_is_forbidden_or_not_installed_nothing_is_known_and_the_rest_is() {
    let loaded = loaded(&Scope::default(), |path, _| match path {
        "/api/v1/pods" => Some(refusal(403)),
        "/apis/gateway.networking.k8s.io/v1/httproutes" => Some(refusal(404)),
        _ => None,
    })
    .await
    .unwrap();
    assert_eq!(known(&loaded, Kind::Pod, "shop"), Known::Unknown);
    assert_eq!(known(&loaded, Kind::HttpRoute, "shop"), Known::Unknown);
    assert_eq!(known(&loaded, Kind::Deployment, "shop"), Known::All);
    assert_eq!(
        refused(&loaded),
        [
            "httproutes.gateway.networking.k8s.io: not installed",
            "pods: not permitted"
        ]
    );
}

#[tokio::test]
async fn what_is_forbidden_everywhere_is_listed_where_it_may_be() {
    let scope = Scope {
        namespaces: vec!["shop".to_owned(), "kube-system".to_owned()],
        ..Scope::default()
    };
    let loaded = loaded(&scope, |path, _| match path {
        "/api/v1/services" | "/api/v1/namespaces/kube-system/services" => Some(refusal(403)),
        "/api/v1/namespaces/shop/services" => Some(list(&[service("a")], None)),
        _ => None,
    })
    .await
    .unwrap();
    assert!(has(&loaded, Kind::Service, "a"));
    assert_eq!(known(&loaded, Kind::Service, "shop"), Known::All);
    assert_eq!(known(&loaded, Kind::Service, "kube-system"), Known::Unknown);
    assert_eq!(refused(&loaded), ["services in kube-system: not permitted"]);
}

#[tokio::test]
async fn what_is_forbidden_and_not_served_is_not_installed() {
    let loaded = loaded(&Scope::default(), |path, _| match path {
        "/apis/cilium.io/v2/ciliumnetworkpolicies"
        | "/apis/networking.k8s.aws/v1alpha1/clusternetworkpolicies" => Some(refusal(403)),
        "/apis/cilium.io/v2" => Some(refusal(404)),
        "/apis/networking.k8s.aws/v1alpha1" => Some((
            200,
            json!({"groupVersion": "networking.k8s.aws/v1alpha1", "resources": [{
                "name": "clusternetworkpolicies", "singularName": "", "namespaced": false,
                "kind": "ClusterNetworkPolicy", "verbs": ["list"],
            }]}),
        )),
        _ => None,
    })
    .await
    .unwrap();
    assert_eq!(
        refused(&loaded),
        [
            "clusternetworkpolicies.networking.k8s.aws: not permitted",
            "ciliumnetworkpolicies.cilium.io: not installed"
        ]
    );
    // A policy of the kind that may not be seen may be there.
    assert_eq!(known(&loaded, Kind::NetworkPolicy, "shop"), Known::Unknown);
}

#[tokio::test]
async fn of_two_forms_of_a_kind_the_one_that_is_served_is_read() {
    let loaded = loaded(&Scope::default(), |path, _| match path {
        "/apis/crd.projectcalico.org/v1/tiers" => Some(refusal(404)),
        "/apis/projectcalico.org/v3/tiers" => {
            Some(list(&[json!({"metadata": {"name": "ops"}})], None))
        }
        "/apis/projectcalico.org/v3/networksets" => panic!("listed twice"),
        _ => None,
    })
    .await
    .unwrap();
    assert!(loaded.store.get(&Key::new(Kind::Tier, "", "ops")).is_some());
    assert_eq!(known(&loaded, Kind::Tier, ""), Known::All);
    assert_eq!(refused(&loaded), Vec::<String>::new());
}

#[tokio::test]
async fn custom_kinds_that_embed_pod_templates_are_found_and_loaded() {
    fn answer(path: &str, _: &str) -> Option<(u16, Value)> {
        let template = json!({
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web"}]},
        });
        let object = |properties: Value| json!({"type": "object", "properties": properties});
        let pod = object(json!({
            "metadata": {}, "spec": object(json!({"containers": {"type": "array"}})),
        }));
        let schema = object(json!({"spec": object(json!({"template": pod}))}));
        match path {
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions" => Some(list(
                &[
                    json!({"metadata": {"name": "rollouts.argoproj.io"}, "spec": {
                        "group": "argoproj.io", "scope": "Namespaced",
                        "names": {"plural": "rollouts", "kind": "Rollout"},
                        "versions": [{"name": "v1alpha1", "served": true, "storage": true,
                                      "schema": {"openAPIV3Schema": schema}}],
                    }}),
                ],
                None,
            )),
            "/apis/argoproj.io/v1alpha1/rollouts" => Some(list(
                &[json!({"metadata": {"name": "web", "namespace": "shop"},
                         "spec": {"template": template}})],
                None,
            )),
            _ => None,
        }
    }
    let found = loaded(&Scope::default(), answer).await.unwrap();
    let knowledge = Knowledge::default();
    let view = View::new(&found.store, &knowledge);
    let names: Vec<_> = view
        .workloads_of("shop")
        .iter()
        .map(|it| it.meta.to_string())
        .collect();
    assert_eq!(names, ["Rollout shop/web"]);
    assert_eq!(known(&found, Kind::Custom, "shop"), Known::All);

    let hidden = loaded(&Scope::default(), |path, query| match path {
        "/apis/argoproj.io/v1alpha1/rollouts" => Some(refusal(403)),
        _ => answer(path, query),
    })
    .await
    .unwrap();
    assert_eq!(known(&hidden, Kind::Custom, "shop"), Known::Unknown);
    assert_eq!(refused(&hidden), ["rollouts.argoproj.io: not permitted"]);
}

#[tokio::test]
async fn without_the_crds_nobody_knows_what_makes_pods() {
    let loaded = loaded(&Scope::default(), |path, _| {
        path.ends_with("/customresourcedefinitions")
            .then(|| refusal(403))
    })
    .await
    .unwrap();
    assert_eq!(known(&loaded, Kind::Custom, "shop"), Known::Unknown);
    assert_eq!(
        refused(&loaded),
        ["customresourcedefinitions.apiextensions.k8s.io: not permitted"]
    );
}

#[tokio::test]
async fn an_object_that_cannot_be_read_leaves_a_gap_in_its_namespace() {
    let loaded = loaded(&Scope::default(), |path, _| {
        (path == "/api/v1/services").then(|| {
            let odd = json!({"metadata": {"name": "odd", "namespace": "shop"}, "spec": 7});
            list(&[odd], None)
        })
    })
    .await
    .unwrap();
    assert_eq!(known(&loaded, Kind::Service, "shop"), Known::Unknown);
    assert_eq!(known(&loaded, Kind::Service, "other"), Known::All);
}

#[tokio::test]
async fn an_api_server_that_does_not_know_us_or_is_not_there_is_an_error() {
    let unknown = loaded(&Scope::default(), |_, _| Some(refusal(401))).await;
    assert!(
        matches!(unknown, Err(Error::Unauthorized(_))),
        "{unknown:?}"
    );

    let service = tower::service_fn(|_: hyper::Request<kube::client::Body>| async {
        Err::<hyper::Response<http_body_util::Full<hyper::body::Bytes>>, _>(std::io::Error::other(
            "no route to host",
        ))
    });
    let client = kube::Client::new(service, "default");
    let unreached = load(&client, &Scope::default(), |_, _| {}).await;
    assert!(
        matches!(unreached, Err(Error::Unreached(_))),
        "{unreached:?}"
    );
}

#[tokio::test]
async fn config_maps_are_loaded_only_where_they_are_asked_for() {
    for config_maps in [false, true] {
        let scope = Scope {
            config_maps,
            ..Scope::default()
        };
        let loaded = loaded(&scope, |path, _| {
            (path == "/api/v1/configmaps").then(|| {
                let metadata = json!({"name": "settings", "namespace": "shop"});
                list(&[json!({"metadata": metadata})], None)
            })
        })
        .await
        .unwrap();
        assert_eq!(has(&loaded, Kind::ConfigMap, "settings"), config_maps);
    }
}
