//! Cases of one policy each: subjects, actions, protocols, ports.

use super::Is::{Allowed, Denied, Unclear};
use super::{Is, flow, global, policy};

/// A case: what decides it and where that is said, the manifests, the Flow, the verdict.
pub(crate) type Case = (&'static str, String, [&'static str; 3], Is);

pub(crate) const WEB_API: [&str; 3] = ["shop/web", "shop/api", "TCP/80"];
pub(crate) const API_WEB: [&str; 3] = ["shop/api", "shop/web", "TCP/80"];
pub(crate) const DB_WEB: [&str; 3] = ["data/db", "shop/web", "TCP/80"];
pub(crate) const WEB_DB: [&str; 3] = ["shop/web", "data/db", "TCP/80"];
pub(crate) const WEB_OUT: [&str; 3] = ["shop/web", "192.0.2.7", "TCP/443"];

pub(crate) fn run(cases: &[Case]) {
    for (because, manifests, [from, to, port], is) in cases {
        let found = flow(manifests, from, to, port);
        assert_eq!(
            found, *is,
            "{because}: {from} to {to} on {port}\n{manifests}"
        );
    }
}

#[test]
fn subjects_and_directions() {
    let web = "selector: \"app == 'web'\"";
    let crd = |spec: &str| policy(spec).replace("projectcalico.org/v3", "crd.projectcalico.org/v1");
    run(&[
        (
            "NetworkPolicySpec.types: without egress rules, and without any rules at all, it is Ingress",
            policy(web),
            API_WEB,
            Denied,
        ),
        ("the same: egress stays open", policy(web), WEB_API, Allowed),
        (
            "NetworkPolicySpec.types: egress rules and no ingress rules make it Egress alone",
            policy(&format!("{web}, egress: [{{action: Deny}}]")),
            API_WEB,
            Allowed,
        ),
        (
            "the same: and egress is ruled",
            policy(&format!("{web}, egress: [{{action: Deny}}]")),
            WEB_API,
            Denied,
        ),
        (
            "NetworkPolicySpec.types: rules of both kinds make it both",
            policy(&format!(
                "{web}, ingress: [{{action: Allow}}], egress: [{{action: Deny}}]"
            )),
            API_WEB,
            Allowed,
        ),
        (
            "felix calc, policy metadata: what is stored without types is taken as both directions",
            crd(web),
            WEB_API,
            Denied,
        ),
        (
            "types that are given count: egress rules beside types Ingress do nothing",
            policy(&format!(
                "{web}, types: [Ingress], egress: [{{action: Deny}}]"
            )),
            WEB_API,
            Allowed,
        ),
        (
            "NetworkPolicySpec.selector: empty is every endpoint of the namespace",
            policy("types: [Egress]"),
            WEB_API,
            Denied,
        ),
        (
            "a namespaced policy applies to endpoints of its namespace only",
            policy("types: [Ingress]"),
            ["shop/web", "data/web", "TCP/80"],
            Allowed,
        ),
        (
            "GlobalNetworkPolicySpec.selector: it picks endpoints of every namespace",
            global("selector: \"app == 'web'\", types: [Ingress]"),
            ["shop/web", "data/web", "TCP/80"],
            Denied,
        ),
        (
            "GlobalNetworkPolicySpec.namespaceSelector: pods by the labels of their namespace",
            global("namespaceSelector: \"team == 'b'\", types: [Ingress]"),
            API_WEB,
            Allowed,
        ),
        (
            "the same: of a namespace that it selects",
            global("namespaceSelector: \"team == 'b'\", types: [Ingress]"),
            ["shop/web", "data/web", "TCP/80"],
            Denied,
        ),
    ]);
}

#[test]
fn accounts_and_hosts() {
    run(&[
        (
            "serviceAccountSelector: pods by the labels of their account",
            policy("serviceAccountSelector: \"role == 'trusted'\", types: [Ingress]"),
            WEB_API,
            Denied,
        ),
        (
            "the same: projectcalico.org/name is the account's own name",
            policy(
                "serviceAccountSelector: \"projectcalico.org/name == 'writer'\", types: [Ingress]",
            ),
            WEB_API,
            Denied,
        ),
        (
            "GlobalNetworkPolicySpec.doNotTrack: before tracking, and so of hosts alone",
            global("doNotTrack: true, applyOnForward: true, types: [Ingress]"),
            API_WEB,
            Allowed,
        ),
        (
            "GlobalNetworkPolicySpec.preDNAT: before translation, and so of hosts alone",
            global("preDNAT: true, applyOnForward: true, types: [Ingress]"),
            API_WEB,
            Allowed,
        ),
        (
            "felix calc, tiers of an endpoint: what also applies on forward applies to pods as ever",
            global("applyOnForward: true, types: [Ingress]"),
            API_WEB,
            Denied,
        ),
    ]);
}

pub(crate) fn ingress(rules: &str) -> String {
    policy(&format!("types: [Ingress], ingress: [{rules}]"))
}

pub(crate) fn egress(rules: &str) -> String {
    policy(&format!("types: [Egress], egress: [{rules}]"))
}

#[test]
fn actions_and_protocols() {
    run(&[
        (
            "rules are asked in order and the first that matches decides",
            ingress("{action: Deny, source: {selector: \"app == 'api'\"}}, {action: Allow}"),
            API_WEB,
            Denied,
        ),
        (
            "the same the other way round",
            ingress("{action: Allow}, {action: Deny}"),
            API_WEB,
            Allowed,
        ),
        (
            "Log is no decision: the next rule is asked",
            ingress("{action: Log}, {action: Allow}"),
            API_WEB,
            Allowed,
        ),
        (
            "Pass leaves the tier; after the last tier the profile of the namespace allows",
            ingress("{action: Pass}"),
            API_WEB,
            Allowed,
        ),
        (
            "Rule.protocol restricts the rule to it",
            ingress("{action: Allow, protocol: UDP}"),
            API_WEB,
            Denied,
        ),
        (
            "Rule.protocol may be a number",
            ingress("{action: Allow, protocol: 6}"),
            API_WEB,
            Allowed,
        ),
        (
            "Rule.protocol ICMP is of no TCP connection",
            ingress("{action: Deny, protocol: ICMP}, {action: Allow}"),
            API_WEB,
            Allowed,
        ),
        (
            "Rule.notProtocol is the opposite",
            ingress("{action: Allow, notProtocol: TCP}"),
            API_WEB,
            Denied,
        ),
        (
            "Rule.notProtocol ICMP holds for TCP",
            ingress("{action: Allow, notProtocol: ICMP}"),
            API_WEB,
            Allowed,
        ),
        (
            "Rule.ipVersion restricts the rule to a family",
            ingress("{action: Allow, ipVersion: 6}"),
            API_WEB,
            Denied,
        ),
        (
            "the same, of this family",
            ingress("{action: Allow, ipVersion: 4}"),
            API_WEB,
            Allowed,
        ),
        (
            "Rule.http is for requests, which no flow tells",
            ingress("{action: Allow, http: {methods: [GET]}}"),
            API_WEB,
            Unclear,
        ),
        (
            "an unknown field is tried both ways",
            ingress("{action: Allow, source: {colour: red}}"),
            API_WEB,
            Unclear,
        ),
        (
            "an unknown field of a rule that cannot match is no matter",
            ingress("{action: Allow, protocol: UDP, colour: red}"),
            API_WEB,
            Denied,
        ),
    ]);
}

#[test]
fn ports() {
    let to_web = |ports: &str| {
        ingress(&format!(
            "{{action: Allow, protocol: TCP, destination: {{{ports}}}}}"
        ))
    };
    let on = |port| ["shop/api", "shop/web", port];
    run(&[
        (
            "EntityRule.ports: of an ingress rule's destination they are the pod's own",
            to_web("ports: [80]"),
            on("TCP/80"),
            Allowed,
        ),
        (
            "the same: another port is not matched",
            to_web("ports: [80]"),
            on("TCP/81"),
            Denied,
        ),
        (
            "EntityRule.ports: a range in a string holds both its ends",
            to_web("ports: ['1:80', 443]"),
            on("TCP/80"),
            Allowed,
        ),
        (
            "EntityRule.ports: a name is a port that the endpoint declares",
            to_web("ports: [http]"),
            on("TCP/8080"),
            Allowed,
        ),
        (
            "the same: of another number it is not that port",
            to_web("ports: [http]"),
            on("TCP/80"),
            Denied,
        ),
        (
            "EntityRule.notPorts is the opposite",
            to_web("notPorts: [80, '100:200']"),
            on("TCP/80"),
            Denied,
        ),
        (
            "the same",
            to_web("notPorts: [80, '100:200']"),
            on("TCP/81"),
            Allowed,
        ),
        (
            "both must hold",
            to_web("ports: ['1:100'], notPorts: [80]"),
            on("TCP/80"),
            Denied,
        ),
        (
            "source ports are not known beforehand",
            ingress("{action: Allow, protocol: TCP, source: {ports: ['1024:65535']}}"),
            on("TCP/80"),
            Unclear,
        ),
    ]);
}
