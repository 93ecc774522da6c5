//! What the evaluator answers, over policies of every kind that dialects translate to.

use std::sync::Arc;

use super::*;
use crate::finding::{FieldPath, ObjectRef};
use crate::labels::{Labels, Selector};
use crate::object::{Kind, Meta, Of};
use crate::policy::{
    Action, Datapath, Isolates, NAMESPACE_NAME_LABEL, Namespaces, Peer, Peers, Plain, PodSet,
    Policy, Ports, Protocol, Rule, Ties,
};

fn meta(name: &str) -> Meta {
    Meta {
        kind: Kind::NetworkPolicy,
        reference: ObjectRef {
            api_version: "networking.k8s.io/v1".into(),
            kind: "NetworkPolicy".into(),
            namespace: Some("shop".into()),
            name: name.into(),
        },
        labels: Arc::default(),
        annotations: Labels::default(),
        owner: None,
        deleting: false,
        problems: Vec::new(),
    }
}

fn rule(order: i64, action: Action, peers: Peers) -> Rule {
    Rule {
        order: (order, 0),
        action,
        peers,
        ports: Ports::Any,
        at: FieldPath::of("spec.egress").index(0),
        undecidable: None,
    }
}

fn policy(tier: u32, isolates: bool, egress: Vec<Rule>) -> Policy {
    Policy {
        tier: tier.into(),
        subject: PodSet {
            namespaces: Namespaces::Own,
            pods: Selector::default(),
            asks_for_pods: true,
            plain: Plain::default(),
        },
        unsure: None,
        at: FieldPath::of("spec"),
        subject_at: FieldPath::of("spec.podSelector"),
        datapaths: &Datapath::ENFORCING,
        ties: Ties::Together,
        ingress: Vec::new(),
        egress,
        isolates: Isolates {
            ingress: false,
            egress: isolates,
        },
        ignored: Vec::new(),
        isolates_unsaid: false,
    }
}

fn nothing() -> &'static Labels {
    static NOTHING: std::sync::LazyLock<Labels> = std::sync::LazyLock::new(Labels::default);
    &NOTHING
}

fn pod() -> Pod<'static> {
    Pod {
        namespace: "shop",
        namespace_labels: Facts::all(nothing()),
        name: None,
        labels: Facts::all(nothing()),
        addresses: &[],
        host_network: false,
        ports: Some(&[]),
        node: None,
    }
}

fn ask(
    policies: &[Policy],
    source: Pod<'_>,
    destination: Party<'_>,
    datapath: Datapath,
) -> Outcome {
    let metas: Vec<Meta> = (0..policies.len())
        .map(|at| meta(&at.to_string()))
        .collect();
    let policies: Vec<Of<'_, Policy>> = metas
        .iter()
        .zip(policies)
        .map(|(meta, body)| Of { meta, body })
        .collect();
    let flow = Flow {
        source: Party::Pod(source),
        destination,
        protocol: Protocol::Tcp,
        port: 443,
        family: None,
    };
    let verdict = evaluate(&flow, &policies, &[], datapath);
    verdict.outcome().clone()
}

fn outside() -> Party<'static> {
    Party::Address([192, 0, 2, 1].into())
}

fn outcome(policies: &[Policy]) -> Outcome {
    ask(policies, pod(), outside(), Datapath::Endpoint)
}

fn net(text: &str) -> Peers {
    Peers::OneOf(vec![Peer::Net {
        net: text.parse().unwrap(),
        except: Vec::new(),
    }])
}

fn pods(namespaces: Namespaces) -> Peers {
    Peers::OneOf(vec![Peer::Pods {
        set: PodSet {
            namespaces,
            pods: Selector::default(),
            asks_for_pods: false,
            plain: Plain::default(),
        },
        at: FieldPath::default(),
    }])
}

fn isolating(peers: Peers) -> Policy {
    policy(1_000_000, true, vec![rule(0, Action::Allow, peers)])
}

#[test]
fn without_policies_everything_passes() {
    assert_eq!(outcome(&[]), Outcome::Allowed);
}

#[test]
fn what_no_rule_of_an_isolating_policy_matches_is_denied() {
    assert_eq!(outcome(&[policy(1, true, vec![])]), Outcome::Denied);
    assert_eq!(outcome(&[policy(1, false, vec![])]), Outcome::Allowed);
}

#[test]
fn a_lower_tier_decides_before_a_higher_one_whatever_their_order_in_view() {
    let deny = policy(1_000, false, vec![rule(0, Action::Deny, Peers::Any)]);
    let allow = isolating(Peers::Any);
    assert_eq!(outcome(&[allow.clone(), deny.clone()]), Outcome::Denied);
    assert_eq!(outcome(&[deny, allow]), Outcome::Denied);
}

#[test]
fn within_a_tier_the_lower_order_decides_and_deny_comes_first_among_equals() {
    let allow = |order| policy(1, false, vec![rule(order, Action::Allow, Peers::Any)]);
    let deny = |order| policy(1, false, vec![rule(order, Action::Deny, Peers::Any)]);
    assert_eq!(outcome(&[deny(2), allow(1)]), Outcome::Allowed);
    assert_eq!(outcome(&[allow(2), deny(1)]), Outcome::Denied);
    assert_eq!(outcome(&[allow(1), deny(1)]), Outcome::Denied);
}

#[test]
fn pass_leaves_the_tier_past_its_later_rules_and_its_isolation() {
    let rules = vec![
        rule(1, Action::Pass, Peers::Any),
        rule(2, Action::Deny, Peers::Any),
    ];
    let tier = policy(1, true, rules);
    assert_eq!(outcome(std::slice::from_ref(&tier)), Outcome::Allowed);
    assert_eq!(outcome(&[tier, policy(2, true, vec![])]), Outcome::Denied);
}

#[test]
fn what_an_isolating_tier_admits_is_final() {
    let baseline = policy(10_000_000, false, vec![rule(0, Action::Deny, Peers::Any)]);
    assert_eq!(
        outcome(&[isolating(Peers::Any), baseline.clone()]),
        Outcome::Allowed
    );
    assert_eq!(outcome(&[baseline]), Outcome::Denied);
}

#[test]
fn an_undecidable_rule_matters_only_where_the_outcome_differs() {
    let why = Because::Rule("unknown field \"x\"".into());
    let undecidable = |action| Rule {
        undecidable: Some("unknown field \"x\"".into()),
        ..rule(0, action, Peers::Any)
    };
    let alone = policy(1, true, vec![undecidable(Action::Allow)]);
    assert_eq!(
        outcome(std::slice::from_ref(&alone)),
        Outcome::Depends(why.clone())
    );
    assert_eq!(
        outcome(&[
            alone,
            policy(1, true, vec![rule(5, Action::Allow, Peers::Any)])
        ]),
        Outcome::Allowed
    );
    let needless = policy(1, false, vec![undecidable(Action::Allow)]);
    assert_eq!(outcome(&[needless]), Outcome::Allowed);
    let deny = policy(1, false, vec![undecidable(Action::Deny)]);
    assert_eq!(outcome(&[deny]), Outcome::Depends(why.clone()));
    let pass = policy(1, true, vec![undecidable(Action::Pass)]);
    assert_eq!(outcome(std::slice::from_ref(&pass)), Outcome::Depends(why));
    assert_eq!(outcome(&[pass, policy(2, true, vec![])]), Outcome::Denied);
}

#[test]
fn pods_on_their_hosts_network_are_no_subject() {
    let host = Pod {
        host_network: true,
        ..pod()
    };
    let deny = [policy(1, true, vec![])];
    assert_eq!(
        ask(&deny, host, outside(), Datapath::Endpoint),
        Outcome::Allowed
    );
}

#[test]
fn where_nothing_enforces_policies_everything_passes() {
    let deny = [policy(1, true, vec![])];
    assert_eq!(
        ask(&deny, pod(), outside(), Datapath::None),
        Outcome::Allowed
    );
}

#[test]
fn pods_on_their_hosts_network_are_peers_by_label_on_one_datapath_only() {
    let host = Party::Pod(Pod {
        host_network: true,
        ..pod()
    });
    let rules = [isolating(pods(Namespaces::Own))];
    for (datapath, expected) in [
        (Datapath::Endpoint, Outcome::Denied),
        (Datapath::Cilium, Outcome::Denied),
        (Datapath::AwsVpcCni, Outcome::Allowed),
    ] {
        assert_eq!(ask(&rules, pod(), host, datapath), expected, "{datapath}");
    }
}

#[test]
fn with_cilium_addresses_match_neither_pods_nor_nodes_but_for_one_mode() {
    let node = Party::Node {
        name: None,
        address: [192, 0, 2, 1].into(),
    };
    let addresses = [[192, 0, 2, 1].into()];
    let other = Party::Pod(Pod {
        addresses: &addresses,
        ..pod()
    });
    let rules = [isolating(net("192.0.2.0/24"))];
    for (datapath, to_node, to_pod) in [
        (Datapath::Endpoint, Outcome::Allowed, Outcome::Allowed),
        (Datapath::Cilium, Outcome::Denied, Outcome::Denied),
        (Datapath::CiliumNodes, Outcome::Allowed, Outcome::Denied),
        (Datapath::AwsVpcCni, Outcome::Allowed, Outcome::Allowed),
    ] {
        assert_eq!(ask(&rules, pod(), node, datapath), to_node, "{datapath}");
        assert_eq!(ask(&rules, pod(), other, datapath), to_pod, "{datapath}");
        assert_eq!(ask(&rules, pod(), outside(), datapath), Outcome::Allowed);
    }
}

#[test]
fn labels_that_are_not_known_leave_it_open() {
    let there = Selector::equal_to([("team", "a")]);
    let rules = [isolating(pods(Namespaces::Matching(there)))];
    let unknown = Party::Pod(Pod {
        namespace_labels: Facts::some(nothing()),
        ..pod()
    });
    let answer = ask(&rules, pod(), unknown, Datapath::Endpoint);
    assert_eq!(answer, Outcome::Depends(Because::Namespace));
    let known = ask(&rules, pod(), Party::Pod(pod()), Datapath::Endpoint);
    assert_eq!(known, Outcome::Denied);
}

#[test]
fn an_unknown_api_server_may_be_in_any_block_but_not_at_a_service_address() {
    let server = Party::ApiServer(ApiServer::default());
    let to = |text: &str| ask(&[isolating(net(text))], pod(), server, Datapath::Endpoint);
    for block in ["0.0.0.0/0", "10.0.0.0/8", "203.0.113.7/32", "fd00::/8"] {
        assert_eq!(to(block), Outcome::Depends(Because::Address), "{block}");
    }
    for block in [
        "10.96.0.1/32",
        "10.43.0.1/32",
        "169.254.20.10/32",
        "127.0.0.0/8",
    ] {
        assert_eq!(to(block), Outcome::Denied, "{block}");
    }
}

#[test]
fn selectors_never_find_the_api_server_but_as_a_pod_where_they_see_those() {
    let rules = [isolating(pods(Namespaces::Matching(Selector::default())))];
    let server = |may_be_pod| {
        Party::ApiServer(ApiServer {
            may_be_pod,
            ..ApiServer::default()
        })
    };
    let to = |it, datapath| ask(&rules, pod(), it, datapath);
    assert_eq!(to(server(true), Datapath::Endpoint), Outcome::Denied);
    assert_eq!(to(server(true), Datapath::Cilium), Outcome::Denied);
    assert_eq!(to(server(false), Datapath::AwsVpcCni), Outcome::Denied);
    let may = to(server(true), Datapath::AwsVpcCni);
    assert_eq!(may, Outcome::Depends(Because::Address));
}

#[test]
fn ovn_kubernetes_finds_the_api_server_by_a_peer_that_asks_for_pods() {
    let server = Party::ApiServer(ApiServer {
        may_be_pod: true,
        may_be_on_ovn: true,
        ..ApiServer::default()
    });
    let to = |namespace: &str, labels: Option<(&str, &str)>, datapath| {
        let set = PodSet {
            namespaces: Namespaces::Matching(Selector::equal_to([(
                NAMESPACE_NAME_LABEL,
                namespace,
            )])),
            pods: Selector::equal_to(labels),
            asks_for_pods: labels.is_some(),
            plain: Plain::default(),
        };
        let at = FieldPath::default();
        let peers = vec![Peer::Pods { set, at }];
        ask(&[isolating(Peers::OneOf(peers))], pod(), server, datapath)
    };
    let (openshift, own) = ("openshift-kube-apiserver", Some(("apiserver", "true")));
    let depends = Outcome::Depends(Because::Address);
    assert_eq!(to(openshift, own, Datapath::Endpoint), depends);
    assert_eq!(to(openshift, own, Datapath::Cilium), Outcome::Denied);
    assert_eq!(to(openshift, None, Datapath::Endpoint), Outcome::Denied);
    let other = Some(("k8s-app", "kube-dns"));
    assert_eq!(to(openshift, other, Datapath::Endpoint), Outcome::Denied);
    assert_eq!(to("default", own, Datapath::Endpoint), Outcome::Denied);
}

#[test]
fn a_pod_reaches_itself_and_is_reached_by_its_node() {
    let deny = policy(1, true, vec![]);
    let deny = Policy {
        isolates: Isolates {
            ingress: true,
            egress: true,
        },
        ..deny
    };
    let meta = meta("deny");
    let policies = [Of {
        meta: &meta,
        body: &deny,
    }];
    let named = Pod {
        name: Some("web-0"),
        node: Some("worker"),
        ..pod()
    };
    let node = |name| Party::Node {
        name: Some(name),
        address: [192, 0, 2, 1].into(),
    };
    for (source, expected) in [
        (Party::Pod(named), Outcome::Allowed),
        (node("worker"), Outcome::Allowed),
        (node("other"), Outcome::Denied),
    ] {
        let flow = Flow {
            source,
            destination: Party::Pod(named),
            protocol: Protocol::Tcp,
            port: 80,
            family: None,
        };
        let verdict = evaluate(&flow, &policies, &policies, Datapath::Endpoint);
        assert_eq!(*verdict.outcome(), expected, "{source:?}");
    }
}
