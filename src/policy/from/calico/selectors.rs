//! Calico's selectors: over pods with their automatic labels, over namespaces, over accounts.

use crate::finding::FieldPath;
use crate::labels::calico::{GLOBAL, parse, write};
use crate::labels::{Labels, Requirement, Selector, Test};
use crate::policy::from::selector::Problems;
use crate::policy::{ACCOUNT, NAMESPACE_NAME_LABEL, OF_ACCOUNT, OF_NAMESPACE};

/// A selector over namespaces.
pub(super) struct OfNamespaces {
    /// As namespaces meet it.
    pub(super) pods: Selector,
    /// Whether what belongs to no namespace meets it.
    pub(super) global: bool,
}

/// The prefixes under which pods carry what their namespace and their account do.
const PREFIXES: [(&str, &str); 2] = [("pcns.", OF_NAMESPACE), ("pcsa.", OF_ACCOUNT)];

/// The label in which namespaces and accounts carry their own name.
const NAME: &str = "projectcalico.org/name";

/// A selector over pods; one that Calico would refuse matches nothing.
pub(super) fn pods(text: &str, at: &FieldPath, problems: &mut Problems) -> Selector {
    let (selector, global) = read(text, at, problems);
    if global {
        let wrong = "global() can only stand in a namespaceSelector of a rule";
        problems.push((at.clone(), wrong.to_owned()));
        return Selector::nothing();
    }
    selector.rewritten(&|requirement| match &*requirement.key {
        "projectcalico.org/namespace" => requirement.of(&namespace_name()),
        "projectcalico.org/serviceaccount" => requirement.of(ACCOUNT),
        "projectcalico.org/orchestrator" => {
            let always: Labels = [(&*requirement.key, "k8s")].into_iter().collect();
            constant(requirement.holds(&always))
        }
        key => match PREFIXES
            .iter()
            .find_map(|(short, long)| Some((long, key.strip_prefix(short)?)))
        {
            Some((&OF_NAMESPACE, NAME)) => requirement.of(&namespace_name()),
            Some((_, NAME)) => requirement.of(ACCOUNT),
            Some((prefix, rest)) => requirement.of(&format!("{prefix}{rest}")),
            None => requirement,
        },
    })
}

/// Whether a selector over pods is written as it would be here: `a == 'b' && c == 'd'`.
pub(super) fn is_plain(text: &str, selector: &Selector) -> bool {
    write(selector).as_deref() == Some(text)
}

/// A selector over namespaces; one that Calico would refuse matches nothing.
pub(super) fn namespaces(text: &str, at: &FieldPath, problems: &mut Problems) -> OfNamespaces {
    let (selector, _) = read(text, at, problems);
    let nowhere: Labels = [(GLOBAL, "")].into_iter().collect();
    OfNamespaces {
        // all() is every namespace, and nothing beside.
        global: !selector.is_empty() && selector.matches(&nowhere),
        pods: selector.rewritten(&|requirement| match &*requirement.key {
            NAME => requirement.of(NAMESPACE_NAME_LABEL),
            GLOBAL => constant(requirement.holds(&Labels::default())),
            _ => requirement,
        }),
    }
}

/// A selector over the accounts of pods; an empty one says nothing of them.
pub(super) fn accounts(text: &str, at: &FieldPath, problems: &mut Problems) -> Selector {
    let (selector, _) = read(text, at, problems);
    selector.rewritten(&|requirement| match &*requirement.key {
        NAME => requirement.of(ACCOUNT),
        key => requirement.of(&format!("{OF_ACCOUNT}{key}")),
    })
}

fn read(text: &str, at: &FieldPath, problems: &mut Problems) -> (Selector, bool) {
    match parse(text) {
        Ok(expression) => (expression.selector, expression.global),
        Err(error) => {
            problems.push((at.clone(), format!("no selector: {error}")));
            (Selector::nothing(), false)
        }
    }
}

fn namespace_name() -> String {
    format!("{OF_NAMESPACE}{NAMESPACE_NAME_LABEL}")
}

fn constant(holds: bool) -> Requirement {
    let all = holds.then(Selector::default);
    Requirement::nested(Test::AnyOf(all.into_iter().collect()))
}

impl Requirement {
    /// The same of another label.
    fn of(&self, key: &str) -> Self {
        Self {
            key: key.into(),
            test: self.test.clone(),
        }
    }
}
