//! Tiers, the order in them, and the policies of Kubernetes among Calico's.

use portcullis::cluster::Known;

use super::Is::{Allowed, Denied, Unclear};
use super::{flow, global, known, named};

const API_WEB: [&str; 3] = ["shop/api", "shop/web", "TCP/80"];

fn of(manifests: &str) -> super::Is {
    let [from, to, port] = API_WEB;
    flow(manifests, from, to, port)
}

fn tier(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n---\n"
    )
}

/// A policy for all ingress of a tier, with one rule.
fn one(name: &str, tier: &str, order: &str, action: &str) -> String {
    let order = match order {
        "" => String::new(),
        order => format!("order: {order}, "),
    };
    let rules = match action {
        "" => String::new(),
        action => format!("{{action: {action}}}"),
    };
    named(
        name,
        &format!("tier: {tier}, {order}types: [Ingress], ingress: [{rules}]"),
    )
}

const KUBERNETES: &str = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n\
    metadata: {name: k, namespace: shop}\nspec: {podSelector: {}, ingress: [{}]}\n---\n";

#[test]
fn tiers_of_lower_order_are_asked_first() {
    // TierSpec.order: tiers with a higher order are applied after those with a lower one.
    let policies = one("a", "late", "1", "Deny") + &one("b", "early", "2", "Allow");
    let tiers = tier("late", "order: 200") + &tier("early", "order: 100");
    assert_eq!(of(&(policies.clone() + &tiers)), Allowed);
    let turned = tier("late", "order: 50.5") + &tier("early", "order: 100");
    assert_eq!(of(&(policies.clone() + &turned)), Denied);
    // TierSpec.order: without an order a tier comes last.
    let last = tier("late", "") + &tier("early", "order: 3000000");
    assert_eq!(of(&(policies.clone() + &last)), Allowed);
    // TierSpec.order: of identical orders the name decides.
    let same = tier("late", "order: 5") + &tier("early", "order: 5");
    assert_eq!(of(&(policies + &same)), Allowed);
}

#[test]
fn a_tier_ends_what_no_rule_of_it_matches_only_where_a_policy_of_it_selects_the_pod() {
    let early = tier("early", "order: 100");
    let mine = one("a", "early", "1", "");
    assert_eq!(of(&(early.clone() + &mine)), Denied);
    let other = mine.replace("types", "selector: \"app == 'x'\", types");
    assert_eq!(of(&(early.clone() + &other)), Allowed);
    // Pass goes on with the next tier, where the policies of Kubernetes are.
    let passing = one("a", "early", "1", "Pass");
    assert_eq!(of(&(early.clone() + &passing)), Allowed);
    let denying = KUBERNETES.replace("ingress: [{}]", "ingress: []");
    assert_eq!(of(&(early + &passing + &denying)), Denied);
}

#[test]
fn a_tier_may_end_with_pass() {
    // TierSpec.defaultAction: what becomes of what no rule matches.
    let early = tier("early", "order: 100, defaultAction: Pass");
    assert_eq!(of(&(early + &one("a", "early", "1", ""))), Allowed);
}

#[test]
fn what_depends_on_a_tier_that_is_not_there_is_not_decided() {
    assert_eq!(of(&one("a", "gone", "1", "")), Unclear);
    assert_eq!(of(&one("a", "gone", "1", "Deny")), Denied);
    assert_eq!(of(&one("a", "gone", "1", "Allow")), Allowed);
    let late = one("a", "gone", "1", "Allow") + &one("b", "default", "1", "Deny");
    assert_eq!(of(&late), Unclear);
}

#[test]
fn policies_of_lower_order_are_asked_first_and_those_without_order_last() {
    // NetworkPolicySpec.order: higher after lower; omitted is infinite.
    let policies = |deny: &str, allow: &str| {
        of(&(one("a", "default", deny, "Deny") + &one("b", "default", allow, "Allow")))
    };
    assert_eq!(policies("10", "2.5"), Allowed);
    assert_eq!(policies("2", "10"), Denied);
    assert_eq!(policies("-1", "0"), Denied);
    assert_eq!(policies("", "1000000"), Allowed);
    // NetworkPolicySpec.order: of identical orders the name decides, and not the place of a rule.
    assert_eq!(policies("7", "7"), Denied);
    let second = named(
        "a",
        "order: 7, types: [Ingress], ingress: [{action: Log}, {action: Allow}]",
    );
    assert_eq!(of(&(second + &one("b", "default", "7", "Deny"))), Allowed);
}

#[test]
fn policies_of_kubernetes_stand_in_the_default_tier_at_1000() {
    let with = |order: &str| of(&(one("a", "default", order, "Deny") + KUBERNETES));
    assert_eq!(with("999"), Denied);
    assert_eq!(with("1001"), Allowed);
    assert_eq!(with(""), Allowed);
    // Those of the default tier isolate together: neither lets out what the other one does not.
    let isolating = one("a", "default", "10", "");
    assert_eq!(of(&(isolating + KUBERNETES)), Allowed);
    // A tier before it decides before them.
    let early = tier("early", "order: 100") + &one("a", "early", "1", "Deny");
    assert_eq!(of(&(early + KUBERNETES)), Denied);
}

#[test]
fn a_global_policy_and_a_namespaced_one_share_the_order_of_a_tier() {
    let deny = global("order: 5, selector: all(), types: [Ingress], ingress: [{action: Deny}]");
    assert_eq!(
        of(&(deny.clone() + &one("b", "default", "4", "Allow"))),
        Allowed
    );
    assert_eq!(of(&(deny + &one("b", "default", "6", "Allow"))), Denied);
}

#[test]
fn stored_names_are_read_as_they_stand() {
    let stored =
        one("default.a", "default", "7", "Deny") + &one("knp.default.b", "default", "7", "Allow");
    let stored = stored.replace("projectcalico.org/v3", "crd.projectcalico.org/v1");
    assert_eq!(of(&stored), Denied);
}

#[test]
fn a_set_that_may_be_elsewhere_is_unknown_unless_the_files_tell_all() {
    let policy = named(
        "a",
        "types: [Egress], egress: [{action: Allow, destination: {selector: \"kind == 'bank'\"}}]",
    );
    let ask = |extent| known(&policy, "shop/web", "192.0.2.7", "TCP/443", extent);
    assert_eq!(ask(Known::All), Denied);
    assert_eq!(ask(Known::Files), Denied);
    assert_eq!(ask(Known::Unknown), Unclear);
}
