//! What is broken at random: every manifest of the rules' pages, the cases and the examples.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use portcullis::rules;
use portcullis::text;
use serde_json::Value;

/// One set of manifests.
pub(crate) struct Seed {
    /// As it is written.
    pub(crate) text: String,
    /// Its documents; what is not readable is left out.
    pub(crate) documents: Vec<Value>,
}

/// Every set, read once.
pub(crate) static SEEDS: LazyLock<Vec<Seed>> = LazyLock::new(|| {
    let mut texts: Vec<String> = rules::all()
        .iter()
        .flat_map(|rule| fences(rule.page))
        .collect();
    for folder in ["tests/cases", "examples"] {
        sets(Path::new(folder), &mut texts);
    }
    assert!(texts.len() > 100, "{} seeds", texts.len());
    texts
        .into_iter()
        .map(|text| Seed {
            documents: documents(&text),
            text,
        })
        .collect()
});

fn fences(page: &str) -> Vec<String> {
    page.split("\n```")
        .filter_map(|block| block.strip_prefix("yaml")?.split_once('\n'))
        .map(|(_, text)| text.to_owned())
        .collect()
}

/// The files of each folder are a set together.
fn sets(folder: &Path, texts: &mut Vec<String>) {
    let mut files = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let extension = path.extension().and_then(|it| it.to_str());
        if path.is_dir() {
            sets(&path, texts);
        } else if matches!(extension, Some("yaml" | "yml" | "json")) {
            files.push(fs::read_to_string(&path).unwrap());
        }
    }
    if !files.is_empty() {
        texts.push(files.join("\n---\n"));
    }
}

fn documents(text: &str) -> Vec<Value> {
    text::chunks(text)
        .filter_map(|chunk| {
            let document = text::parse(&chunk).ok()?;
            text::from_node::<Value>(&document.root).ok()
        })
        .filter(Value::is_object)
        .collect()
}
