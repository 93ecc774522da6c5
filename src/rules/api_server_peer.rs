//! Peers that mean the API server by labels of pods: it runs on its node's network, or outside the
//! cluster, where no selector over pods finds it.

use crate::cluster::View;
use crate::finding::{Datapath, FieldPath, Finding, Platform, Severity};
use crate::object::Kind;
use crate::policy::{Direction, Namespaces, PodSet};
use crate::rules::presence::Places;

/// The namespaces of what the labels stand on.
const PODS: &str = "kube-system";
const SERVICE: &str = "default";

/// What is said of a peer that means the API server by labels; the peer, of a policy in `own`,
/// stands at `at`.
pub(super) fn finding(
    kind: Kind,
    (set, at): (&PodSet, &FieldPath),
    (own, direction): (&str, Direction),
    view: View<'_>,
) -> Option<Finding> {
    let why = why(set, own, view)?;
    if is_seen(view) || has_pods(set, own, view) {
        return None;
    }
    let message = format!("matches no pod: {why}");
    let finding = Finding::new(Severity::Warning, at.clone(), message);
    Some(finding.help(help(kind, direction)))
}

/// Why a set that means the API server finds nothing; `None` where it means something else.
fn why(set: &PodSet, own: &str, view: View<'_>) -> Option<&'static str> {
    let asks = |key: &str, value: &str| set.pods.pairs().any(|pair| pair == (key, value));
    let looks_into = |namespace: &str| match &set.namespaces {
        Namespaces::Own => own == namespace,
        Namespaces::Matching(selector) => view.may_be_in(selector, namespace),
    };
    let of_pods = asks("component", "kube-apiserver") || asks("k8s-app", "kube-apiserver");
    let of_service = asks("component", "apiserver") && asks("provider", "kubernetes");
    if of_pods && looks_into(PODS) {
        Some("the API server is on its node's network, where no selector over pods looks")
    } else if of_service && looks_into(SERVICE) {
        Some("Service default/kubernetes has these labels, and no pods behind it")
    } else {
        None
    }
}

/// Whether the network finds pods on their node's network too.
fn is_seen(view: View<'_>) -> bool {
    let openshift = view.knowledge().platform == Some(Platform::Openshift);
    openshift || view.datapaths() == [Datapath::AwsVpcCni]
}

/// Whether pods in view have these labels and a network of their own.
fn has_pods(set: &PodSet, own: &str, view: View<'_>) -> bool {
    let places = Places::of(set, own, view);
    let mut found = places
        .names
        .iter()
        .flat_map(|name| view.workloads(name, &set.pods).found);
    found.any(|workload| {
        let mut templates = workload.body.templates();
        templates.any(|template| !template.spec.host_network)
    })
}

fn help(kind: Kind, direction: Direction) -> &'static str {
    match (kind, direction) {
        (Kind::CiliumNetworkPolicy | Kind::CiliumClusterwideNetworkPolicy, Direction::Egress) => {
            "admit it by toEntities: [kube-apiserver]"
        }
        (Kind::CiliumNetworkPolicy | Kind::CiliumClusterwideNetworkPolicy, _) => {
            "admit it by fromEntities: [kube-apiserver]"
        }
        (Kind::CalicoNetworkPolicy | Kind::GlobalNetworkPolicy, Direction::Egress) => {
            "admit it by destination.services: {name: kubernetes, namespace: default}"
        }
        (_, Direction::Egress) => {
            "admit the addresses of its endpoints, with Cilium toEntities: [kube-apiserver]"
        }
        (_, Direction::Ingress) => {
            "admit the addresses of its nodes, with Cilium fromEntities: [kube-apiserver]"
        }
    }
}
