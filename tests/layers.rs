//! The order of the `mod` lines in `src/lib.rs` is the layer order, and this enforces it: imports
//! only from earlier layers, no orphan files, no file without a first sentence or over 400 lines.
#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const MOST_LINES: usize = 400;

/// A source file: its path below `src/`, its text, and its text without comments and literals.
struct Source {
    path: PathBuf,
    text: String,
    code: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    files(&root(), &mut found);
    found.sort();
    found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = code(&text);
            let path = path.strip_prefix(root()).unwrap().to_owned();
            Source { path, text, code }
        })
        .collect()
}

/// The text with every comment and the inside of every string and character literal left out.
fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if c == '"' {
            string(rest)
        } else if c == '\'' {
            character(rest)
        } else {
            raw_string(rest, out.chars().next_back()).unwrap_or_default()
        };
        if skipped > 0 {
            out.push(' ');
            rest = &rest[skipped..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of a character literal; 0 for a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            chars.next();
            chars.find(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 1)
        }
        Some(_) => match chars.next() {
            Some((at, '\'')) => at + 1,
            _ => 0,
        },
        None => 0,
    }
}

fn raw_string(rest: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let start = rest.len() - after.len() + hashes + 1;
    let length = rest[start..]
        .find(&close)
        .map(|at| start + at + close.len());
    Some(length.unwrap_or(rest.len()))
}

/// The names of the modules that code declares in files of their own.
fn declared(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in code.lines() {
        let line = line.trim_start();
        let line = ["pub(crate) ", "pub(super) ", "pub "]
            .iter()
            .find_map(|word| line.strip_prefix(word))
            .unwrap_or(line);
        let name = line
            .strip_prefix("mod ")
            .and_then(|it| it.trim_end().strip_suffix(';'));
        found.extend(name.map(|it| it.trim().to_owned()));
    }
    found
}

/// What follows each `crate::` in code: the layers imported, those in braces too.
fn imported(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let dense: String = code.split_whitespace().collect::<Vec<_>>().join(" ");
    for (at, word) in dense.match_indices("crate::") {
        let own = !dense[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
        let rest = &dense[at + word.len()..];
        match rest.strip_prefix('{') {
            _ if !own => {}
            None => found.extend(first_name(rest)),
            Some(group) => found.extend(members(group)),
        }
    }
    found
}

fn first_name(text: &str) -> Option<String> {
    let name: String = text
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!name.is_empty()).then_some(name)
}

/// The first names of the members of a `{a, b::{c, d}, e}` whose opening brace is behind us.
fn members(group: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut depth = 1;
    let mut start = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && c == ',') {
            found.extend(first_name(&group[start..at]));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    found
}

fn layers() -> Vec<String> {
    let text = fs::read_to_string(root().join("lib.rs")).unwrap();
    declared(&code(&text))
}

/// The layer a file belongs to; `lib.rs` and `main.rs` stand above all.
fn layer(path: &Path) -> Option<String> {
    let first = path.iter().next().unwrap().to_str().unwrap();
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (name != "lib" && name != "main").then(|| name.to_owned())
}

fn wrong(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn a_module_imports_only_from_modules_named_before_it() {
    let layers = layers();
    assert!(layers.len() > 10, "lib.rs names the layers");
    let place: BTreeMap<&str, usize> = layers
        .iter()
        .enumerate()
        .map(|(at, name)| (name.as_str(), at))
        .collect();
    let mut problems = Vec::new();
    for source in sources() {
        let Some(own) = layer(&source.path) else {
            continue;
        };
        for name in imported(&source.code) {
            match (place.get(name.as_str()), place.get(own.as_str())) {
                (Some(theirs), Some(ours)) if theirs <= ours => {}
                (Some(_), _) => problems.push(format!(
                    "{}: {own} imports crate::{name}, which stands after it in lib.rs",
                    source.path.display()
                )),
                (None, _) => problems.push(format!(
                    "{}: crate::{name} is no layer of lib.rs",
                    source.path.display()
                )),
            }
        }
    }
    wrong(&problems);
}

#[test]
fn no_file_reaches_around_the_layers() {
    let mut problems = Vec::new();
    for Source { path, code, .. } in sources() {
        let dense: String = code.split_whitespace().collect();
        for (what, found) in [
            ("super::super", dense.contains("super::super")),
            (
                "#[path]",
                dense.contains("#[path") || dense.contains(",path="),
            ),
            ("include!", dense.contains("include!(")),
        ] {
            if found {
                problems.push(format!("{}: {what}", path.display()));
            }
        }
    }
    wrong(&problems);
}

#[test]
fn every_file_is_compiled() {
    let sources = sources();
    let mut reached: BTreeSet<PathBuf> = ["lib.rs", "main.rs"].map(PathBuf::from).into();
    let mut todo: Vec<PathBuf> = reached.iter().cloned().collect();
    let mut problems = Vec::new();
    while let Some(path) = todo.pop() {
        let Some(source) = sources.iter().find(|source| source.path == path) else {
            continue;
        };
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let folder = path.parent().unwrap();
        let folder = match stem {
            "lib" | "main" | "mod" => folder.to_owned(),
            _ => folder.join(stem),
        };
        for name in declared(&source.code) {
            let file = [format!("{name}.rs"), format!("{name}/mod.rs")]
                .map(|it| folder.join(it))
                .into_iter()
                .find(|file| sources.iter().any(|source| source.path == *file));
            match file {
                Some(file) if reached.insert(file.clone()) => todo.push(file),
                Some(_) => {}
                None => problems.push(format!("{}: no file for mod {name}", path.display())),
            }
        }
    }
    let orphans = sources
        .iter()
        .filter(|source| !reached.contains(&source.path));
    problems.extend(orphans.map(|it| format!("{}: no mod line names it", it.path.display())));
    wrong(&problems);
}

#[test]
fn every_file_says_first_what_it_is_for_and_stays_short() {
    let mut problems = Vec::new();
    for Source { path, text, .. } in sources() {
        let lines = text.lines().count();
        if !text.starts_with("//! ") {
            problems.push(format!(
                "{}: does not open with a //! sentence",
                path.display()
            ));
        }
        if lines > MOST_LINES {
            problems.push(format!("{}: {lines} lines", path.display()));
        }
    }
    wrong(&problems);
}

#[test]
fn every_rule_has_its_page() {
    let mut problems = Vec::new();
    for source in sources() {
        let parts: Vec<&str> = source.path.iter().filter_map(|it| it.to_str()).collect();
        let ["rules", _, file] = parts.as_slice() else {
            continue;
        };
        let page = root().join(&source.path).with_extension("md");
        if *file != "mod.rs" && !page.exists() {
            problems.push(format!("{}: has no page beside it", source.path.display()));
        }
    }
    wrong(&problems);
}

#[test]
fn comments_and_literals_confuse_nobody() {
    let text = r##"
//! use crate::cli;
/* crate::cli /* nested */ crate::cli */
use crate::{text::Span, finding::{Finding, Severity}, labels};
let s = "crate::cli \" // no comment"; let r = r#"crate::cli "quoted" "#;
let c = '"'; let q = '\''; fn f<'a>(x: &'a str) -> crate::policy::Policy {}
mod real; // mod ghost;
pub(super) mod other;
use othercrate::cli;
"##;
    let code = code(text);
    let names = |names: &[&str]| -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    };
    assert_eq!(
        imported(&code),
        names(&["text", "finding", "labels", "policy"])
    );
    assert_eq!(declared(&code), ["real", "other"]);
}
