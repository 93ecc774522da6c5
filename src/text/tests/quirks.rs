//! What kubectl's reader makes of YAML, case by case; the right sides are kubectl's answers.

use serde_json::json;

use super::{document, json, refusal};

/// A flow map with one scalar, and what becomes of it.
fn values(cases: &[(&str, serde_json::Value)]) {
    for (text, expected) in cases {
        let found = json(&format!("v: {text}\n"));
        assert_eq!(found["v"], *expected, "`{text}`");
    }
}

#[test]
fn words_are_booleans_and_nulls_as_in_yaml_1_1() {
    for text in [
        "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE",
    ] {
        values(&[(text, json!(true))]);
    }
    for text in [
        "n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE",
    ] {
        values(&[(text, json!(false))]);
    }
    for text in ["~", "null", "Null", "NULL", "", "!!null ''"] {
        values(&[(text, json!(null))]);
    }
    for text in ["yEs", "tRUE", "oN", "nULL", "yess", "offf"] {
        values(&[(text, json!(text))]);
    }
}

#[test]
fn whole_numbers_are_read_in_every_base() {
    values(&[
        ("0777", json!(511)),
        ("-0777", json!(-511)),
        ("0o17", json!(15)),
        ("0O17", json!(15)),
        ("0x1F", json!(31)),
        ("+0x1f", json!(31)),
        ("0b11", json!(3)),
        ("-0b11", json!(-3)),
        ("1_000", json!(1000)),
        ("1__0", json!(10)),
        ("0_", json!(0)),
        ("089", json!(89)),
        ("00", json!(0)),
        ("-0", json!(0)),
        ("+1", json!(1)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("18446744073709551615", json!(u64::MAX)),
        ("18446744073709551616", json!(18_446_744_073_709_551_616.0)),
        ("0x", json!("0x")),
        ("0b12", json!("0b12")),
        ("--1", json!("--1")),
    ]);
}

#[test]
fn floats_reach_the_api_server_as_json_spells_them() {
    values(&[
        ("80.0", json!(80)),
        ("1e3", json!(1000)),
        ("1.", json!(1)),
        ("1.e5", json!(100_000)),
        ("1.5", json!(1.5)),
        (".5", json!(0.5)),
        ("-.5", json!(-0.5)),
        ("+.5e3", json!(500)),
        (".1_0", json!(0.1)),
        ("1_.5", json!(1.5)),
        ("1e-7", json!(1e-7)),
        ("1e21", json!(1e21)),
        ("-0.0", json!(0)),
        (
            "4611686018427387904.0",
            json!(4_611_686_018_427_388_000_i64),
        ),
        ("1e400", json!("1e400")),
        ("1e", json!("1e")),
        (".e5", json!(".e5")),
        ("._1", json!("._1")),
        (".1_", json!(".1_")),
        (".1__0", json!(".1__0")),
        (".", json!(".")),
        ("0x1.8p1", json!("0x1.8p1")),
    ]);
    for text in [".inf", "-.Inf", ".nan"] {
        let message = refusal(&format!("v: {text}\n")).message;
        assert_eq!(message, "infinity and NaN cannot be sent to the API server");
    }
}

#[test]
fn what_only_resembles_a_number_is_a_string() {
    for text in [
        "1:30",
        "2001-01-01",
        "2001-12-14T21:59:43Z",
        "10.0.0.1",
        "100m",
        "1Gi",
        "inf",
        "nan",
        "1.2.3",
        "a#b",
        "http://a:80",
        "+",
        "e1",
        "infinity",
    ] {
        values(&[(text, serde_json::Value::from(text))]);
    }
}

#[test]
fn an_address_that_ends_in_colons_is_one_value_in_a_flow_list() {
    assert_eq!(
        json("[1.2.3.4, fd00::, a:b, fe80::]"),
        json!(["1.2.3.4", "fd00::", "a:b", "fe80::"])
    );
    assert_eq!(
        json("[a: , 'b':, {c:  }]"),
        json!([{"a": null}, {"b": null}, {"c": null}])
    );
    assert_eq!(json("- a:\n- b: \n"), json!([{"a": null}, {"b": null}]));
}

#[test]
fn quotes_and_tags_decide_before_looks_do() {
    values(&[
        ("\"80\"", json!("80")),
        ("'yes'", json!("yes")),
        ("!!str 3", json!("3")),
        ("!!int '5'", json!(5)),
        ("!!float 3", json!(3)),
        ("!!bool yes", json!(true)),
        ("!!binary aGk=", json!("hi")),
        ("!!timestamp 2001-01-01", json!("2001-01-01")),
        ("!foo 3", json!("3")),
        ("!foo", json!("")),
        ("! 3", json!("3")),
        ("|\n  80\n", json!("80\n")),
        ("\"\\x07\\u00e9\\n\"", json!("\u{7}é\n")),
        ("''''", json!("'")),
    ]);
    for text in [
        "!!int foo",
        "!!int 1.5",
        "!!float yes",
        "!!bool 1",
        "!!null foo",
    ] {
        let message = refusal(&format!("v: {text}\n")).message;
        assert!(message.contains("not what its tag"), "`{text}`: {message}");
    }
    assert!(refusal("v: !!binary aGk\n").message.contains("base64"));
}

#[test]
fn keys_become_strings_as_go_spells_them() {
    let keys = "{1: a, 0x10: b, yes: c, 1.10: d, 1234567.0: e, 16777217.0: f, 123456.0: g, \
                0.0001: h, 0.00001: i, 1e20: j, .inf: k, -.inf: l, .nan: m, 2001-01-01: n, \
                'off': o, !!str 7: p}";
    assert_eq!(
        json(keys),
        json!({
            "1": "a", "16": "b", "true": "c", "1.1": "d", "1.234567e+06": "e",
            "1.6777216e+07": "f", "123456": "g", "0.0001": "h", "1e-05": "i", "1e+20": "j",
            ".inf": "k", "-.inf": "l", ".nan": "m", "2001-01-01": false, "off": "o", "7": "p",
        })
    );
    for text in [
        "{~: 1}",
        "{18446744073709551615: 1}",
        "{? [a] : 1}",
        "{? {} : 1}",
    ] {
        assert!(
            refusal(text).message.starts_with("a map key must be"),
            "{text}"
        );
    }
}

#[test]
fn a_merge_overrides_the_keys_before_it_and_loses_to_those_after_it() {
    let merged = |yaml| json(yaml)["spec"].clone();
    assert_eq!(
        merged("spec:\n  a: 1\n  <<: {a: 2, b: 3, c: 4}\n  c: 1\n"),
        json!({"a": 2, "b": 3, "c": 1})
    );
    assert_eq!(
        merged("spec:\n  <<: [{a: 2, b: 3}, {a: 4, c: 5}]\n"),
        json!({"a": 2, "b": 3, "c": 5})
    );
    assert_eq!(
        merged("x: &x {a: 1}\nspec:\n  <<: *x\n  b: 2\n"),
        json!({"a": 1, "b": 2})
    );
    assert_eq!(merged("spec:\n  \"<<\": {a: 2}\n"), json!({"<<": {"a": 2}}));
    for text in ["<<: 3", "<<: null", "<<: [{a: 1}, [b]]"] {
        assert_eq!(refusal(text).message, "`<<` wants a map or a list of maps");
    }
}

#[test]
fn of_duplicate_keys_the_last_wins_and_the_others_are_reported() {
    let text = "spec:\n  ports:\n  - a: 1\n    b: 2\n    a: 3\n  - {}\nspec2: 1\nspec2: 2\n";
    assert_eq!(
        json(text),
        json!({"spec": {"ports": [{"b": 2, "a": 3}, {}]}, "spec2": 2})
    );
    let document = document(text);
    let found: Vec<_> = document
        .duplicate_keys
        .iter()
        .map(|duplicate| {
            (
                duplicate.path.as_str(),
                duplicate.span.start,
                &*duplicate.key,
            )
        })
        .collect();
    assert_eq!(
        found,
        [("spec.ports[0].a", 19, "a"), ("spec2", 49, "spec2")]
    );
}

#[test]
fn duplicates_in_large_maps_and_those_a_merge_makes_are_told_apart() {
    let many = (0..40)
        .map(|key| format!("k{}: {key}\n", key % 39))
        .collect::<Vec<_>>()
        .concat();
    let document_of_many = document(&many);
    assert_eq!(
        document_of_many
            .root
            .get("k0")
            .and_then(crate::text::Node::as_i64),
        Some(39)
    );
    assert_eq!(document_of_many.duplicate_keys.len(), 1);
    assert!(
        document("x: &x {a: 1}\nz: {a: 2, <<: *x, b: 1}\n")
            .duplicate_keys
            .is_empty()
    );
    assert!(
        document("x: &x {a: 1}\nz: {<<: *x, a: 2}\n")
            .duplicate_keys
            .is_empty()
    );
    let both = document("x: &x {a: 1}\nz: {a: 2, <<: *x, a: 3}\n");
    assert_eq!(both.duplicate_keys.len(), 1);
    assert_eq!(both.duplicate_keys[0].path, "z.a");
}

#[test]
fn aliases_stand_for_the_latest_anchor_of_their_name() {
    assert_eq!(json("[&a 1, *a, &a 2, *a]"), json!([1, 1, 2, 2]));
    assert_eq!(
        json("x: &a {b: &a 1, c: *a}"),
        json!({"x": {"b": 1, "c": 1}})
    );
    assert_eq!(json("{&a x: 1, z: *a, *a : 2}"), json!({"z": "x", "x": 2}));
    assert!(refusal("&a [*a]").message.contains("contains itself"));
    assert!(refusal("a: *b").message.contains("anchor"));
}

#[test]
fn json_inside_yaml_and_its_escapes_are_read() {
    assert_eq!(
        json("---\n{\"a\": \"\\ud83d\\ude00\\/\", \"b\":1, 'c':2}"),
        // The first chunk is what stands before `---`.
        json!(null)
    );
    assert_eq!(
        json("# c\n{\"a\": \"\\ud83d\\ude00\\/\", \"b\":1}"),
        json!({"a": "😀/", "b": 1})
    );
}

#[test]
fn a_template_is_called_one_and_a_tab_is_pointed_at() {
    let error = refusal("image: {{ .Values.image }}\n");
    assert!(error.template && error.message.contains("{{"), "{error}");
    let error = refusal("{{- if .x }}\na: b\n{{- end }}\n");
    assert!(error.template, "{error}");
    let text = "a:\n  b: 1\n\tc: 2\n";
    let error = refusal(text);
    assert!(error.message.contains("tab"), "{error}");
    assert_eq!(
        (error.template, error.span.slice(text)),
        (false, Some("\t"))
    );
    assert_eq!(json("a:\tb\n"), json!({"a": "b"}));
}

#[test]
fn text_that_kubectl_would_drop_in_silence_is_refused() {
    for text in ["  a: 1\nkind: x\n", "[a]\nb: 1\n", "a: 1\n}\n"] {
        assert!(!refusal(text).message.is_empty());
    }
    assert!(refusal("\ta: 1\n").message.contains("tab"));
    assert_eq!(json("a: 1\n... # c\nb: [\n"), json!({"a": 1}));
}

#[test]
fn control_characters_are_refused_where_they_stand() {
    for text in ["a: b\u{7}\n", "a: b\u{7f}\n", "a: \"b\u{0}\"\n"] {
        let error = refusal(text);
        assert_eq!(error.message, "control characters are not allowed in YAML");
        assert_eq!(
            error.span.start as usize,
            text.find(char::is_control).unwrap()
        );
    }
}
