//! Whether the pods of a policy's subject or peer are in view: there, surely not there, or not
//! known.

use crate::cluster::{Known, View};
use crate::labels::{Requirement, Selector, Test};
use crate::object::Kind;
use crate::policy::{Namespaces, PodSet};

/// Whether the pods that a set chooses are in view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Presence<'a> {
    /// Some are, or that is not known.
    Possible,
    /// None are, although everything is in view that could be meant: the pods of these namespaces.
    Absent(Places<'a>),
}

/// The namespaces in which a set looks for pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places<'a> {
    /// Their names.
    pub(super) names: Vec<&'a str>,
    /// Whether the set names them, or means its own.
    pub(super) told: bool,
}

impl<'a> Places<'a> {
    /// Where a set, of a policy in `own`, looks for pods, as far as that is in view.
    pub(super) fn of(set: &'a PodSet, own: &'a str, view: View<'a>) -> Self {
        let selector = match &set.namespaces {
            Namespaces::Own => None,
            Namespaces::Matching(selector) => Some(selector),
        };
        let told = set.named_namespaces(own);
        let is_told = told.is_some();
        let mut names = told.unwrap_or_else(|| view.namespaces_with_workloads());
        names.retain(|name| selector.is_none_or(|selector| view.may_be_in(selector, name)));
        Self {
            names,
            told: is_told,
        }
    }

    /// The one namespace, where it is told.
    pub(super) fn only(&self) -> Option<&'a str> {
        match self.names.as_slice() {
            [one] if self.told => Some(one),
            _ => None,
        }
    }
}

/// Whether the pods that a set, of a policy in `own`, chooses by their labels are in view.
pub(super) fn presence<'a>(set: &'a PodSet, own: &'a str, view: View<'a>) -> Presence<'a> {
    if !set.chooses_by_labels() || !is_sound(&set.pods) {
        return Presence::Possible;
    }
    let places = Places::of(set, own, view);
    let all = if places.told {
        !places.names.is_empty()
    } else {
        view.known(Kind::Namespace, "") == Known::All
    };
    if !all {
        return Presence::Possible;
    }
    let is_possible = |name: &&str| {
        let matches = view.workloads(name, &set.pods);
        !matches.is_empty() || matches.complete == Known::Unknown
    };
    if places.names.iter().any(is_possible) {
        Presence::Possible
    } else {
        Presence::Absent(places)
    }
}

/// Whether a selector asks for something that a pod could have: one that only leaves pods out may
/// well find none, and one that the API server would refuse has been told.
fn is_sound(selector: &Selector) -> bool {
    let refused = |requirement: &Requirement| match &requirement.test {
        Test::In(values) => values.is_empty(),
        Test::AnyOf(selectors) => selectors.is_empty(),
        _ => false,
    };
    let asks = |requirement: &Requirement| {
        !matches!(
            requirement.test,
            Test::NotIn(_) | Test::DoesNotExist | Test::Not(_)
        )
    };
    selector.requirements.iter().any(asks) && !selector.requirements.iter().any(refused)
}
