//! Looking at a kind without parsing.

use proptest::prelude::*;

use super::chunk;
use crate::text::{chunks, parse};

#[test]
fn a_plain_top_level_value_is_found_anywhere_in_the_document() {
    for text in [
        "kind: Foo",
        "kind: Foo\n",
        "a: 1\r\nkind: Foo\r\nb: 2\r\n",
        "a:\n  kind: Bar\n- x\nkind: Foo # c\n\n# d\nz:\n  y\n",
        "kind: \"Foo\"\n",
        "kind:   'Foo'  \n",
        "kind: Foo\n...\nkind: Bar\n",
        "a: \"x\"\nkind: Foo\nb: \"\n",
    ] {
        assert_eq!(chunk(text).peek("kind"), Some("Foo"), "{text}");
    }
    assert_eq!(
        chunk("apiVersion: a.b/v1\n").peek("apiVersion"),
        Some("a.b/v1")
    );
}

#[test]
fn none_where_only_a_parser_can_tell() {
    for text in [
        "kind: Foo\nkind: Bar\n",
        "kind: Foo\n\"kind\": Bar\n",
        "kind: Foo\n<<: {kind: Bar}\n",
        "kind : Foo\n",
        "kind: &a Foo\n",
        "kind: !x Foo\n",
        "kind: |\n  Foo\n",
        "kind: Foo\n  Bar\n",
        "kind: Foo\n\n  Bar\n",
        "kind: yes\n",
        "kind: 0777\n",
        "kind: \"\\u0046oo\"\n",
        "kind:Foo\n",
        "kind:\n  Foo\n",
        "  kind: Foo\n",
        "{\nkind: Foo\n}",
        "a: \"b\nkind: Foo\nc\"\n",
        "a: 'b\nkind: Foo\nc'\n",
        "{\"kind\": \"Foo\"}",
        "kind: {{ x }}\n",
        "  |\nkind: Foo\n",
        "# text\n\n  >-\nkind: Foo\n",
        "--- |\nkind: Foo\n",
        "other: Foo\n",
        "",
    ] {
        assert_eq!(chunk(text).peek("kind"), None, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_value_that_is_peeked_is_the_value_that_is_parsed(
        text in prop::collection::vec(
            prop::sample::select(vec![
                "kind", ": ", ":", " ", "\n", "\n", "\n", "Foo", "'", "\"", "#", "- ", "{", "}", "a",
                "\n  ", "kind: Foo\n", "...\n", "---", "|", "&a ", "*a", "\r\n", "<<: ", "\t", "yes", "?",
            ]),
            0..16,
        ).prop_map(|parts| parts.concat())
    ) {
        for chunk in chunks(&text) {
            if let (Some(kind), Ok(document)) = (chunk.peek("kind"), parse(&chunk)) {
                let parsed = document.root.get("kind").and_then(crate::text::Node::as_str);
                prop_assert_eq!(parsed, Some(kind));
            }
        }
    }
}
