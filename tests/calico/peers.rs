//! Cases of one policy each: who the other side of a rule is.

use super::Is::{Allowed, Denied};
use super::cases::{API_WEB, DB_WEB, WEB_API, WEB_DB, WEB_OUT, egress, ingress, run};
use super::global;

#[test]
fn endpoints_by_labels() {
    let from = |source: &str| ingress(&format!("{{action: Allow, source: {{{source}}}}}"));
    let everywhere = |source: &str| {
        global(&format!(
            "selector: \"app == 'web'\", types: [Ingress], ingress: [{{action: Allow, source: {{{source}}}}}]"
        ))
    };
    run(&[
        (
            "EntityRule.namespaceSelector: empty in a namespaced policy is its own namespace",
            from("selector: \"app == 'db'\""),
            DB_WEB,
            Denied,
        ),
        (
            "EntityRule.namespaceSelector: all() is every namespace",
            from("selector: \"app == 'db'\", namespaceSelector: all()"),
            DB_WEB,
            Allowed,
        ),
        (
            "EntityRule.namespaceSelector: with a selector both must hold",
            from("selector: \"app == 'db'\", namespaceSelector: \"team == 'a'\""),
            DB_WEB,
            Denied,
        ),
        (
            "namespaces carry their own name in projectcalico.org/name",
            from("namespaceSelector: \"projectcalico.org/name == 'data'\""),
            DB_WEB,
            Allowed,
        ),
        (
            "EntityRule.namespaceSelector: global() is what belongs to no namespace, no pod",
            from("namespaceSelector: global()"),
            DB_WEB,
            Denied,
        ),
        (
            "EntityRule.namespaceSelector: empty in a global policy is every namespace",
            everywhere("selector: \"app == 'db'\""),
            DB_WEB,
            Allowed,
        ),
        (
            "pods carry their namespace in projectcalico.org/namespace",
            everywhere("selector: \"projectcalico.org/namespace == 'data'\""),
            DB_WEB,
            Allowed,
        ),
        (
            "pods carry their namespace's labels under pcns.",
            everywhere("selector: \"pcns.team == 'b' && app != 'x'\""),
            DB_WEB,
            Allowed,
        ),
        (
            "pods carry projectcalico.org/orchestrator k8s",
            everywhere("selector: \"projectcalico.org/orchestrator == 'k8s'\""),
            DB_WEB,
            Allowed,
        ),
    ]);
}

#[test]
fn accounts_negations_and_the_pod_itself() {
    let from = |source: &str| ingress(&format!("{{action: Allow, source: {{{source}}}}}"));
    let everywhere = |source: &str| {
        global(&format!(
            "selector: \"app == 'web'\", types: [Ingress], ingress: [{{action: Allow, source: {{{source}}}}}]"
        ))
    };
    run(&[
        (
            "pods carry their account in projectcalico.org/serviceaccount",
            from("selector: \"projectcalico.org/serviceaccount == 'writer'\""),
            API_WEB,
            Allowed,
        ),
        (
            "ServiceAccountMatch.names: pods of these accounts",
            from("serviceAccounts: {names: [default]}"),
            API_WEB,
            Denied,
        ),
        (
            "ServiceAccountMatch.selector: pods by the labels of their account",
            from("serviceAccounts: {selector: \"role == 'trusted'\"}"),
            API_WEB,
            Allowed,
        ),
        (
            "selector language: starts with, negation, disjunction",
            from("selector: \"tier starts with 'back' && !(has(gone) || app in {'db'})\""),
            API_WEB,
            Allowed,
        ),
        (
            "EntityRule.selector: a negated selector means other endpoints, no address outside",
            ingress("{action: Allow, source: {selector: \"!has(gone)\"}}"),
            ["192.0.2.7", "shop/web", "TCP/80"],
            Denied,
        ),
        (
            "EntityRule.selector: notSelector negates the match, so an address outside meets it",
            everywhere("notSelector: has(gone)"),
            ["192.0.2.7", "shop/web", "TCP/80"],
            Allowed,
        ),
        (
            "libcalico-go, rules of namespaced policies: notSelector limits them to the namespace",
            from("notSelector: has(gone)"),
            DB_WEB,
            Denied,
        ),
        (
            "a source block of an egress rule asks for more of the pod itself",
            egress("{action: Allow, source: {selector: \"app == 'api'\"}}"),
            WEB_API,
            Denied,
        ),
        (
            "the same, of a pod that meets it",
            egress("{action: Allow, source: {selector: \"app == 'web'\"}}"),
            WEB_API,
            Allowed,
        ),
        (
            "a destination block of an ingress rule asks for more of the pod itself",
            ingress("{action: Allow, destination: {selector: \"app == 'api'\"}}"),
            API_WEB,
            Denied,
        ),
    ]);
}

#[test]
fn addresses_and_references() {
    let to = |destination: &str| {
        egress(&format!(
            "{{action: Allow, destination: {{{destination}}}}}"
        ))
    };
    let set = |kind: &str| {
        format!(
            "apiVersion: projectcalico.org/v3\nkind: {kind}\n\
             metadata: {{name: bank, labels: {{kind: bank}}}}\n\
             spec: {{nets: [192.0.2.0/24]}}\n---\n"
        )
    };
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: data}\n\
        spec: {selector: {app: db}, ports: [{port: 5432, targetPort: 80}]}\n---\n";
    run(&[
        (
            "EntityRule.nets: traffic to addresses in one of the blocks",
            to("nets: [198.51.100.0/24, 192.0.2.7]"),
            WEB_OUT,
            Allowed,
        ),
        (
            "EntityRule.nets: pods are matched by their address",
            to("nets: [10.0.2.0/24]"),
            WEB_DB,
            Allowed,
        ),
        (
            "EntityRule.notNets is the opposite",
            to("notNets: [192.0.2.0/24]"),
            WEB_OUT,
            Denied,
        ),
        (
            "all criteria of a rule must hold",
            to("nets: [0.0.0.0/0], notNets: [198.51.100.0/24]"),
            WEB_OUT,
            Allowed,
        ),
        (
            "a GlobalNetworkSet is found by labels where the rule says global()",
            to("selector: \"kind == 'bank'\", namespaceSelector: global()")
                + &set("GlobalNetworkSet"),
            WEB_OUT,
            Allowed,
        ),
        (
            "a namespaced policy without global() finds no GlobalNetworkSet",
            to("selector: \"kind == 'bank'\"") + &set("GlobalNetworkSet"),
            WEB_OUT,
            Denied,
        ),
        (
            "a NetworkSet is found in the policy's own namespace",
            to("selector: \"kind == 'bank'\"")
                + &set("NetworkSet").replace("labels", "namespace: shop, labels"),
            WEB_OUT,
            Allowed,
        ),
        (
            "and not in another one",
            to("selector: \"kind == 'bank'\"")
                + &set("NetworkSet").replace("labels", "namespace: data, labels"),
            WEB_OUT,
            Denied,
        ),
        (
            "EntityRule.services: the endpoints of the Service, on the endpoints' port",
            to("services: {name: db, namespace: data}") + service,
            WEB_DB,
            Allowed,
        ),
        (
            "the same: no other port of theirs",
            to("services: {name: db, namespace: data}") + service,
            ["shop/web", "data/db", "TCP/5432"],
            Denied,
        ),
        (
            "a source is an endpoint of the Service by its address, whatever the port",
            ingress("{action: Allow, source: {services: {name: db, namespace: data}}}") + service,
            DB_WEB,
            Allowed,
        ),
        (
            "ServiceMatch.namespace: left out it is the policy's own",
            to("services: {name: db}") + service,
            WEB_DB,
            Denied,
        ),
    ]);
}
