//! Nothing read from a file may panic, hang, overflow the stack or exhaust memory.

use std::fmt::Write;

use proptest::prelude::*;

use super::{chunk, document, json, refusal};
use crate::text::{MAX_DEPTH, chunks, from_node, parse};

#[test]
fn an_alias_bomb_is_refused() {
    let mut lists = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    let mut maps = String::from("a0: &a0 {k: v}\n");
    for level in 1..30 {
        let below = format!("*a{}", level - 1);
        writeln!(
            lists,
            "a{level}: &a{level} [{}]",
            [below.as_str(); 10].join(", ")
        )
        .unwrap();
        writeln!(maps, "a{level}: &a{level} {{x: {below}, y: {below}}}").unwrap();
    }
    let merges = format!(
        "a: &a {{{}}}\nb:\n{}",
        (0..1_000)
            .map(|key| format!("k{key}: 1, "))
            .collect::<Vec<_>>()
            .concat(),
        "  <<: *a\n".repeat(2_000)
    );
    let text = format!(
        "a: &a \"\\n{}\"\nb: [{}]\n",
        "x".repeat(1_000_000),
        "*a, ".repeat(500)
    );
    for bomb in [lists, maps, merges, text] {
        let started = std::time::Instant::now();
        assert_eq!(
            refusal(&bomb).message,
            "aliases make the document excessively large"
        );
        // 50 ms in a release build; a debug build on a busy machine is given more.
        assert!(
            started.elapsed().as_millis() < 3_000,
            "{:?}",
            started.elapsed()
        );
    }
}

#[test]
fn many_small_anchors_are_not_a_bomb() {
    let text = (0..5_000)
        .map(|n| format!("k{n}: &a{n} v\nl{n}: *a{n}\n"))
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(document(&text).root.as_map().map(<[_]>::len), Some(10_000));
}

#[test]
fn deep_nesting_is_refused_in_every_notation() {
    let block = (0..1_000)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect::<Vec<_>>()
        .concat();
    let chain: String = (1..1_000).fold("a0: &a0 [1]\n".into(), |text, level| {
        format!("{text}a{level}: &a{level} [*a{}]\n", level - 1)
    });
    for text in [
        "[".repeat(10_000),
        format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)),
        "{a: ".repeat(10_000),
        "{\"a\":".repeat(10_000),
        "[1,".repeat(10_000),
        "- ".repeat(10_000),
        block,
        chain,
    ] {
        let error = refusal(&text);
        assert!(
            error.message.contains("nested more than 200 levels"),
            "{error}"
        );
    }
}

#[test]
fn the_deepest_tree_allowed_is_copied_read_and_dropped_on_a_small_stack() {
    let deep = |open: &str, close: &str| {
        format!(
            "{}1{}",
            open.repeat(MAX_DEPTH - 1),
            close.repeat(MAX_DEPTH - 1)
        )
    };
    let work = move || {
        for text in [
            deep("[", "]"),
            deep("{\"a\":", "}"),
            format!("# yaml\n{}", deep("{a: ", "}")),
        ] {
            let document = document(&text);
            assert_eq!(document.clone(), document);
            assert_ne!(json(&text), serde_json::Value::Null);
        }
    };
    std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn a_flood_of_duplicates_is_reported_in_part() {
    let document_text = format!("{{{}}}", vec!["\"a\":1"; 10_000].join(","));
    let document = document(&document_text);
    assert_eq!(document.duplicate_keys.len(), 100);
    assert_eq!(document.root.as_map().map(<[_]>::len), Some(1));
}

/// Reads all of a text by every door; the values do not matter.
fn read(text: &str) {
    for chunk in chunks(text) {
        assert_eq!(text.get(chunk.range.clone()), Some(chunk.text));
        chunk.is_blank();
        chunk.peek("kind");
        match parse(&chunk) {
            Ok(document) => {
                from_node::<serde_json::Value>(&document.root).unwrap();
                assert!(document.root.span.range().end <= text.len());
            }
            Err(error) => {
                assert!(error.span.slice(text).is_some(), "{error:?}");
                assert!(!error.message.contains('\n'), "{error:?}");
            }
        }
    }
}

#[test]
fn odd_ends_of_text_are_read_or_refused() {
    for text in [
        "---",
        "--",
        "\r",
        "&a",
        "*a",
        "!",
        "!!",
        "|",
        ">-",
        "? ",
        ": ",
        "- ",
        "%",
        "\"",
        "'",
        "{",
        "[",
        "{\"",
        "{\"a",
        "{\"a\\",
        "{\"a\\u",
        "{\"a\\ud83d\\u",
        "{\"a\":",
        "{\"a\":-",
        "[1e",
        "\u{feff}{",
        "\u{feff}\u{feff}",
        "a: &b",
        "<<",
        "<<: ",
        "...",
        "...a",
        "a: |9\n",
        "!!binary",
        "[\u{2028}]",
    ] {
        read(text);
    }
    assert_eq!(chunk("").text, "");
}

const MANIFEST: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: &n web\n  labels: {app: *n, \"b\": 'c'}\n\
    spec:\n  ports:\n  - port: 80\n    targetPort: http # c\n  - {port: 0x50, name: \"a\\tb\"}\n  <<: {a: 1}\n\
    text: |\n  one\n  two\n---\n{\"a\": [1, 2.5e3, \"\\u00e9\"], \"b\": null}\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn random_text_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn random_yaml_signs_never_panic(text in "[-a:{}\\[\\],&*!|>'\"%@#?\\\\ \t\r\n0<.~é\u{feff}]{0,60}") {
        read(&text);
        read(&format!("{{\"{text}"));
    }

    #[test]
    fn mutated_manifests_never_panic(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, any::<char>()), 1..6),
        as_json in any::<bool>(),
    ) {
        let mut letters: Vec<char> = if as_json {
            json(MANIFEST).to_string().chars().collect()
        } else {
            MANIFEST.chars().collect()
        };
        for (place, action, letter) in cuts {
            if letters.is_empty() {
                break;
            }
            let at = place.index(letters.len());
            match action {
                0 => { letters.remove(at); }
                1 => letters.insert(at, letter),
                2 => letters.truncate(at + 1),
                _ => {
                    let sign = letters[place.index(letters.len().div_ceil(2))];
                    letters.insert(at, sign);
                }
            }
        }
        read(&letters.into_iter().collect::<String>());
    }
}
