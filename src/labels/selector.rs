//! One Selector for every selector language: a conjunction of requirements on labels.

use super::Labels;

/// Requirements that must all hold; none at all matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selector {
    /// What must hold.
    pub requirements: Vec<Requirement>,
}

/// What must hold of one label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// The label's key.
    pub key: Box<str>,
    /// What must hold of its value.
    pub test: Test,
}

/// What must hold of a label's value; the operators of `metav1.LabelSelectorRequirement`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// Present, with one of these values.
    In(Vec<Box<str>>),
    /// Absent, or present with none of these values.
    NotIn(Vec<Box<str>>),
    /// Present.
    Exists,
    /// Absent.
    DoesNotExist,
}

impl Selector {
    /// The selector of a plain map, as Services and `matchLabels` have it.
    pub fn equal_to<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let requirements = pairs
            .into_iter()
            .map(|(key, value)| Requirement {
                key: key.into(),
                test: Test::In(vec![value.into()]),
            })
            .collect();
        Self { requirements }
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether `labels` meet every requirement.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.requirements
            .iter()
            .all(|requirement| requirement.holds(labels))
    }

    /// Whether labels of which only some are known may meet every requirement.
    pub fn may_match(&self, known: &Labels) -> bool {
        let may = |requirement: &Requirement| match &requirement.test {
            Test::In(values) if values.is_empty() => false,
            _ => known.get(&requirement.key).is_none() || requirement.holds(known),
        };
        self.requirements.iter().all(may)
    }

    /// The `key=value` pairs that every match must carry: what an index can look up.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.requirements.iter().filter_map(Requirement::pair)
    }

    /// This selector without the requirements on keys that `drop` names.
    #[must_use]
    pub fn without(&self, drop: impl Fn(&str) -> bool) -> Self {
        let requirements = self
            .requirements
            .iter()
            .filter(|r| !drop(&r.key))
            .cloned()
            .collect();
        Self { requirements }
    }
}

impl Requirement {
    /// Whether `labels` meet it.
    pub fn holds(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        match &self.test {
            Test::In(values) => value.is_some_and(|value| values.iter().any(|v| &**v == value)),
            Test::NotIn(values) => value.is_none_or(|value| values.iter().all(|v| &**v != value)),
            Test::Exists => value.is_some(),
            Test::DoesNotExist => value.is_none(),
        }
    }

    /// The one `key=value` that meets it, where there is only one.
    pub fn pair(&self) -> Option<(&str, &str)> {
        match &self.test {
            Test::In(values) => match values.as_slice() {
                [value] => Some((&self.key, value)),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(test: Test, labels: &[(&str, &str)]) -> bool {
        let labels = labels.iter().copied().collect();
        Requirement {
            key: "k".into(),
            test,
        }
        .holds(&labels)
    }

    #[test]
    fn not_in_and_does_not_exist_match_an_absent_key() {
        assert!(holds(Test::NotIn(vec!["a".into()]), &[]));
        assert!(holds(Test::DoesNotExist, &[]));
        assert!(!holds(Test::NotIn(vec!["a".into()]), &[("k", "a")]));
        assert!(!holds(Test::DoesNotExist, &[("k", "")]));
    }

    #[test]
    fn in_and_exists_need_the_key() {
        assert!(!holds(Test::In(vec!["a".into()]), &[]));
        assert!(!holds(Test::Exists, &[]));
        assert!(holds(Test::In(vec!["a".into(), "b".into()]), &[("k", "b")]));
        assert!(holds(Test::Exists, &[("k", "")]));
    }

    #[test]
    fn an_empty_selector_matches_everything() {
        assert!(Selector::default().matches(&Labels::default()));
    }
}
