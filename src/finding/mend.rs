//! How to mend a finding: a JSON Patch that a person, kubectl and `check --fix` can apply.

use json_patch::jsonptr::PointerBuf;
use json_patch::{
    AddOperation, Patch, PatchOperation, RemoveOperation, ReplaceOperation, TestOperation,
};
use serde_json::Value;

use super::{FieldPath, ObjectRef};

/// A patch (RFC 6902) on one object that first tests what it builds on, so that it never
/// changes an object other than the one that was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Mend {
    /// The object to patch.
    pub object: ObjectRef,
    /// The operations, tests first.
    pub patch: Patch,
}

impl Mend {
    /// A mend of `object` without operations yet.
    pub fn of(object: ObjectRef) -> Self {
        Self {
            object,
            patch: Patch(Vec::new()),
        }
    }

    /// Refuses to go on unless `at` holds `value`.
    #[must_use]
    pub fn test(self, at: &FieldPath, value: impl Into<Value>) -> Self {
        let value = value.into();
        self.then(at, |path| {
            PatchOperation::Test(TestOperation { path, value })
        })
    }

    /// Sets `at`, which need not exist although its parent must.
    #[must_use]
    pub fn add(self, at: &FieldPath, value: impl Into<Value>) -> Self {
        let value = value.into();
        self.then(at, |path| PatchOperation::Add(AddOperation { path, value }))
    }

    /// Replaces what is at `at`.
    #[must_use]
    pub fn replace(self, at: &FieldPath, value: impl Into<Value>) -> Self {
        let value = value.into();
        self.then(at, |path| {
            PatchOperation::Replace(ReplaceOperation { path, value })
        })
    }

    /// Removes what is at `at`.
    #[must_use]
    pub fn remove(self, at: &FieldPath) -> Self {
        self.then(at, |path| PatchOperation::Remove(RemoveOperation { path }))
    }

    fn then(
        mut self,
        at: &FieldPath,
        operation: impl FnOnce(PointerBuf) -> PatchOperation,
    ) -> Self {
        // A pointer that FieldPath wrote always parses; were it ever not to, the patch would
        // lack a step and its tests would refuse it.
        if let Ok(path) = PointerBuf::parse(at.pointer()) {
            self.patch.0.push(operation(path));
        }
        self
    }
}
