//! One document: whether it is ours, and the objects, findings and gaps in it.

use super::gap::{Gap, Missing};
use super::object::{Context, read_object};
use super::regard::{Regard, regard};
use super::scan::{DUPLICATE_KEY, Fault, Scan, reference, report};
use super::unexpanded::breaks_by_placeholder;
use crate::finding::{FieldPath, Finding, Severity};
use crate::object::Kind;
use crate::text::{Chunk, Node, Span, TextError, parse};

/// Reads one document. `named` says that its file was asked for by name, so that failing to read
/// it is never passed over; `alone` that nothing else was asked for.
pub(super) fn scan(chunk: &Chunk<'_>, named: bool, alone: bool) -> Scan {
    if chunk.is_blank() || (!named && !may_be_ours(chunk.text)) {
        return Scan::default();
    }
    if let (Some(version), Some(kind)) = (chunk.peek("apiVersion"), chunk.peek("kind"))
        && is_passed(version, kind)
    {
        return Scan {
            ours: true,
            objects: 1,
            ..Scan::default()
        };
    }
    match parse(chunk) {
        Ok(document) => {
            let mut scan = Scan::default();
            let context = Context {
                text: chunk.text,
                base: chunk.range.start,
                placeholders: holds_placeholder(chunk.text),
                alone,
            };
            collect(&document.root, &context, &mut scan);
            for key in document.duplicate_keys {
                if scan.ours {
                    scan.faults.push(duplicate(&document.root, &key));
                }
            }
            scan
        }
        Err(error) => unparsed(chunk, named, error),
    }
}

fn is_passed(api_version: &str, kind: &str) -> bool {
    // Any list is opened: what it holds has kinds of its own.
    !kind.ends_with("List") && regard(api_version, kind) == Regard::Passed
}

fn may_be_ours(text: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    // A template may write both words by an include.
    has("apiVersion") || has("kind") || has("{{")
}

fn holds_placeholder(text: &str) -> bool {
    memchr::memchr3(b'$', b'<', b'%', text.as_bytes()).is_some()
        || memchr::memmem::find(text.as_bytes(), b"{{").is_some()
        || memchr::memmem::find(text.as_bytes(), b"#{").is_some()
}

/// The objects of a value that stands at the top of a document.
fn collect(root: &Node<'_>, context: &Context<'_>, scan: &mut Scan) {
    let text = |key| root.get(key).and_then(Node::as_str);
    let (Some(api_version), Some(kind)) = (text("apiVersion"), text("kind")) else {
        return;
    };
    collect_at(
        root,
        api_version,
        kind,
        &FieldPath::default(),
        context,
        scan,
    );
}

fn collect_at(
    node: &Node<'_>,
    api_version: &str,
    kind: &str,
    at: &FieldPath,
    context: &Context<'_>,
    scan: &mut Scan,
) {
    let Some((items, item_kind)) = list(node, kind) else {
        read_object(node, api_version, kind, at, context, scan);
        return;
    };
    for (index, item) in items.iter().enumerate() {
        let at = at.join("items").index(index);
        // The items of a typed list, such as a ServiceList, need not repeat what they are.
        let text = |key, given| item.get(key).and_then(Node::as_str).or(given);
        let given = item_kind.map(|_| api_version);
        match (text("apiVersion", given), text("kind", item_kind)) {
            (Some(version), Some(kind)) => collect_at(item, version, kind, &at, context, scan),
            _ => nameless_item(item, at, context, scan),
        }
    }
}

/// An item that does not say what it is.
fn nameless_item(item: &Node<'_>, at: FieldPath, context: &Context<'_>, scan: &mut Scan) {
    scan.ours = true;
    scan.gaps.push(Gap::anywhere(Missing::Anything));
    if !context.placeholders {
        let message = "an item of a list needs apiVersion and kind";
        let fault = Fault::invalid(None, message, at, Some(item.span));
        scan.faults.push(fault);
    }
}

/// The items of a list, and their kind where the list's own kind says it.
fn list<'n, 'a, 'k>(
    node: &'n Node<'a>,
    kind: &'k str,
) -> Option<(&'n [Node<'a>], Option<&'k str>)> {
    let of = kind.strip_suffix("List")?;
    let items = node.get("items");
    match items.and_then(Node::as_seq) {
        Some(items) => Some((items, (!of.is_empty()).then_some(of))),
        None if of.is_empty() && items.is_none_or(Node::is_null) => Some((&[], None)),
        None => None,
    }
}

/// A document that cannot be parsed: a template, not ours, or unreadable.
fn unparsed(chunk: &Chunk<'_>, named: bool, error: TextError) -> Scan {
    let shows = shows_word(chunk.text, "apiVersion") || shows_word(chunk.text, "kind");
    // Jinja and its like open with a statement that YAML takes for a broken directive.
    let template = error.template
        || chunk.text.contains("{%")
        || lines_at(chunk, error.span).any(breaks_by_placeholder);
    if template && !named {
        return Scan {
            template: true,
            ours: shows,
            ..Scan::default()
        };
    }
    if !named && !shows {
        return Scan::default();
    }
    // Its kind, where a line tells it, is all that it can have hidden.
    let missing = match (chunk.peek("apiVersion"), chunk.peek("kind")) {
        (Some(version), Some(kind)) if !kind.ends_with("List") => match regard(version, kind) {
            Regard::Read => Missing::of(Kind::find(version, kind)),
            Regard::Policy => Missing::Kind(Kind::NetworkPolicy),
            Regard::Passed | Regard::Unknown | Regard::Tool => Missing::Pods,
        },
        _ => Missing::Anything,
    };
    Scan {
        ours: true,
        faults: vec![Fault::unreadable(error)],
        gaps: vec![Gap::anywhere(missing)],
        ..Scan::default()
    }
}

/// The line that an error is found in, and the one before, which may have caused it.
fn lines_at<'a>(chunk: &Chunk<'a>, span: Span) -> impl Iterator<Item = &'a str> {
    let text = chunk.text;
    let at = span.range().start.saturating_sub(chunk.range.start);
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let rest = after.split('\n').next().map_or(0, str::len);
    let upto = text.get(..before.len() + rest).unwrap_or(text);
    upto.rsplit('\n').take(2)
}
/// Whether a line starts with the word; in JSON, after space and quotes.
pub(super) fn shows_word(text: &str, word: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), word.as_bytes()).any(|at| {
        let before = text.get(..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let line = line.trim_start_matches('\u{feff}');
        line.is_empty()
            || line
                .trim_start_matches([' ', '\t', '{', '['])
                .strip_prefix('"')
                .is_some_and(str::is_empty)
    })
}

fn duplicate(root: &Node<'_>, key: &crate::text::DuplicateKey<'_>) -> Fault {
    let (severity, outcome) = if key.same {
        (Severity::Notice, "its values are the same")
    } else {
        (Severity::Warning, "the last one wins")
    };
    let message = format!("{} stands more than once; {outcome}", key.path);
    let finding = Finding::new(severity, FieldPath::default(), message)
        .help("remove the other ones, or merge them into one")
        .culprit(key.path.clone());
    let item = item_of(root, &key.path);
    let (node, at) = item.unwrap_or((root, FieldPath::default()));
    Fault {
        report: report(DUPLICATE_KEY, reference(node, None), finding),
        at,
        span: Some(key.span),
    }
}

/// The list item that a path such as `items[3].spec` leads into.
fn item_of<'n, 'a>(root: &'n Node<'a>, path: &str) -> Option<(&'n Node<'a>, FieldPath)> {
    root.get("kind")?.as_str()?.strip_suffix("List")?;
    let index = path.strip_prefix("items[")?.split(']').next()?;
    let index: usize = index.parse().ok()?;
    let item = root.get("items")?.index(index)?;
    Some((item, FieldPath::of("items").index(index)))
}
