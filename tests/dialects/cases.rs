//! The tables: every case with its policies, its Flows, and the sentence that decides it.
//!
//! A case opens with `case:` and its name, then `why:` with what the documentation says, in other
//! words, and where. `policy:` is a kind, a namespace (`-` for none) and a spec (or a list of
//! specs); `flow:` is a source, a destination, a protocol, a port, the datapath unless it is the
//! table's own, and the answer. `invalid:` is a field that the API server refuses.

use portcullis::policy::{Datapath, Protocol};
use portcullis::reach::Outcome;

use super::world::{datapath, manifest, objects, outcome, problems};

/// Runs a table; the number of its cases.
fn run(table: &str, usual: Datapath) -> usize {
    let cases: Vec<&str> = table.split("\ncase: ").skip(1).collect();
    for case in &cases {
        let name = case.lines().next().unwrap();
        let field = |key: &'static str| {
            case.lines()
                .filter_map(move |line| line.strip_prefix(key)?.strip_prefix(": "))
        };
        assert!(field("why").count() == 1, "{name}: why");
        let policies: String = field("policy")
            .enumerate()
            .map(|(index, line)| {
                let (kind, rest) = line.split_once(' ').unwrap();
                let (namespace, spec) = rest.split_once(' ').unwrap();
                let baseline = kind == "BaselineAdminNetworkPolicy";
                let own = format!("p{index}");
                let own = if baseline { "default" } else { &own };
                manifest(kind, own, Some(namespace).filter(|it| *it != "-"), spec)
            })
            .collect();
        let objects = objects(&policies);
        assert_eq!(objects.len(), field("policy").count(), "{name}: objects");
        let invalid: Vec<&str> = field("invalid").collect();
        assert_eq!(problems(&objects), invalid, "{name}: invalid fields");
        assert!(field("flow").count() + invalid.len() > 0, "{name}: no flow");
        for line in field("flow") {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [from, "->", to, protocol, port, rest @ ..] = words.as_slice() else {
                panic!("{name}: {line}");
            };
            let under = rest
                .iter()
                .rev()
                .nth(1)
                .map_or(usual, |word| datapath(word));
            let port = (Protocol::parse(protocol).unwrap(), port.parse().unwrap());
            let found = match outcome(&objects, (from, to), port, under) {
                Outcome::Allowed => "allowed",
                Outcome::Denied => "denied",
                Outcome::Depends(_) => "depends",
            };
            assert_eq!(Some(&found), rest.last(), "{name}: {line}");
        }
    }
    cases.len()
}

#[test]
fn cluster_network_policies_mean_what_their_type_says() {
    let cases = run(include_str!("cluster_v1alpha2.txt"), Datapath::Endpoint);
    assert!(cases >= 25, "{cases}");
}

#[test]
fn admin_network_policies_mean_what_their_type_says() {
    let cases = run(include_str!("admin_v1alpha1.txt"), Datapath::Endpoint);
    assert!(cases >= 25, "{cases}");
}

#[test]
fn cilium_policies_mean_what_their_documentation_says() {
    let cases = run(include_str!("cilium_v2.txt"), Datapath::Cilium);
    assert!(cases >= 25, "{cases}");
}
