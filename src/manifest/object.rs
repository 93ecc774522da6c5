//! One object of a document: read, passed over, or known only as something that is missing.

use std::sync::Arc;

use super::gap::{Gap, Missing};
use super::place::descend;
use super::regard::{Regard, regard};
use super::scan::{Fault, Read, Scan, reference};
use super::unexpanded::{has_placeholder, unexpanded};
use crate::finding::FieldPath;
use crate::object::{Body, Kind, Object, Problem, parse};
use crate::text::{Node, Span, TextError};

/// What reading an object needs of its document.
pub(super) struct Context<'a> {
    /// The document's text.
    pub text: &'a str,
    /// Where it stands in the file.
    pub base: usize,
    /// Whether the text may hold a placeholder at all.
    pub placeholders: bool,
    /// Whether it was asked for by name, and nothing else.
    pub alone: bool,
}

impl Context<'_> {
    /// Whether the text under a span is yet to be replaced by something else.
    fn is_placeholder(&self, span: Span) -> bool {
        let range = span.range();
        let start = range.start.checked_sub(self.base);
        let end = range.end.checked_sub(self.base);
        self.placeholders
            && start
                .zip(end)
                .and_then(|(start, end)| self.text.get(start..end))
                .is_some_and(has_placeholder)
    }
}

/// Reads the object that a node is.
pub(super) fn read_object(
    node: &Node<'_>,
    api_version: &str,
    kind: &str,
    at: &FieldPath,
    context: &Context<'_>,
    scan: &mut Scan,
) {
    let regard = regard(api_version, kind);
    let metadata = node.get("metadata");
    let has = |key| metadata.is_some_and(|it| it.get(key).is_some());
    let known = Kind::find(api_version, kind);
    // Without a name it is the file of some tool that only looks like an object.
    let nameless = known == Kind::Custom && !has("name") && !has("generateName");
    if regard == Regard::Tool || nameless {
        return;
    }
    scan.ours = true;
    scan.objects += 1;
    if regard == Regard::Passed {
        return;
    }
    let missing = match regard {
        Regard::Policy => Missing::Kind(Kind::NetworkPolicy),
        _ => Missing::of(known),
    };
    let gap = Gap {
        missing,
        namespace: namespace(node, known),
    };
    let fragment = !context.alone && is_fragment(node, known);
    if fragment || (context.placeholders && unexpanded(node)) {
        scan.unseen.push(gap);
        return;
    }
    match parse(api_version, kind, node.deserializer()) {
        Ok(object) => keep(object, node, at, gap, context, scan),
        Err(error) => {
            let placeholder = context.is_placeholder(error.span);
            if known != Kind::Custom && !placeholder {
                scan.faults
                    .push(refused(node, (api_version, kind), at, error));
            }
            scan.unseen.push(gap);
        }
    }
}

/// Whether one object of many lacks what makes it one, as a patch or a test's expectation does:
/// nobody means to create a Deployment without containers.
fn is_fragment(node: &Node<'_>, kind: Kind) -> bool {
    let under = |path: &str| !descend(node, &FieldPath::of(path)).missing;
    let containers = match kind {
        Kind::Pod => "spec.containers",
        Kind::CronJob => "spec.jobTemplate.spec.template.spec.containers",
        _ => "spec.template.spec.containers",
    };
    let service = [
        "spec.ports",
        "spec.selector",
        "spec.type",
        "spec.externalName",
    ];
    let named = |key| {
        let found = descend(node, &FieldPath::of(key));
        let text = found.node.as_str().unwrap_or_default();
        !found.missing && !text.is_empty() && !shouts(text)
    };
    let selects = under("spec.selector") || under("spec.template.metadata.labels");
    !(named("metadata.name") || named("metadata.generateName"))
        || (kind.makes_pods() && !under(containers))
        || (is_controller(kind) && !selects)
        || (kind == Kind::Service && !service.into_iter().any(under))
}

/// Controllers of group apps, which need a selector and template labels that it matches.
fn is_controller(kind: Kind) -> bool {
    use Kind::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
    matches!(kind, Deployment | StatefulSet | DaemonSet | ReplicaSet)
}

/// Whether a name holds a word in capitals, which stands for one that is filled in later.
fn shouts(name: &str) -> bool {
    name.as_bytes()
        .windows(4)
        .any(|letters| letters.iter().all(u8::is_ascii_uppercase))
}

fn keep(
    object: Object,
    node: &Node<'_>,
    at: &FieldPath,
    gap: Gap,
    context: &Context<'_>,
    scan: &mut Scan,
) {
    let problems = &object.meta.problems;
    let guessed = |problem: &Problem| {
        let found = descend(node, &problem.field);
        !found.missing && context.is_placeholder(found.span)
    };
    if context.placeholders && problems.iter().any(guessed) {
        scan.unseen.push(gap);
        return;
    }
    if object.meta.kind == Kind::Custom && matches!(object.body, Body::Opaque) {
        scan.unseen.push(gap);
    }
    scan.read.push(Read {
        generated: node
            .get("metadata")
            .is_some_and(|it| it.get("name").is_none_or(Node::is_null)),
        object,
        at: at.clone(),
    });
}

/// The namespace of what a gap stands for; `None`, anywhere, where it says none.
fn namespace(node: &Node<'_>, kind: Kind) -> Option<Arc<str>> {
    let namespaced = crate::object::row_of(kind).is_none_or(|row| row.namespaced);
    let given = node.get("metadata")?.get("namespace")?.as_str()?;
    (namespaced && !given.is_empty() && !has_placeholder(given)).then(|| given.into())
}

/// An object that no API server would take.
fn refused(node: &Node<'_>, of: (&str, &str), at: &FieldPath, error: TextError) -> Fault {
    let span = if error.span.is_empty() {
        node.span
    } else {
        error.span
    };
    Fault::invalid(
        reference(node, Some(of)),
        error.message,
        at.clone(),
        Some(span),
    )
}
