//! The tables: every case with its policies, its Flows, and the sentence that decides it.
//!
//! A case opens with `case:` and its name, then `why:` with what the documentation says, in other
//! words, and where. `policy:` is a kind, a namespace (`-` for none) and a spec (or a list of
//! specs), and `object:` another object whole; `flow:` is a source, a destination, a protocol, a
//! port, the datapath unless it is the table's own, the family of addresses where only one is
//! asked for, and the answer. `invalid:` is a field that the API server refuses.

use portcullis::policy::{Datapath, Protocol};
use portcullis::reach::Outcome;

use super::world::{World, datapath, family, manifest, objects, problems};

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
        let others: Vec<&str> = field("object").collect();
        let objects = objects(&format!("{}\n{policies}", others.join("\n---\n")));
        let given = field("policy").count() + field("object").count();
        assert_eq!(objects.len(), given, "{name}: objects");
        let invalid: Vec<&str> = field("invalid").collect();
        assert_eq!(problems(&objects), invalid, "{name}: invalid fields");
        let world = World::of(objects);
        assert!(field("flow").count() + invalid.len() > 0, "{name}: no flow");
        for line in field("flow") {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [from, "->", to, protocol, port, under @ .., answer] = words.as_slice() else {
                panic!("{name}: {line}");
            };
            for word in under {
                let known = datapath(word).is_some() || family(word).is_some();
                assert!(known, "{name}: {line}: {word}");
            }
            let place = under.iter().find_map(|word| datapath(word));
            let family = under.iter().find_map(|word| family(word));
            let port = (Protocol::parse(protocol).unwrap(), port.parse().unwrap());
            let place = (place.unwrap_or(usual), family);
            let found = match world.outcome((from, to), port, place) {
                Outcome::Allowed => "allowed",
                Outcome::Denied => "denied",
                Outcome::Depends(_) => "depends",
            };
            assert_eq!(found, *answer, "{name}: {line}");
        }
    }
    cases.len()
}

#[test]
fn network_policies_mean_what_their_type_says() {
    let cases = run(include_str!("networking_v1.txt"), Datapath::Endpoint);
    assert!(cases >= 25, "{cases}");
}

#[test]
fn calicos_stored_policies_mean_what_its_documentation_says() {
    let cases = run(include_str!("calico_crd_v1.txt"), Datapath::Endpoint);
    assert!(cases >= 25, "{cases}");
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
fn the_baseline_means_what_its_type_says() {
    let cases = run(include_str!("baseline_v1alpha1.txt"), Datapath::Endpoint);
    assert!(cases >= 25, "{cases}");
}

#[test]
fn clusterwide_policies_of_cilium_mean_what_their_documentation_says() {
    let cases = run(include_str!("cilium_clusterwide_v2.txt"), Datapath::Cilium);
    assert!(cases >= 25, "{cases}");
}

#[test]
fn cilium_policies_mean_what_their_documentation_says() {
    let cases = run(include_str!("cilium_v2.txt"), Datapath::Cilium);
    assert!(cases >= 25, "{cases}");
}
