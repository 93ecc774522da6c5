//! `metav1.LabelSelector`, and the plain map of older kinds.

use serde::Deserialize;

use super::names::{check_labels, label_key_flaw, label_value_flaw};
use super::problems::{At, Problems};
use super::wire::{List, Nested, Pairs, Str};
use crate::labels::{Requirement, Selector, Test};

/// A selector in either form.
pub(super) trait RawSelector {
    /// The selector, without the requirements that the API server would refuse.
    fn read(&self, at: &At<'_>, problems: &mut Problems) -> Selector;
}

/// `matchLabels` and `matchExpressions`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
pub(super) struct LabelSelector<'a> {
    #[serde(borrow)]
    match_labels: Pairs<'a>,
    match_expressions: List<Nested<Expression<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct Expression<'a> {
    #[serde(borrow)]
    key: Option<Str<'a>>,
    operator: Option<Str<'a>>,
    values: List<Str<'a>>,
}

impl RawSelector for Pairs<'_> {
    fn read(&self, at: &At<'_>, problems: &mut Problems) -> Selector {
        check_labels(self, at, problems);
        Selector::equal_to(self.iter())
    }
}

impl RawSelector for Nested<LabelSelector<'_>> {
    fn read(&self, at: &At<'_>, problems: &mut Problems) -> Selector {
        let mut selector = self.match_labels.read(&at.key("matchLabels"), problems);
        let at = at.key("matchExpressions");
        for (index, expression) in self.match_expressions.iter().enumerate() {
            selector
                .requirements
                .extend(expression.read(&at.index(index), problems));
        }
        selector
    }
}

impl Expression<'_> {
    fn read(&self, at: &At<'_>, problems: &mut Problems) -> Option<Requirement> {
        let key = self.key.as_deref().unwrap_or_default();
        if let Some(flaw) = label_key_flaw(key) {
            problems.add(
                &at.key("key"),
                format!("label key {key:?} is not valid: {flaw}"),
            );
        }
        let values_at = at.key("values");
        for (index, value) in self.values.iter().enumerate() {
            if let Some(flaw) = label_value_flaw(value) {
                let message = format!("label value {:?} is not valid: {flaw}", &**value);
                problems.add(&values_at.index(index), message);
            }
        }
        let operator = self.operator.as_deref().unwrap_or_default();
        let values = || {
            self.values
                .iter()
                .map(|value| Box::from(&**value))
                .collect()
        };
        let (test, takes_values) = match operator {
            "In" => (Test::In(values()), true),
            "NotIn" => (Test::NotIn(values()), true),
            "Exists" => (Test::Exists, false),
            "DoesNotExist" => (Test::DoesNotExist, false),
            _ => {
                let known = "In, NotIn, Exists, DoesNotExist";
                let message = format!("operator {operator:?} is not one of {known}");
                problems.add(&at.key("operator"), message);
                return None;
            }
        };
        if takes_values == self.values.is_empty() {
            let verb = if takes_values { "needs" } else { "takes no" };
            problems.add(&values_at, format!("operator {operator} {verb} values"));
        }
        Some(Requirement {
            key: key.into(),
            test,
        })
    }
}
