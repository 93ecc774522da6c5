//! Every value knows its text.

use proptest::prelude::*;

use super::{document, refusal};
use crate::text::{Node, Span, Value, position};

fn at(text: &str, span: Span) -> &str {
    span.slice(text).expect("the span is of this text")
}

#[test]
fn scalars_and_collections_span_what_was_written() {
    let text = "\u{feff}a:\r\n  - b: |\r\n      x\r\n      y\r\n    'c': \"q\\n\"\r\n# é\r\n\r\nd:\r\ne: {f: g, h: }\r\n";
    let document = document(text);
    let root = &document.root;
    let item = root.get("a").unwrap().index(0).unwrap();
    assert_eq!(at(text, item.get("b").unwrap().span), "x\r\n      y");
    assert_eq!(item.get("b").unwrap().as_str(), Some("x\ny\n"));
    assert_eq!(at(text, item.entry("c").unwrap().key_span), "'c'");
    assert_eq!(at(text, item.get("c").unwrap().span), "\"q\\n\"");
    assert!(at(text, item.span).starts_with("b: |") && at(text, item.span).ends_with("\"q\\n\""));
    assert_eq!(at(text, root.get("e").unwrap().span), "{f: g, h: }");
    for (key, after) in [("d", "d:"), ("e", "h:")] {
        let value = root.get(key).unwrap();
        let value = value.get("h").unwrap_or(value);
        assert!(value.span.is_empty() && value.is_null());
        assert!(
            text.get(..value.span.start as usize)
                .unwrap()
                .ends_with(after)
        );
    }
}

#[test]
fn spans_count_from_the_start_of_the_file() {
    let text = "a: 1\n---\nb:\n  c: here\n";
    let second = crate::text::chunks(text).nth(1).unwrap();
    let document = crate::text::parse(&second).unwrap();
    let span = document
        .root
        .get("b")
        .and_then(|b| b.get("c"))
        .unwrap()
        .span;
    assert_eq!(at(text, span), "here");
    assert_eq!(
        position(text, span.start as usize),
        crate::text::Position { line: 4, column: 6 }
    );
}

#[test]
fn an_alias_points_at_its_definition_and_the_map_ends_with_the_alias() {
    let text = "a: &x {b: 1}\nc: *x\n";
    let document = document(text);
    assert_eq!(at(text, document.root.get("c").unwrap().span), "{b: 1}");
    assert_eq!(at(text, document.root.span), text.trim_end());
}

#[test]
fn errors_point_at_their_cause() {
    for (text, cause) in [
        ("{\"a\": 1,}", "}"),
        ("a: 1\nb: c: d\n", ":"),
        ("a: @x\n", "@"),
        ("--- foo\na: 1\n", "--- foo"),
    ] {
        assert_eq!(at(text, refusal(text).span), cause, "{text}");
    }
}

/// Checks each node of a tree that came from a text without aliases.
fn check(node: &Node<'_>, text: &str) {
    let written = at(text, node.span);
    match &node.value {
        Value::Str(value) if written.starts_with(['"', '\'']) => {
            assert_eq!(super::json(written), serde_json::Value::from(&**value));
        }
        Value::Str(value) => {
            assert_eq!(
                written.split_whitespace().collect::<String>(),
                value.split_whitespace().collect::<String>()
            );
        }
        Value::Null => assert!(written.is_empty() || written == "null" || written == "~"),
        Value::Seq(items) => items.iter().for_each(|item| inside(node, item, text)),
        Value::Map(entries) => {
            for entry in entries {
                assert!(at(text, entry.key_span).contains(&*entry.key));
                inside(node, &entry.value, text);
            }
        }
        scalar => assert_eq!(document(written).root.value, *scalar, "{written}"),
    }
}

fn inside(outer: &Node<'_>, inner: &Node<'_>, text: &str) {
    assert!(outer.span.start <= inner.span.start && inner.span.end <= outer.span.end);
    check(inner, text);
}

proptest! {
    #[test]
    fn the_text_under_any_scalar_of_yaml_reads_as_its_value(
        lines in prop::collection::vec(
            prop::sample::select(vec![
                "a: 1", "b: yes", "c: \"x\\ty\"", "d: 'it''s'", "e: |\n  x\n  y", "f: >-\n  x\n  y\n",
                "g:\n- 1\n- h: ~\n  i:\n", "j: {k: [l, 'm'], v: }", "o: two words # comment", "",
                "# é", "p:\n  q:\n    r: 0x10", "s: plain\n  goes on", "\"t\": 1.5", "u:", "v: é",
            ]),
            1..12,
        ),
        crlf in any::<bool>(),
    ) {
        let mut text = lines.join("\n");
        if crlf { text = text.replace('\n', "\r\n"); }
        check(&document(&text).root, &text);
    }
}
