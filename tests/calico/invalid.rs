//! What Calico would refuse is told with its field, and the rest is judged.

use portcullis::object::Body;

use super::Is::{Allowed, Denied};
use super::{flow, global, objects, policy};

fn problems(manifest: &str) -> Vec<String> {
    let objects = objects(manifest);
    let problems = objects[0].meta.problems.iter();
    let problems = problems.inspect(|it| assert!(it.of_policy));
    problems
        .map(|it| format!("{}: {}", it.field, it.message))
        .collect()
}

#[test]
fn every_problem_is_told_with_its_field() {
    for (spec, wanted) in [
        (
            "selector: \"app = 'web'\"",
            "spec.selector: no selector: unexpected character '='",
        ),
        (
            "selector: global()",
            "spec.selector: global() can only stand",
        ),
        (
            "types: [Sideways]",
            "spec.types[0]: \"Sideways\" is neither Ingress nor Egress",
        ),
        (
            "ingress: [{action: allow}]",
            "spec.ingress[0].action: action \"allow\" is none of",
        ),
        (
            "ingress: [{}]",
            "spec.ingress[0].action: action \"\" is none of",
        ),
        (
            "egress: [{action: Allow, protocol: TPC}]",
            "spec.egress[0].protocol: \"TPC\" is no protocol",
        ),
        (
            "egress: [{action: Allow, destination: {ports: [80]}}]",
            "spec.egress[0].destination.ports: ports need protocol",
        ),
        (
            "egress: [{action: Allow, protocol: 47, destination: {notPorts: [80]}}]",
            "spec.egress[0].destination.notPorts: notPorts need protocol",
        ),
        (
            "egress: [{action: Allow, protocol: TCP, destination: {ports: ['0:5']}}]",
            "spec.egress[0].destination.ports[0]: \"0:5\" is neither a port",
        ),
        (
            "egress: [{action: Allow, source: {services: {name: a}}}]",
            "spec.egress[0].source.services: services stand at the other end only",
        ),
        (
            "egress: [{action: Allow, destination: {nets: [10.0.0.0/8, 'fd00::/8']}}]",
            "spec.egress[0].destination.nets[1]: \"fd00::/8\" is in a rule of IPv4",
        ),
        (
            "ingress: [{action: Allow, ipVersion: 6, source: {notNets: [10.0.0.0/8]}}]",
            "spec.ingress[0].source.notNets[0]: \"10.0.0.0/8\" is in a rule of IPv6",
        ),
        (
            "egress: [{action: Allow, protocol: TCP, destination: {ports: [70000]}}]",
            "spec.egress[0].destination.ports[0]: 70000 is neither a port",
        ),
        (
            "egress: [{action: Allow, protocol: TCP, destination: {ports: ['9:1']}}]",
            "spec.egress[0].destination.ports[0]: \"9:1\" is neither a port",
        ),
        (
            "egress: [{action: Allow, destination: {nets: [10.0.0.0/33]}}]",
            "spec.egress[0].destination.nets[0]: \"10.0.0.0/33\" is neither an address",
        ),
        (
            "egress: [{action: Allow, destination: {notSelector: 'has('}}]",
            "spec.egress[0].destination.notSelector: no selector",
        ),
        (
            "egress: [{action: Allow, destination: {services: {}}}]",
            "spec.egress[0].destination.services: services needs a name",
        ),
        (
            "egress: [{action: Allow, destination: {services: {name: a}, selector: all()}}]",
            "spec.egress[0].destination.services: services cannot stand beside",
        ),
        (
            "egress: [{action: Allow, ipVersion: 5}]",
            "spec.egress[0].ipVersion: ipVersion 5",
        ),
    ] {
        let found = problems(&policy(spec));
        assert!(
            found.len() == 1 && found[0].starts_with(wanted),
            "{spec}: {found:?}"
        );
    }
}

#[test]
fn a_rule_that_would_be_refused_matches_nothing_and_the_others_count() {
    let spec =
        "types: [Ingress], ingress: [{action: Deny, source: {selector: 'a ='}}, {action: Allow}]";
    assert_eq!(
        flow(&policy(spec), "shop/api", "shop/web", "TCP/80"),
        Allowed
    );
    let spec = "types: [Ingress], ingress: [{action: Allow, source: {notNets: [x, 10.0.0.0/8]}}]";
    assert_eq!(
        flow(&policy(spec), "shop/api", "shop/web", "TCP/80"),
        Denied
    );
}

#[test]
fn what_only_hosts_have_is_no_policy_of_pods() {
    let objects = objects(&global("doNotTrack: true, applyOnForward: true"));
    assert!(matches!(&objects[0].body, Body::Policy(none) if none.is_empty()));
}

#[test]
fn a_sound_policy_has_no_problems() {
    let sound = "order: 5, selector: \"app in {'a'}\", types: [Ingress, Egress], \
        ingress: [{action: Allow, protocol: 17, source: {ports: [53]}, metadata: {annotations: {a: b}}}], \
        egress: [{action: Allow, protocol: TCP, destination: {ports: [1, '2:3', http]}}]";
    assert_eq!(problems(&policy(sound)), Vec::<String>::new());
}
