//! What reading one document gives: objects, findings and gaps.

use std::sync::Arc;

use super::gap::Gap;
use crate::finding::{FieldPath, Finding, ObjectRef, Report, Severity};
use crate::object::Object;
use crate::text::{Node, Span, TextError};

/// What one document holds.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Whether it is ours at all.
    pub ours: bool,
    /// How many objects it holds, those that were not read among them.
    pub objects: usize,
    /// Those that were read.
    pub read: Vec<Read>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// What may be hidden in it.
    pub gaps: Vec<Gap>,
    /// The objects that could not be read; their namespace is settled as an object's is.
    pub unseen: Vec<Gap>,
    /// Whether it is a template that only rendering makes readable.
    pub template: bool,
}

/// An object and its place in the document.
#[derive(Debug)]
pub(super) struct Read {
    /// The object.
    pub object: Object,
    /// The list item it is; empty for a document's own object.
    pub at: FieldPath,
    /// Whether its name is only the beginning of one: it has `generateName`.
    pub generated: bool,
}

/// Something that is wrong with a document.
#[derive(Debug)]
pub(super) struct Fault {
    /// What.
    pub report: Report,
    /// The list item it concerns.
    pub at: FieldPath,
    /// Where, if not at the finding's field.
    pub span: Option<Span>,
}

/// The rule about a document that cannot be parsed.
pub const UNREADABLE: &str = "manifest-unreadable";
/// The rule about a key that stands twice in a map.
pub const DUPLICATE_KEY: &str = "manifest-duplicate-key";
/// The rule about a value that the API server would refuse.
pub const INVALID_VALUE: &str = "manifest-invalid-value";
/// The rule about a policy that the API server would refuse.
pub const POLICY_INVALID: &str = "policy-invalid";
/// The rule about an object that is given twice.
pub const DUPLICATE_OBJECT: &str = "duplicate-object";

/// What identifies an object that may not be readable otherwise.
pub(super) fn reference(node: &Node<'_>, of: Option<(&str, &str)>) -> Option<ObjectRef> {
    let text = |node: &Node<'_>, key| node.get(key).and_then(Node::as_str).map(Arc::<str>::from);
    let (api_version, kind) = match of {
        Some((api_version, kind)) => (api_version.into(), kind.into()),
        None => (text(node, "apiVersion")?, text(node, "kind")?),
    };
    let metadata = node.get("metadata")?;
    Some(ObjectRef {
        api_version,
        kind,
        namespace: text(metadata, "namespace").filter(|it| !it.is_empty()),
        name: text(metadata, "name")?,
    })
}

pub(super) fn report(rule: &'static str, object: Option<ObjectRef>, finding: Finding) -> Report {
    Report {
        rule,
        object,
        finding,
        caused_by: None,
    }
}

impl Fault {
    /// A document or a file that cannot be read.
    pub(super) fn unreadable(error: TextError) -> Self {
        let finding = Finding::new(Severity::Error, FieldPath::default(), error.message);
        Self {
            report: report(UNREADABLE, None, finding),
            at: FieldPath::default(),
            span: Some(error.span),
        }
    }

    /// A value that the API server would refuse.
    pub(super) fn invalid(
        object: Option<ObjectRef>,
        message: impl Into<String>,
        at: FieldPath,
        span: Option<Span>,
    ) -> Self {
        let finding = Finding::new(Severity::Error, FieldPath::default(), message);
        Self {
            report: report(INVALID_VALUE, object, finding),
            at,
            span,
        }
    }
}
