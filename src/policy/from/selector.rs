//! `metav1.LabelSelector`: how it is written, what it means, and what the API server refuses.

use std::collections::BTreeMap;

use super::lenient::lenient;
use crate::finding::FieldPath;
use crate::labels::{Requirement, Selector, Test};
use crate::text::Word;

/// What the API server would refuse: where, and why.
pub(super) type Problems = Vec<(FieldPath, String)>;

lenient! {
    /// `metav1.LabelSelector`.
    pub(super) struct LabelSelector {
        /// Labels with one value each.
        match_labels("matchLabels"): BTreeMap<Word<'a>, Option<Word<'a>>>,
        /// Labels with an operator each.
        match_expressions("matchExpressions"): Vec<Expression<'a>>,
    }
}

lenient! {
    /// One entry of `matchExpressions`.
    pub(super) struct Expression {
        /// The label's key.
        key("key"): Word<'a>,
        /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
        operator("operator"): Word<'a>,
        /// The values.
        values("values"): Vec<Option<Word<'a>>>,
    }
}

impl LabelSelector<'_> {
    /// What it means. A requirement that the API server would refuse matches nothing.
    pub(super) fn translate(&self, at: &FieldPath, problems: &mut Problems) -> Selector {
        let mut requirements = Vec::new();
        for (key, value) in self.match_labels.iter().flatten() {
            let value = value.as_deref().unwrap_or("");
            let at = at.join("matchLabels").key(key);
            let mut sound = true;
            for wrong in [key_problem(key), value_problem(value)]
                .into_iter()
                .flatten()
            {
                problems.push((at.clone(), wrong));
                sound = false;
            }
            requirements.push(Requirement {
                key: (&**key).into(),
                test: Test::In(sound.then(|| value.into()).into_iter().collect()),
            });
        }
        for (index, expression) in self.match_expressions.iter().flatten().enumerate() {
            let at = at.join("matchExpressions").index(index);
            requirements.push(expression.translate(&at, problems));
        }
        Selector { requirements }
    }

    /// Whether it is written as nothing but `key: value`, or not at all.
    pub(super) fn is_plain(&self) -> bool {
        self.match_expressions.as_ref().is_none_or(Vec::is_empty)
    }

    /// The first field in it that is not known here.
    pub(super) fn unknown(&self) -> Option<&str> {
        let inner = self
            .match_expressions
            .iter()
            .flatten()
            .find_map(|expression| expression.unknown.as_deref());
        self.unknown.as_deref().or(inner)
    }
}

impl Expression<'_> {
    fn translate(&self, at: &FieldPath, problems: &mut Problems) -> Requirement {
        let before = problems.len();
        let key = self.key.as_deref().unwrap_or("");
        if let Some(wrong) = key_problem(key) {
            problems.push((at.join("key"), wrong));
        }
        let test = self.test(at, problems);
        Requirement {
            key: key.into(),
            test: if problems.len() == before {
                test
            } else {
                Test::In(Vec::new())
            },
        }
    }

    fn test(&self, at: &FieldPath, problems: &mut Problems) -> Test {
        let values: Vec<Box<str>> = self
            .values
            .iter()
            .flatten()
            .map(|value| value.as_deref().unwrap_or("").into())
            .collect();
        let operator = self.operator.as_deref().unwrap_or("");
        match (operator, values.is_empty()) {
            ("In" | "NotIn", true) => {
                problems.push((
                    at.join("values"),
                    format!("operator {operator} needs values"),
                ));
                Test::In(Vec::new())
            }
            ("Exists" | "DoesNotExist", false) => {
                let wrong = format!("operator {operator} takes no values");
                problems.push((at.join("values"), wrong));
                Test::In(Vec::new())
            }
            ("In", _) => Test::In(checked(values, at, problems)),
            ("NotIn", _) => Test::NotIn(checked(values, at, problems)),
            ("Exists", _) => Test::Exists,
            ("DoesNotExist", _) => Test::DoesNotExist,
            _ => {
                let wrong =
                    format!("operator {operator:?} is none of In, NotIn, Exists, DoesNotExist");
                problems.push((at.join("operator"), wrong));
                Test::In(Vec::new())
            }
        }
    }
}

fn checked(values: Vec<Box<str>>, at: &FieldPath, problems: &mut Problems) -> Vec<Box<str>> {
    for (index, value) in values.iter().enumerate() {
        if let Some(wrong) = value_problem(value) {
            problems.push((at.join("values").index(index), wrong));
        }
    }
    values
}

/// What is wrong with a label's key, if anything: an optional DNS prefix and a name.
fn key_problem(key: &str) -> Option<String> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let sound = prefix.is_none_or(is_subdomain) && !name.is_empty() && is_name(name);
    (!sound).then(|| format!("{key:?} is no label key"))
}

/// What is wrong with a label's value, if anything: empty, or a name.
fn value_problem(value: &str) -> Option<String> {
    let sound = value.is_empty() || is_name(value);
    (!sound).then(|| format!("{value:?} is no label value"))
}

/// Up to 63 letters, digits, `-`, `_` and `.`, a letter or digit at both ends.
fn is_name(text: &str) -> bool {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && ends(text.chars().next())
        && ends(text.chars().next_back())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// RFC 1123: lower-case names between dots.
fn is_subdomain(text: &str) -> bool {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    text.len() <= 253
        && text.split('.').all(|part| {
            ends(part.chars().next())
                && ends(part.chars().next_back())
                && part
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::Labels;

    fn translated(json: &str) -> (Selector, Vec<String>) {
        let selector: LabelSelector<'_> = serde_json::from_str(json).unwrap();
        let mut problems = Vec::new();
        let it = selector.translate(&FieldPath::of("spec.podSelector"), &mut problems);
        (
            it,
            problems.into_iter().map(|(at, _)| at.to_string()).collect(),
        )
    }

    #[test]
    fn an_expression_without_values_is_refused_and_matches_nothing() {
        for operator in ["In", "NotIn"] {
            let json = format!(r#"{{"matchExpressions":[{{"key":"a","operator":"{operator}"}}]}}"#);
            let (selector, problems) = translated(&json);
            assert_eq!(problems, ["spec.podSelector.matchExpressions[0].values"]);
            assert!(!selector.matches(&Labels::default()));
        }
    }

    #[test]
    fn an_unknown_operator_matches_nothing() {
        let (selector, problems) =
            translated(r#"{"matchExpressions":[{"key":"a","operator":"Equals","values":["b"]}]}"#);
        assert_eq!(problems, ["spec.podSelector.matchExpressions[0].operator"]);
        assert!(!selector.matches(&[("a", "b")].into_iter().collect()));
    }

    #[test]
    fn exists_takes_no_values() {
        let (_, problems) =
            translated(r#"{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}"#);
        assert_eq!(problems, ["spec.podSelector.matchExpressions[0].values"]);
    }

    #[test]
    fn keys_and_values_must_be_label_keys_and_values() {
        let (selector, problems) =
            translated(r#"{"matchLabels":{"a/b/c":"x","ok.io/app":"no spaces","app":"web"}}"#);
        assert_eq!(problems.len(), 2);
        assert!(!selector.matches(&[("app", "web")].into_iter().collect()));
    }

    #[test]
    fn null_is_absent() {
        let (selector, problems) = translated(r#"{"matchLabels":null,"matchExpressions":null}"#);
        assert!(selector.is_empty() && problems.is_empty());
        assert!(translated("null").0.is_empty());
    }
}
