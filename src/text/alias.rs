//! Anchors and aliases, expanded by copying within a budget.

use std::borrow::Cow;
use std::collections::HashMap;

use super::tree::{Entry, MAX_DEPTH};
use super::{Node, Span, TextError, Value};

/// How many nodes aliases may add to a document: far above real use, far below what hurts.
const MOST_NODES: usize = 100_000;

/// How many bytes of copied text weigh as much as a node.
const NODE_BYTES: usize = 64;

/// The anchors of a document.
pub(super) struct Anchors<'a> {
    /// Whether any alias can follow: without a `*` in the text nothing is kept.
    used: bool,
    nodes: HashMap<usize, Node<'a>>,
    budget: usize,
}

impl<'a> Anchors<'a> {
    /// No anchors yet, for a document of this text.
    pub(super) fn new(text: &str) -> Self {
        let used = memchr::memchr(b'*', text.as_bytes()).is_some();
        Self {
            used,
            nodes: HashMap::new(),
            budget: MOST_NODES,
        }
    }

    /// Keeps a node under the number of its anchor; 0 is no anchor.
    pub(super) fn define(&mut self, anchor: usize, node: &Node<'a>) -> Result<(), TextError> {
        if anchor != 0 && self.used {
            let copy = match node.value {
                Value::Seq(_) | Value::Map(_) => copy(node, 0, &mut self.budget, node.span)?,
                // Cannot nest, so all of them together are no larger than the text.
                _ => node.clone(),
            };
            self.nodes.insert(anchor, copy);
        }
        Ok(())
    }

    /// The node an alias stands for, to be put at a depth.
    pub(super) fn expand(
        &mut self,
        anchor: usize,
        alias: Span,
        depth: usize,
    ) -> Result<Node<'a>, TextError> {
        match self.nodes.get(&anchor) {
            Some(node) => copy(node, depth, &mut self.budget, alias),
            // The parser knows the anchor, so its node is still being read.
            None => Err(TextError::new(
                "the value of this anchor contains itself",
                alias,
            )),
        }
    }
}

fn copy<'a>(
    node: &Node<'a>,
    depth: usize,
    budget: &mut usize,
    alias: Span,
) -> Result<Node<'a>, TextError> {
    if depth > MAX_DEPTH {
        let message = format!("nested more than {MAX_DEPTH} levels deep by aliases");
        return Err(TextError::new(message, alias));
    }
    let bytes = match &node.value {
        Value::Str(text) => owned(text),
        _ => 0,
    };
    *budget = budget
        .checked_sub(1 + bytes / NODE_BYTES)
        .ok_or_else(|| TextError::new("aliases make the document excessively large", alias))?;
    let value = match &node.value {
        Value::Seq(items) => {
            let mut copies = Vec::new();
            for item in items {
                copies.push(copy(item, depth + 1, budget, alias)?);
            }
            Value::Seq(copies)
        }
        Value::Map(entries) => {
            let mut copies = Vec::new();
            for Entry {
                key,
                key_span,
                value,
            } in entries
            {
                // A key weighs what it holds, its value pays for itself.
                *budget = budget.saturating_sub(owned(key) / NODE_BYTES);
                let value = copy(value, depth + 1, budget, alias)?;
                copies.push(Entry {
                    key: key.clone(),
                    key_span: *key_span,
                    value,
                });
            }
            Value::Map(copies)
        }
        scalar => scalar.clone(),
    };
    Ok(Node {
        span: node.span,
        value,
    })
}

#[expect(clippy::ptr_arg, reason = "whether it is owned is the question")]
/// The bytes a copy of the text takes: borrowed text stays where it is.
fn owned(text: &Cow<'_, str>) -> usize {
    match text {
        Cow::Borrowed(_) => 0,
        Cow::Owned(text) => text.len(),
    }
}
