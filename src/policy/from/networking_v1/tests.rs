//! What each construct of a `NetworkPolicy` means, and what is refused.

use super::*;
use crate::policy::{Ignored, Peer, Peers, PortMatch, Ports, Protocol};

fn translated(spec: &str) -> (Policy, Vec<String>) {
    let spec: Spec<'_> = serde_json::from_str(spec).unwrap();
    let (policy, problems) = translate(&spec);
    (
        policy,
        problems.iter().map(|(at, _)| at.to_string()).collect(),
    )
}

fn sound(spec: &str) -> Policy {
    let (policy, problems) = translated(spec);
    assert_eq!(problems, [""; 0], "{spec}");
    policy
}

fn egress(rule: &str) -> Rule {
    let spec = format!(r#"{{"policyTypes":["Egress"],"egress":[{rule}]}}"#);
    sound(&spec).egress.remove(0)
}

/// Translates an egress rule that is refused at `at`, below `spec.egress[0]`.
fn refused(rule: &str, at: &str) -> Rule {
    let spec = format!(r#"{{"policyTypes":["Egress"],"egress":[{rule}]}}"#);
    let (mut policy, problems) = translated(&spec);
    assert_eq!(problems, [format!("spec.egress[0].{at}")], "{rule}");
    policy.egress.remove(0)
}

fn isolates(spec: &str) -> (bool, bool) {
    let isolates = sound(spec).isolates;
    (isolates.ingress, isolates.egress)
}

fn range(protocol: Protocol, first: u16, last: u16) -> Vec<PortMatch> {
    vec![PortMatch::Range {
        protocol: Some(protocol),
        first,
        last,
    }]
}

/// What the ports of an egress rule match.
fn ports(rule: &str) -> Vec<PortMatch> {
    let Ports::OneOf(ports) = egress(rule).ports else {
        panic!("any port")
    };
    ports.into_iter().map(|port| port.matches).collect()
}

#[test]
fn without_policy_types_ingress_is_isolated_and_egress_iff_there_are_egress_rules() {
    assert_eq!(isolates("{}"), (true, false));
    assert_eq!(isolates("null"), (true, false));
    assert_eq!(isolates(r#"{"policyTypes":[],"egress":[]}"#), (true, false));
    assert_eq!(
        isolates(r#"{"policyTypes":null,"egress":[{}]}"#),
        (true, true)
    );
    assert_eq!(isolates(r#"{"policyTypes":["Egress"]}"#), (false, true));
    assert_eq!(
        isolates(r#"{"policyTypes":["Egress","Ingress"]}"#),
        (true, true)
    );
}

#[test]
fn a_section_whose_type_is_not_listed_is_ignored() {
    let policy = sound(r#"{"policyTypes":["Ingress"],"ingress":[{}],"egress":[{}]}"#);
    assert_eq!((policy.ingress.len(), policy.egress.len()), (1, 0));
    let ignored = Ignored {
        at: FieldPath::of("spec.egress"),
        open: true,
    };
    assert_eq!(policy.ignored, [ignored]);
}

#[test]
fn a_section_without_rules_says_nothing_that_could_be_ignored() {
    let policy = sound(r#"{"policyTypes":["Ingress"],"ingress":[{}],"egress":[]}"#);
    assert_eq!(policy.ignored, []);
    assert_eq!(sound(r#"{"egress":[{}]}"#).ignored, []);
}

#[test]
fn an_unknown_policy_type_is_refused() {
    let (_, problems) = translated(r#"{"policyTypes":["Ingress","egress"]}"#);
    assert_eq!(problems, ["spec.policyTypes[1]"]);
}

#[test]
fn empty_lists_of_peers_and_ports_mean_any() {
    for rule in [
        "{}",
        "null",
        r#"{"to":[],"ports":[]}"#,
        r#"{"to":null,"ports":null}"#,
    ] {
        let rule = egress(rule);
        assert_eq!((rule.peers, rule.ports), (Peers::Any, Ports::Any));
    }
}

#[test]
fn an_empty_port_entry_is_all_of_tcp_and_a_protocol_alone_all_its_ports() {
    let all = |protocol| range(protocol, 0, 65535);
    assert_eq!(ports(r#"{"ports":[{}]}"#), all(Protocol::Tcp));
    assert_eq!(
        ports(r#"{"ports":[{"protocol":"UDP"}]}"#),
        all(Protocol::Udp)
    );
}

#[test]
fn ports_are_numbers_ranges_or_names() {
    assert_eq!(
        ports(r#"{"ports":[{"port":80}]}"#),
        range(Protocol::Tcp, 80, 80)
    );
    assert_eq!(
        ports(r#"{"ports":[{"port":80,"endPort":90,"protocol":"SCTP"}]}"#),
        range(Protocol::Sctp, 80, 90)
    );
    assert_eq!(
        ports(r#"{"ports":[{"port":"http"}]}"#),
        [PortMatch::Named {
            protocol: Some(Protocol::Tcp),
            name: "http".into()
        }]
    );
}

#[test]
fn a_port_knows_the_field_that_says_it_also_behind_one_that_is_refused() {
    let rule = r#"{"egress":[{"ports":[{"port":0},{"port":80},{"protocol":"UDP"}]}]}"#;
    let (policy, _) = translated(rule);
    let Ports::OneOf(ports) = &policy.egress[0].ports else {
        panic!("any port")
    };
    let at: Vec<String> = ports.iter().map(|port| port.at.to_string()).collect();
    assert_eq!(
        at,
        ["spec.egress[0].ports[1].port", "spec.egress[0].ports[2]"]
    );
}

#[test]
fn a_bad_port_is_refused_and_matches_nothing() {
    for (entry, at) in [
        (r#"{"port":0}"#, "port"),
        (r#"{"port":65536}"#, "port"),
        (r#"{"port":-1}"#, "port"),
        (r#"{"port":18446744073709551615}"#, "port"),
        (r#"{"port":"80"}"#, "port"),
        (r#"{"port":"HTTP"}"#, "port"),
        (r#"{"port":"a-very-long-name"}"#, "port"),
        (r#"{"port":"http","endPort":90}"#, "endPort"),
        (r#"{"endPort":90}"#, "endPort"),
        (r#"{"port":90,"endPort":80}"#, "endPort"),
        (r#"{"port":90,"endPort":70000}"#, "endPort"),
        (r#"{"port":90,"protocol":"tcp"}"#, "protocol"),
        (r#"{"protocol":""}"#, "protocol"),
    ] {
        let rule = refused(
            &format!(r#"{{"ports":[{entry}]}}"#),
            &format!("ports[0].{at}"),
        );
        assert_eq!(rule.ports, Ports::OneOf(vec![]), "{entry}");
    }
}

/// The pods that the peers of an egress rule choose, and where.
fn pods(rule: &str) -> Vec<(PodSet, String)> {
    let Peers::OneOf(peers) = egress(rule).peers else {
        panic!("any peer")
    };
    let pods = peers.into_iter().filter_map(|peer| match peer {
        Peer::Pods { set, at } => Some((set, at.to_string())),
        _ => None,
    });
    pods.collect()
}

#[test]
fn a_pod_selector_alone_stays_in_its_own_namespace() {
    let peers = pods(r#"{"to":[{"podSelector":{}}]}"#);
    let own = PodSet {
        namespaces: Namespaces::Own,
        pods: Selector::default(),
        asks_for_pods: true,
        plain: Plain {
            pods: true,
            namespaces: false,
        },
    };
    assert_eq!(peers, [(own, "spec.egress[0].to[0]".to_owned())]);
}

#[test]
fn a_namespace_selector_alone_takes_every_pod_there() {
    let peers = pods(r#"{"to":[{"namespaceSelector":{"matchLabels":{"a":"b"}}}]}"#);
    let there = PodSet {
        namespaces: Namespaces::Matching(Selector::equal_to([("a", "b")])),
        pods: Selector::default(),
        asks_for_pods: false,
        plain: Plain {
            pods: false,
            namespaces: true,
        },
    };
    assert_eq!(peers, [(there, "spec.egress[0].to[0]".to_owned())]);
}

#[test]
fn host_bits_of_a_block_are_masked() {
    let rule = egress(r#"{"to":[{"ipBlock":{"cidr":"10.1.2.3/8","except":["10.2.3.4/16"]}}]}"#);
    let block = Peer::Net {
        net: "10.0.0.0/8".parse().unwrap(),
        except: vec!["10.2.0.0/16".parse().unwrap()],
    };
    assert_eq!(rule.peers, Peers::OneOf(vec![block]));
}

#[test]
fn a_bad_peer_is_refused_and_matches_nothing() {
    for (entry, at) in [
        ("{}", ""),
        ("null", ""),
        (r#"{"ipBlock":{"cidr":"10.0.0.0/8"},"podSelector":{}}"#, ""),
        (
            r#"{"ipBlock":{"cidr":"10.0.0.0/8"},"namespaceSelector":{}}"#,
            "",
        ),
        (r#"{"ipBlock":{}}"#, ".ipBlock.cidr"),
        (r#"{"ipBlock":{"cidr":"10.0.0.1"}}"#, ".ipBlock.cidr"),
        (r#"{"ipBlock":{"cidr":"10.0.0.0/33"}}"#, ".ipBlock.cidr"),
        (
            r#"{"ipBlock":{"cidr":"10.0.0.0/8","except":["11.0.0.0/16"]}}"#,
            ".ipBlock.except[0]",
        ),
        (
            r#"{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.0.0.0/8"]}}"#,
            ".ipBlock.except[0]",
        ),
        (
            r#"{"ipBlock":{"cidr":"10.0.0.0/8","except":["fd00::/64"]}}"#,
            ".ipBlock.except[0]",
        ),
    ] {
        let rule = refused(&format!(r#"{{"to":[{entry}]}}"#), &format!("to[0]{at}"));
        assert_eq!(rule.peers, Peers::OneOf(vec![]), "{entry}");
    }
}

#[test]
fn an_unknown_field_anywhere_in_a_rule_makes_it_undecidable() {
    for rule in [
        r#"{"protocols":["TCP"]}"#,
        r#"{"from":[]}"#,
        r#"{"ports":[{"port":80,"ports":[1]}]}"#,
        r#"{"to":[{"serviceAccounts":{}}]}"#,
        r#"{"to":[{"podSelector":{"app":"web"}}]}"#,
        r#"{"to":[{"podSelector":{"matchExpressions":[{"key":"a","operator":"Exists","x":1}]}}]}"#,
        r#"{"to":[{"ipBlock":{"cidr":"10.0.0.0/8","port":1}}]}"#,
    ] {
        assert!(egress(rule).undecidable.is_some(), "{rule}");
    }
    assert_eq!(egress(r#"{"to":[]}"#).undecidable, None);
}

#[test]
fn an_unknown_field_of_the_spec_itself_is_ignored_but_told() {
    let spec: Spec<'_> = serde_json::from_str(r#"{"priority":5,"podSelector":{}}"#).unwrap();
    assert_eq!(spec.unknown(), Some("priority"));
    assert!(translate(&spec).1.is_empty());
}

#[test]
fn every_rule_knows_where_it_stands() {
    let policy = sound(r#"{"egress":[{},{}],"ingress":[{}]}"#);
    assert_eq!(policy.egress[1].at.to_string(), "spec.egress[1]");
    assert_eq!(policy.ingress[0].at.to_string(), "spec.ingress[0]");
}
