//! Where one document ends and the next begins.

use super::json;
use crate::text::{Format, chunks, parse};

fn texts(file: &str) -> Vec<&str> {
    chunks(file)
        .filter(|chunk| !chunk.is_blank())
        .map(|chunk| chunk.text)
        .collect()
}

#[test]
fn yaml_is_cut_at_separators_and_ranges_say_where() {
    let file = "\u{feff}---\r\na: 1\r\n---\r\n# only a comment\r\n--- # named\r\nb: |\r\n  --- x\r\n---  \t\r\n";
    assert_eq!(texts(file), ["a: 1\r\n", "b: |\r\n  --- x\r\n"]);
    for chunk in chunks(file) {
        assert_eq!(file.get(chunk.range.clone()), Some(chunk.text));
        assert_eq!(chunk.format, Format::Yaml);
    }
}

#[test]
fn a_document_that_cannot_be_read_leaves_the_others_alone() {
    let file = "a: 1\n---\nb: [\n---\nc: 3\n--- d\ne: 5\n---\nf: 6\n";
    let read: Vec<bool> = chunks(file).map(|chunk| parse(&chunk).is_ok()).collect();
    assert_eq!(read, [true, false, true, false, true]);
}

#[test]
fn what_follows_three_dots_is_dropped_up_to_the_next_separator() {
    let file = "a: 1\n...\nb: [\n---\nc: 3\n";
    let read: Vec<_> = chunks(file).map(|chunk| parse(&chunk).unwrap()).collect();
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].root.as_map().map(<[_]>::len), Some(1));
    assert_eq!(json("...\nb: 1\n"), serde_json::json!({"b": 1}));
}

#[test]
fn json_values_follow_one_another_in_any_way() {
    for file in [
        "{\"a\":\"}\\\"\"}{\"b\":[{}]}",
        "{\"a\":\"}\\\"\"}\n{\"b\":[{}]}\n",
        "\u{feff} {\"a\":\"}\\\"\"}\r\n\r\n{\"b\":[{}]}\r\n",
    ] {
        assert_eq!(texts(file), ["{\"a\":\"}\\\"\"}", "{\"b\":[{}]}"], "{file}");
        assert!(chunks(file).all(|chunk| chunk.format == Format::Json));
    }
    assert_eq!(texts("[1,\n2]"), ["[1,\n2]"]);
    assert_eq!(
        texts("{\"a\":1}\n---\nb: 2\n---\nc: 3\n"),
        ["{\"a\":1}", "b: 2\n", "c: 3\n"]
    );
    assert_eq!(texts("{\"a\": 1"), ["{\"a\": 1"]);
}

#[test]
fn flow_maps_with_bare_keys_and_templates_are_yaml() {
    for file in ["{a: 1}\n", "{{ if .x }}\n", "# c\n{\"a\": 1}\n", "[a]\n"] {
        assert!(
            chunks(file).all(|chunk| chunk.format == Format::Yaml),
            "{file}"
        );
    }
}

#[test]
fn blank_is_what_holds_no_value() {
    for file in ["", "\n \r\n", "# c\n", "%YAML 1.1\n", "...\n", "\u{feff}"] {
        assert!(chunks(file).all(|chunk| chunk.is_blank()), "{file:?}");
    }
    assert!(!super::chunk("~").is_blank());
}
