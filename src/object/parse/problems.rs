//! Where parsing collects what the API server would refuse, with paths that cost nothing until then.

use crate::finding::{FieldPath, Segment};
use crate::object::Problem;

/// A path that lives on the stack while a parser walks down an object.
#[derive(Clone, Copy)]
pub(super) enum At<'p> {
    /// The object, or the pod within it.
    Root,
    /// A key.
    Key(&'p At<'p>, &'p str),
    /// A position in a list.
    Index(&'p At<'p>, usize),
}

impl<'p> At<'p> {
    /// One key below.
    pub(super) fn key(&'p self, key: &'p str) -> At<'p> {
        At::Key(self, key)
    }

    /// One position below.
    pub(super) fn index(&'p self, index: usize) -> At<'p> {
        At::Index(self, index)
    }

    /// The same as a path that can be kept.
    pub(super) fn path(&self) -> FieldPath {
        match self {
            At::Root => FieldPath::default(),
            At::Key(parent, key) => parent.path().key(key),
            At::Index(parent, index) => parent.path().index(*index),
        }
    }
}

/// What the API server would refuse, as it is found.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    /// Adds one.
    pub(super) fn add(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.0.push(Problem {
            field: at.path(),
            message: message.into(),
            of_policy: false,
        });
    }

    /// Those found within a pod, whose paths start there, as the object has them.
    pub(super) fn under(self, prefix: &FieldPath) -> impl Iterator<Item = Problem> {
        self.0.into_iter().map(|problem| Problem {
            field: joined(prefix, &problem.field),
            ..problem
        })
    }

    /// Those found in an object.
    pub(super) fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}

fn joined(prefix: &FieldPath, path: &FieldPath) -> FieldPath {
    path.segments()
        .iter()
        .fold(prefix.clone(), |path, segment| match segment {
            Segment::Key(key) => path.key(key),
            Segment::Index(index) => path.index(*index),
        })
}
