//! The grouped answer expands to exactly what the evaluator says of every pair.

use portcullis::cluster::{Knowledge, Known, View};
use portcullis::flows::{Actor, Grouped, Setting};
use portcullis::policy::{Datapath, Family};
use portcullis::reach::{Decision, Flow, Outcome, Party, Verdict, evaluate_in};
use proptest::prelude::*;

use super::policies::policies;
use super::world::{actors, inhabitants, settled, store};

/// A verdict in words, with what decided each side.
fn told(verdict: &Verdict<'_>) -> String {
    let side = |side: &Decision<'_>| {
        let by = side.by.map(|by| {
            let rule = by.rule.map(|rule| rule.at.to_string());
            format!("{} {} {rule:?}", by.policy.meta.name(), by.policy.at)
        });
        format!("{:?} by {by:?}", side.outcome)
    };
    format!("{} / {}", side(&verdict.egress), side(&verdict.ingress))
}

fn is_pod(actor: &Actor<'_, '_>) -> bool {
    matches!(actor.party, Party::Pod(_))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn the_grouped_answer_is_that_of_every_pair(
        inhabitants in inhabitants(),
        policies in policies(),
        known in prop::sample::select(vec![Known::All, Known::Files]),
    ) {
        let store = store(&policies, known);
        let knowledge = Knowledge::default();
        let view = View::new(&store, &knowledge);
        let pods = settled(&inhabitants, view);
        let families = [None, Some(Family::V4), Some(Family::V6)];
        let seen: Vec<_> = families
            .into_iter()
            .flat_map(|family| Datapath::ENFORCING.map(|datapath| Setting { datapath, family, view: Some(view) }))
            .map(|setting| (setting, actors(&pods, view)))
            .collect();
        let all = actors(&pods, view);
        let grouped = Grouped::of(&seen, &[], vec![(); all.len()]);
        for family in families {
            let rows = grouped.rows(family);
            for (from, source) in all.iter().enumerate() {
                for (to, destination) in all.iter().enumerate() {
                    if from == to && is_pod(source) {
                        continue;
                    }
                    for port in &destination.ports {
                        let flow = Flow {
                            source: source.party,
                            destination: destination.party,
                            protocol: port.0,
                            port: port.1,
                            family,
                        };
                        let alone = Datapath::ENFORCING.map(|it| {
                            evaluate_in(&flow, &source.policies, &destination.policies, it, Some(view))
                        });
                        let class = grouped.class_of(from).unwrap();
                        let target = grouped.target(grouped.class_of(to).unwrap(), *port).unwrap();
                        let found = grouped.verdicts(class, target, family).into_iter();
                        let found: Vec<String> = found.map(|(_, it)| told(&it)).collect();
                        let expected: Vec<String> = alone.iter().map(told).collect();
                        prop_assert_eq!(found, expected, "{:?} {:?} -> {:?} {:?}", family, source.party, destination.party, port);
                        let is = |outcome: &Outcome| alone.iter().all(|it| it.outcome() == outcome);
                        prop_assert_eq!(rows.allowed[class].contains(target), is(&Outcome::Allowed));
                        prop_assert_eq!(rows.denied[class].contains(target), is(&Outcome::Denied));
                    }
                }
            }
        }
    }
}
