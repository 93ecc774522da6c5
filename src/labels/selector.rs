//! One Selector for every selector language: a conjunction of requirements on labels, in which
//! disjunctions and negations may nest.

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
    /// The label's key; empty where the test is nested and its parts name their own. A key that
    /// begins with [`BESIDE`] names what stands beside the pod's own labels.
    pub key: Box<str>,
    /// What must hold of its value.
    pub test: Test,
}

/// What keys begin with that name something beside a pod's own labels, which no real label does.
pub const BESIDE: char = '@';

/// What must hold of a label's value: the operators of `metav1.LabelSelectorRequirement`, those
/// of richer languages, and nested selectors.
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
    /// Present, with a value that holds this text.
    Contains(Box<str>),
    /// Present, with a value that starts with this text.
    StartsWith(Box<str>),
    /// Present, with a value that ends with this text.
    EndsWith(Box<str>),
    /// One of these matches, at least; of none nothing does.
    AnyOf(Vec<Selector>),
    /// This does not match.
    Not(Box<Selector>),
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
        self.decide(known, false) != Some(false)
    }

    /// Whether labels meet every requirement; `None` where that depends on labels that are not
    /// known: others than these where they are not `complete`, and what stands beside them.
    pub fn decide(&self, labels: &Labels, complete: bool) -> Option<bool> {
        let mut answer = Some(true);
        for requirement in &self.requirements {
            match requirement.decide(labels, complete) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => answer = None,
            }
        }
        answer
    }

    /// Whether it asks for anything that stands beside a pod's own labels.
    pub fn looks_beside(&self) -> bool {
        self.keys().iter().any(|key| key.starts_with(BESIDE))
    }

    /// The `key=value` pairs that every match must carry: what an index can look up. What stands
    /// beside a pod's own labels is in no index.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.requirements.iter().filter_map(Requirement::pair)
    }

    /// The selector that matches nothing.
    #[must_use]
    pub fn nothing() -> Self {
        Requirement::nested(Test::AnyOf(Vec::new())).into()
    }

    /// What both this and `other` match.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.requirements.extend(other.requirements);
        self
    }

    /// Every key that it names, however deep.
    pub fn keys(&self) -> Vec<&str> {
        self.requirements
            .iter()
            .flat_map(|requirement| match &requirement.test {
                Test::AnyOf(selectors) => selectors.iter().flat_map(Self::keys).collect(),
                Test::Not(selector) => selector.keys(),
                _ => vec![&*requirement.key],
            })
            .collect()
    }

    /// The same with every requirement on a plain label replaced by what `map` makes of it.
    #[must_use]
    pub fn rewritten(self, map: &impl Fn(Requirement) -> Requirement) -> Self {
        let requirements = self.requirements.into_iter();
        let requirements = requirements
            .map(|requirement| match requirement.test {
                Test::AnyOf(selectors) => {
                    let selectors = selectors.into_iter().map(|it| it.rewritten(map));
                    Requirement::nested(Test::AnyOf(selectors.collect()))
                }
                Test::Not(selector) => {
                    Requirement::nested(Test::Not(Box::new(selector.rewritten(map))))
                }
                _ => map(requirement),
            })
            .collect();
        Self { requirements }
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

impl From<Requirement> for Selector {
    fn from(requirement: Requirement) -> Self {
        Self {
            requirements: vec![requirement],
        }
    }
}

impl Requirement {
    /// One of a nested test.
    pub fn nested(test: Test) -> Self {
        Self {
            key: "".into(),
            test,
        }
    }

    /// Whether `labels` meet it.
    pub fn holds(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        match &self.test {
            Test::In(values) => value.is_some_and(|value| values.iter().any(|v| &**v == value)),
            Test::NotIn(values) => value.is_none_or(|value| values.iter().all(|v| &**v != value)),
            Test::Exists => value.is_some(),
            Test::DoesNotExist => value.is_none(),
            Test::Contains(part) => value.is_some_and(|value| value.contains(&**part)),
            Test::StartsWith(part) => value.is_some_and(|value| value.starts_with(&**part)),
            Test::EndsWith(part) => value.is_some_and(|value| value.ends_with(&**part)),
            Test::AnyOf(selectors) => selectors.iter().any(|it| it.matches(labels)),
            Test::Not(selector) => !selector.matches(labels),
        }
    }

    fn decide(&self, labels: &Labels, complete: bool) -> Option<bool> {
        match &self.test {
            Test::AnyOf(selectors) => {
                let mut answer = Some(false);
                for selector in selectors {
                    match selector.decide(labels, complete) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => answer = None,
                    }
                }
                answer
            }
            Test::Not(selector) => selector.decide(labels, complete).map(|holds| !holds),
            Test::In(values) if values.is_empty() => Some(false),
            _ => {
                let told = complete && !self.key.starts_with(BESIDE);
                let known = told || labels.get(&self.key).is_some();
                known.then(|| self.holds(labels))
            }
        }
    }

    /// The one `key=value` of a pod's own that meets it, where there is only one.
    pub fn pair(&self) -> Option<(&str, &str)> {
        match &self.test {
            Test::In(values) if !self.key.starts_with(BESIDE) => match values.as_slice() {
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
