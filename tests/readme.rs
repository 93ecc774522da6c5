//! The documentation says what the program does: tables of rules, the output of commands and the
//! webhook's answers are compared with the real ones. `UPDATE=1 cargo test --test readme` writes
//! them again.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portcullis::cluster::Knowledge;
use portcullis::config::{Admission, Config};
use portcullis::finding::Severity;
use portcullis::manifest::{Inputs, read};
use portcullis::review::cluster_of;
use portcullis::rules::{self, Rule};
use portcullis::webhook::{Answer, Gate};
use serde_json::Value;

const README_LINES: usize = 150;

/// What stands above the index of rules.
const INDEX: &str = "\
# The rules

Each rule has a page: why it matters, examples, how to mend, and what it does not report. The
examples are its tests. `portcullis explain RULE` prints the same page. This index is made of the
pages by `UPDATE=1 cargo test --test readme`.

\"Up to\" is the worst severity that a rule reaches; the evidence decides which one it is.
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page of documentation, relative to the root.
fn pages() -> Vec<PathBuf> {
    let folders = ["", "docs", "deploy", "certs"];
    let mut pages: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(root().join(folder)).expect("a readable folder"))
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .collect();
    pages.sort();
    pages
}

fn text(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path.as_ref())).unwrap_or_default()
}

/// Tests that write to the same pages take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fails where a page is not as it would be written now.
fn compare(path: impl AsRef<Path>, new: &str) {
    let path = root().join(path.as_ref());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, new).expect("the page is writable");
    }
    let old = fs::read_to_string(&path).unwrap_or_default();
    let differs = old.lines().zip(new.lines()).find(|(old, new)| old != new);
    assert!(
        old == new,
        "{} is out of date: UPDATE=1 cargo test --test readme\nfirst difference: {differs:?}",
        path.display()
    );
}

/// A page with what stands between `<!-- name -->` and `<!-- /name -->` replaced.
fn with(page: &str, name: &str, content: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = page.split_once(&open).expect("the opening marker");
    let (_, after) = rest.split_once(&close).expect("the closing marker");
    format!("{before}{open}\n{content}\n{close}{after}")
}

/// The worst that the examples on a rule's page say, which `tests/pages.rs` holds to be true.
fn worst(rule: &Rule) -> Severity {
    let mut inside = false;
    let mut worst = None;
    for line in rule.page.lines() {
        if line.starts_with("```") {
            inside = line == "```findings";
        } else if inside {
            let word = line.split(' ').next().unwrap_or_default();
            let of_line = [Severity::Error, Severity::Warning, Severity::Notice]
                .into_iter()
                .find(|severity| severity.as_str() == word);
            worst = worst.max(of_line);
        }
    }
    worst.expect("a page with findings")
}

/// The page of each rule, relative to the root, by the rule's name.
fn paths() -> BTreeMap<String, String> {
    let groups = fs::read_dir(root().join("src/rules")).expect("the rules");
    groups
        .map(|group| group.expect("a readable entry").path())
        .filter(|path| path.is_dir())
        .flat_map(|group| fs::read_dir(group).expect("a readable group"))
        .map(|file| file.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .map(|path| {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let below = path.strip_prefix(root()).expect("below the root");
            (stem.replace('_', "-"), below.display().to_string())
        })
        .collect()
}

/// The first sentence of each rule's page, as `portcullis explain` tells it.
fn summaries() -> BTreeMap<String, String> {
    let index: Vec<Value> = serde_json::from_str(&run("portcullis explain -o json")).expect("JSON");
    let field = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    index
        .iter()
        .map(|entry| (field(entry, "rule"), field(entry, "summary")))
        .collect()
}

/// The rules as a table, with links from a page in a folder that is `up` from the root.
fn table(rules: &[&Rule], up: &str) -> String {
    let (paths, summaries) = (paths(), summaries());
    let mut out = "| rule | up to | says that |\n|---|---|---|\n".to_owned();
    for rule in rules {
        let path = paths.get(rule.id).expect("a page at its place");
        let worst = worst(rule).as_str();
        let summary = summaries.get(rule.id).expect("a rule in the index");
        let _ = writeln!(out, "| [{}]({up}{path}) | {worst} | {summary} |", rule.id);
    }
    out
}

/// What a shell prints of a command line, on both streams.
fn run(command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_portcullis"));
    let mut path = program.parent().unwrap_or(program).as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(root())
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    String::from_utf8(output.stdout).expect("the output is text")
}

/// A page with the output of the command lines in its `console` blocks as it is now.
fn with_outputs(page: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        }
        let command = line.strip_prefix("$ ").filter(|_| inside);
        if command.is_some() || !inside || line.starts_with("```") {
            out.push_str(line);
            out.push('\n');
        }
        if let Some(command) = command {
            out.push_str(&run(command));
        }
    }
    out
}

/// What the webhook answers to `examples/review.json` in front of the example cluster.
fn answer(deny: &[&str]) -> String {
    let inputs = Inputs {
        paths: vec![root().join("examples/cluster")],
        ..Inputs::default()
    };
    let set = read(&inputs, |_, _| {}).expect("the example cluster");
    let admission = Admission {
        deny: deny.iter().map(ToString::to_string).collect(),
        ..Admission::default()
    };
    let config = Config {
        admission,
        ..Config::default()
    };
    let gate = Gate::new(cluster_of(&set), Knowledge::default(), config);
    let until = Instant::now() + Duration::from_secs(5);
    let Answer::Review(reply) = gate.answer(text("examples/review.json").as_bytes(), until) else {
        return "refused".to_owned();
    };
    let json = reply.to_json().expect("an answer");
    format!("```json\n{}\n```\n", String::from_utf8_lossy(&json))
}

#[test]
fn the_readme_has_the_table_of_rules_and_fits_in_150_lines_without_it() {
    let _turn = turn();
    let all: Vec<&Rule> = rules::all().iter().collect();
    let page = with(&text("README.md"), "rules", &table(&all, ""));
    compare("README.md", &page);
    let lines = page.lines().filter(|line| !line.starts_with("| [")).count();
    assert!(lines < README_LINES, "{lines} lines");
}

#[test]
fn the_index_of_rules_has_every_page_by_group() {
    let _turn = turn();
    let paths = paths();
    let mut page = INDEX.to_owned();
    let mut groups: Vec<(String, Vec<&Rule>)> = Vec::new();
    for rule in rules::all() {
        let path = Path::new(paths.get(rule.id).expect("a page at its place"));
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
        let group = folder.to_string_lossy().into_owned();
        match groups.last_mut().filter(|(name, _)| *name == group) {
            Some((_, rules)) => rules.push(rule),
            None => groups.push((group, vec![rule])),
        }
    }
    for (group, rules) in groups {
        let _ = write!(page, "\n## {group}\n\n{}", table(&rules, "../"));
    }
    compare("docs/rules.md", &page);
}

#[test]
fn the_output_of_every_command_in_the_documentation_is_real() {
    let _turn = turn();
    let mut blocks = 0;
    for path in pages() {
        let page = text(&path);
        blocks += page.matches("```console\n").count();
        compare(&path, &with_outputs(&page));
    }
    assert!(blocks >= 2, "{blocks} blocks");
}

#[test]
fn the_webhook_answers_as_its_page_says() {
    let _turn = turn();
    let page = with(&text("docs/webhook.md"), "warned", &answer(&[]));
    let denied = answer(&["target-port-not-declared"]);
    compare("docs/webhook.md", &with(&page, "denied", &denied));
}

#[test]
fn every_link_in_the_documentation_leads_somewhere() {
    let mut dead = Vec::new();
    for path in pages() {
        let page = text(&path);
        let folder = path.parent().unwrap_or(root());
        for link in page.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") && !folder.join(target).exists() {
                dead.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}
