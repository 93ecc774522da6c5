//! Types read from the tree.

use std::borrow::Cow;
use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::document;
use crate::text::{TextError, from_node};

#[derive(Debug, Deserialize, PartialEq)]
struct Listed<'a> {
    #[serde(borrow)]
    name: Option<&'a str>,
    port: u16,
    #[serde(default)]
    protocol: Protocol,
    #[serde(default)]
    tags: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
enum Protocol {
    #[default]
    #[serde(rename = "TCP")]
    Tcp,
    #[serde(rename = "UDP")]
    Udp,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
enum Shape {
    Unit,
    One(u8),
    Two(u8, String),
    Named { a: bool },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum IntOrString {
    Int(i32),
    String(String),
}

fn fails<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> (String, String) {
    let document = document(text);
    let error: TextError = from_node::<T>(&document.root).unwrap_err();
    (error.message, error.span.slice(text).unwrap().to_owned())
}

#[test]
fn structs_borrow_their_strings_from_file_or_tree() {
    let text = "- {port: 80, name: web, protocol: UDP, extra: [1, {}]}\n- {port: 81, name: \"a\\tb\", tags: null}\n";
    let document = document(text);
    let ports: Vec<Listed<'_>> = from_node(&document.root).unwrap();
    assert_eq!(
        ports,
        [
            Listed {
                name: Some("web"),
                port: 80,
                protocol: Protocol::Udp,
                tags: None
            },
            Listed {
                name: Some("a\tb"),
                port: 81,
                protocol: Protocol::Tcp,
                tags: None
            },
        ]
    );
    assert!(
        text.as_bytes()
            .as_ptr_range()
            .contains(&ports[0].name.unwrap().as_ptr())
    );
}

#[test]
fn enums_keys_and_choices_are_read() {
    let document = document("[unit, {one: 1}, {two: [2, b]}, {named: {a: yes}}]");
    let shapes: Vec<Shape> = from_node(&document.root).unwrap();
    assert_eq!(
        shapes,
        [
            Shape::Unit,
            Shape::One(1),
            Shape::Two(2, "b".into()),
            Shape::Named { a: true }
        ]
    );
    let keys = super::document("{1: 80, 2: http, 3: '80'}");
    let keys: BTreeMap<u8, IntOrString> = from_node(&keys.root).unwrap();
    assert_eq!(keys[&1], IntOrString::Int(80));
    assert_eq!(keys[&2], IntOrString::String("http".into()));
    assert_eq!(keys[&3], IntOrString::String("80".into()));
}

#[test]
fn mismatches_read_like_sentences_and_point_at_the_innermost_value() {
    type Strings = BTreeMap<String, Vec<String>>;
    type Numbers = BTreeMap<String, u16>;
    let cases = [
        (
            fails::<Strings>("a: [x, 8080]"),
            "expected a string, found the number 8080",
            "8080",
        ),
        (
            fails::<Strings>("a: [yes]"),
            "expected a string, found the boolean true",
            "yes",
        ),
        (
            fails::<Strings>("a: null"),
            "expected a list, found null",
            "null",
        ),
        (
            fails::<Strings>("a: {b: c}"),
            "expected a list, found a map",
            "{b: c}",
        ),
        (
            fails::<Strings>("- a"),
            "expected a map, found a list",
            "- a",
        ),
        (
            fails::<Numbers>("a: '80'"),
            "expected a whole number from 0 to 65535, found the string \"80\"",
            "'80'",
        ),
        (
            fails::<Numbers>("a: 70000"),
            "expected a whole number from 0 to 65535, found the number 70000",
            "70000",
        ),
        (
            fails::<Numbers>("a: 1.5"),
            "expected a whole number from 0 to 65535, found the number 1.5",
            "1.5",
        ),
        (
            fails::<Vec<Shape>>("[three]"),
            "unknown variant `three`, expected one of `unit`, `one`, `two`, `named`",
            "three",
        ),
        (
            fails::<Vec<Shape>>("[one]"),
            "expected a map with the key `one`, found a string",
            "one",
        ),
        (
            fails::<Vec<Shape>>("[{unit: 1}]"),
            "expected null, found the number 1",
            "1",
        ),
        (
            fails::<Vec<Shape>>("[{one: 1, two: 2}]"),
            "expected a map with one key, found 2 keys",
            "{one: 1, two: 2}",
        ),
        (
            fails::<BTreeMap<u8, u8>>("{a: 1}"),
            "expected a whole number from 0 to 255, found the string \"a\"",
            "a",
        ),
    ];
    for ((message, place), expected, at) in cases {
        assert_eq!((message.as_str(), place.as_str()), (expected, at));
    }
}

#[test]
fn missing_fields_and_errors_of_types_themselves_have_a_place_too() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[expect(dead_code, reason = "only its absence is looked at")]
        a: u8,
    }
    #[derive(Debug, Deserialize)]
    #[serde(try_from = "String")]
    struct Even;
    impl TryFrom<String> for Even {
        type Error = String;
        fn try_from(text: String) -> Result<Self, String> {
            if text.len().is_multiple_of(2) {
                Ok(Self)
            } else {
                Err(format!("`{text}` is odd"))
            }
        }
    }
    let (message, place) = fails::<Vec<Strict>>("- b: 1\n  a: 2");
    assert!(
        message.starts_with("unknown field `b`") && place == "b",
        "{message} {place}"
    );
    assert_eq!(
        fails::<Vec<Strict>>("[{}]"),
        ("missing field `a`".into(), "{}".into())
    );
    assert_eq!(
        fails::<Vec<Even>>("[ab, abc]"),
        ("`abc` is odd".into(), "abc".into())
    );
    assert_eq!(fails::<Even>("abc"), ("`abc` is odd".into(), "abc".into()));
}

#[test]
fn json_escapes_and_numbers_are_read_as_go_reads_them() {
    let text = r#"{"a": "\ud83d\ude00\/\"\\\b\f\n\r\t\u00e9", "b": "\ud83d", "c": "\udc00\ud83dx",
        "d": [18446744073709551615, 1e3, -1, 80.0, 1E-2], "d": -0, "e": 18446744073709551616}"#;
    let document = document(text);
    assert_eq!(document.duplicate_keys.len(), 1);
    let a: Cow<'_, str> = from_node(document.root.get("a").unwrap()).unwrap();
    assert_eq!(a, "😀/\"\\\u{8}\u{c}\n\r\té");
    assert_eq!(
        super::json(text),
        json!({"a": a, "b": "\u{fffd}", "c": "\u{fffd}\u{fffd}x", "d": 0, "e": 18_446_744_073_709_551_616.0})
    );
    assert_eq!(
        super::json("{\"a\": [18446744073709551615, 1e3, -1]}")["a"],
        json!([u64::MAX, 1e3, -1])
    );
    for text in [
        "{\"a\": 01}",
        "{\"a\": 1.}",
        "{\"a\": +1}",
        "{\"a\": 1e400}",
        "{\"a\": \"\n\"}",
        "{\"a\": \"\\x\"}",
        "{\"a\" 1}",
        "{\"a\": tru}",
        "{\"a\": 1} x",
        "{\"a\": [1 2]}",
        "{\"a\": 1",
    ] {
        let refused = crate::text::chunks(text).any(|chunk| crate::text::parse(&chunk).is_err());
        let last_is_scalar = text.ends_with('x');
        assert!(refused || last_is_scalar, "{text}");
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>()
            .prop_filter("JSON has no others", |f| f.is_finite())
            .prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        "[\\x00-\\x1f\"\\\\/a-z😀]{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_reads_as_serde_json_reads_it(value in any_json(), pretty in any::<bool>()) {
        let value = json!({ "value": value });
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        prop_assert_eq!(super::json(&text), value);
    }

    #[test]
    fn what_is_json_for_us_is_json_for_serde_json(text in "[\\[\\]{}\",:0-9.eE+\\-a\\\\u tfn]{0,12}") {
        let text = format!("{{\"a\":{text}}}");
        let ours = crate::text::chunks(&text).all(|chunk| crate::text::parse(&chunk).is_ok());
        let one = crate::text::chunks(&text).count() == 1;
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        if one && !text.contains("\\u") {
            prop_assert_eq!(ours, theirs.is_ok(), "{}", text);
        }
    }
}
