//! Which namespace an object is in, after kustomizations and `--namespace` had their say.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::gap::Gap;
use super::kustomize::Override;
use crate::finding::{ObjectRef, Segment};
use crate::object::{AccountRef, Body, Kind, Object, Problem, row_of};

/// What settles the namespaces of one file.
pub(super) struct Settling<'a> {
    /// What its kustomizations say.
    pub above: &'a Override,
    /// Whether a kustomization takes the file's objects.
    pub taken: bool,
    /// The namespace of what names none.
    pub default: Option<&'a Arc<str>>,
    /// The accounts that move to another namespace together with the file.
    pub accounts: Option<&'a BTreeSet<Arc<str>>>,
}

impl Settling<'_> {
    /// Settles the namespace of an object and of the accounts it names.
    pub(super) fn object(&self, object: &mut Object) {
        let kind = object.meta.kind;
        self.reference(kind, &mut object.meta.reference);
        if self.taken {
            object.meta.problems.retain(|it| !is_completed(it));
        }
        let Override::Set(namespace) = self.above else {
            return;
        };
        match &mut object.body {
            Body::Namespace => object.meta.reference.name = namespace.clone(),
            Body::Binding(binding) => {
                for subject in &mut binding.subjects {
                    self.subject(subject, namespace);
                }
            }
            _ => {}
        }
    }

    /// Settles the namespace that a reference of a kind names.
    pub(super) fn reference(&self, kind: Kind, reference: &mut ObjectRef) {
        if row_of(kind).is_none_or(|row| row.namespaced) {
            self.namespace(&mut reference.namespace);
        }
    }

    /// Settles where an object is that could not be read.
    pub(super) fn gap(&self, mut gap: Gap) -> Gap {
        self.namespace(&mut gap.namespace);
        gap
    }

    fn namespace(&self, namespace: &mut Option<Arc<str>>) {
        match self.above {
            Override::Keep => {}
            Override::Set(set) => *namespace = Some(set.clone()),
            Override::Varies => *namespace = None,
        }
        if namespace.is_none() {
            *namespace = self.default.cloned();
        }
    }

    /// As kustomize does: an account that moves takes the bindings to it along.
    fn subject(&self, subject: &mut AccountRef, to: &Arc<str>) {
        if let AccountRef::One { namespace, name } = subject
            && (&**name == "default"
                || self
                    .accounts
                    .is_some_and(|accounts| accounts.contains(&**name)))
        {
            *namespace = Some((&**to).into());
        }
    }
}

/// Whether kustomize may make good what is wrong: it adds to names, and labels to selectors.
fn is_completed(problem: &Problem) -> bool {
    let [first, second, ..] = problem.field.segments() else {
        return false;
    };
    let is = |segment: &Segment, word: &str| matches!(segment, Segment::Key(key) if &**key == word);
    (is(first, "metadata") && is(second, "name")) || (is(first, "spec") && is(second, "selector"))
}
