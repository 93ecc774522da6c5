//! Every operator, what is refused, and random expressions against a naive evaluator.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::labels::Labels;

fn matches(text: &str, labels: &[(&str, &str)]) -> bool {
    let labels: Labels = labels.iter().copied().collect();
    parse(text).unwrap().selector.matches(&labels)
}

#[test]
fn every_operator_means_what_the_language_says() {
    let web = [("app", "web"), ("env", "prod-eu")];
    for text in [
        "",
        "all()",
        "app == 'web'",
        "app == \"web\"&&has(env)",
        "app != 'db'",
        "gone != 'x'",
        "app in {'db', 'web',}",
        "gone not in {'x'}",
        "!has(gone)",
        "! (app == 'db' || has(gone))",
        "env contains 'd-e'",
        "env starts with 'prod'",
        "env ends with 'eu'",
        "app == 'db' && has(env) || has(app)",
        "!!has(app)",
    ] {
        assert!(matches(text, &web), "{text}");
    }
    for text in [
        "app == 'db'",
        "has(gone)",
        "app in {}",
        "gone contains ''",
        "!all()",
        "env starts with 'eu'",
        "app == 'web' && !(has(env) || has(gone))",
        "global()",
    ] {
        assert!(!matches(text, &web), "{text}");
    }
}

#[test]
fn what_calico_would_refuse_is_refused() {
    for text in [
        "app",
        "app = 'web'",
        "app == web",
        "app == 'web",
        "has()",
        "has(app",
        "(has(a)",
        "has(a))",
        "a in 'b'",
        "a in {'b' 'c'}",
        "a & b",
        "== 'b'",
        "a == 'b' c",
        "ü == 'b'",
        "a like 'b'",
        "has(a) &&",
        "!",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
    let deep = "(".repeat(100_000);
    assert_eq!(parse(&deep), Err(ExpressionError::Depth));
}

#[test]
fn only_what_every_match_carries_can_be_looked_up() {
    let pairs = |text: &str| -> Vec<(String, String)> {
        let selector = parse(text).unwrap().selector;
        let own = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        selector.pairs().map(own).collect()
    };
    let a = ("a".to_owned(), "1".to_owned());
    assert_eq!(
        pairs("a == '1' && (b == '2' || c == '3')"),
        std::slice::from_ref(&a)
    );
    assert_eq!(pairs("a == '1' && (b != '2')"), [a]);
    assert!(pairs("a == '1' || b == '2'").is_empty());
    assert!(pairs("!(a == '1' && b == '2')").is_empty());
    assert!(pairs("a contains '1'").is_empty());
}

/// An expression as the property builds it, with its own meaning.
#[derive(Clone, Debug)]
enum Naive {
    Compare(&'static str, &'static str, &'static str),
    Set(&'static str, bool, Vec<&'static str>),
    Has(&'static str),
    All,
    Not(Box<Naive>),
    And(Box<Naive>, Box<Naive>),
    Or(Box<Naive>, Box<Naive>),
}

impl Naive {
    fn text(&self) -> String {
        match self {
            Self::Compare(key, operator, value) => format!("{key} {operator} '{value}'"),
            Self::Set(key, within, values) => {
                let values: Vec<String> = values.iter().map(|v| format!("\"{v}\"")).collect();
                let operator = if *within { "in" } else { "not in" };
                format!("{key} {operator} {{{}}}", values.join(", "))
            }
            Self::Has(key) => format!("has({key})"),
            Self::All => "all()".into(),
            Self::Not(inner) => format!("!({})", inner.text()),
            Self::And(one, other) => format!("({}) && ({})", one.text(), other.text()),
            Self::Or(one, other) => format!("({}) || {}", one.text(), other.text()),
        }
    }

    fn holds(&self, labels: &BTreeMap<&str, &str>) -> bool {
        match self {
            Self::Compare(key, operator, value) => match (labels.get(key), *operator) {
                (Some(it), "==") => it == value,
                (Some(it), "!=") => it != value,
                (None, "!=") => true,
                (Some(it), "contains") => it.contains(value),
                (Some(it), "starts with") => it.starts_with(value),
                (Some(it), "ends with") => it.ends_with(value),
                _ => false,
            },
            Self::Set(key, within, values) => match labels.get(key) {
                Some(it) => values.contains(it) == *within,
                None => !*within,
            },
            Self::Has(key) => labels.contains_key(key),
            Self::All => true,
            Self::Not(inner) => !inner.holds(labels),
            Self::And(one, other) => one.holds(labels) && other.holds(labels),
            Self::Or(one, other) => one.holds(labels) || other.holds(labels),
        }
    }
}

const KEYS: [&str; 4] = ["a", "b.c/d", "in", "not-x"];
const VALUES: [&str; 5] = ["", "1", "12", "212", "x y"];

fn expression() -> impl Strategy<Value = Naive> {
    let key = || prop::sample::select(&KEYS[..]);
    let value = || prop::sample::select(&VALUES[..]);
    let operators = ["==", "!=", "contains", "starts with", "ends with"];
    let leaf = prop_oneof![
        4 => (key(), prop::sample::select(operators.to_vec()), value())
            .prop_map(|(key, operator, value)| Naive::Compare(key, operator, value)),
        2 => (key(), any::<bool>(), prop::collection::vec(value(), 0..3))
            .prop_map(|(key, within, values)| Naive::Set(key, within, values)),
        1 => key().prop_map(Naive::Has),
        1 => Just(Naive::All),
    ];
    leaf.prop_recursive(5, 24, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        let boxed = |(one, other)| (Box::new(one), Box::new(other));
        prop_oneof![
            inner.prop_map(|it| Naive::Not(Box::new(it))),
            pair.clone()
                .prop_map(boxed)
                .prop_map(|(a, b)| Naive::And(a, b)),
            pair.prop_map(boxed).prop_map(|(a, b)| Naive::Or(a, b)),
        ]
    })
}

fn labels() -> impl Strategy<Value = BTreeMap<&'static str, &'static str>> {
    let key = prop::sample::select(&KEYS[..]);
    prop::collection::btree_map(key, prop::sample::select(&VALUES[..]), 0..4)
}

proptest! {
    #[test]
    fn the_selector_means_what_a_naive_evaluator_says(it in expression(), map in labels()) {
        let selector = parse(&it.text()).unwrap().selector;
        let labels: Labels = map.iter().map(|(key, value)| (*key, *value)).collect();
        prop_assert_eq!(selector.matches(&labels), it.holds(&map), "{}", it.text());
    }

    #[test]
    fn every_match_carries_every_pair(it in expression(), map in labels()) {
        let selector = parse(&it.text()).unwrap().selector;
        if it.holds(&map) {
            for (key, value) in selector.pairs() {
                prop_assert_eq!(map.get(key), Some(&value), "{}", it.text());
            }
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[a-c(){}!=&|'\", hasin]{0,60}") {
        let _ = parse(&text);
    }
}
