//! The command line as a process: what it prints where, and with which exit code.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod exemptions;
mod settings;
mod snapshot;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const GOOD: &str = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
const TWICE: &str = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  name: b\n";
const BROKEN: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: \"open\n";
const OTHER: &str = "just: data\n";

fn portcullis(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(args).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The exit code, standard output and standard error of a run in a folder.
fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    parts(&portcullis(args).current_dir(folder).output().unwrap())
}

fn piped(input: &str, args: &[&str]) -> (i32, String, String) {
    let mut command = portcullis(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    parts(&child.wait_with_output().unwrap())
}

fn parts(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code().unwrap();
    (code, text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_clean_set_is_one_line_and_exit_0() {
    let here = folder(&[("a.yaml", GOOD)]);
    let (code, out, err) = run(here.path(), &["check", "."]);
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (0, "no findings in 1 object (1 file)\n", "")
    );
}

#[test]
fn what_is_found_is_shown_at_its_line_and_exit_1() {
    let here = folder(&[("a.yaml", TWICE)]);
    let (code, out, err) = run(here.path(), &["check", "a.yaml"]);
    assert_eq!((code, err.as_str()), (1, ""));
    assert!(
        out.starts_with("warning[manifest-duplicate-key]: "),
        "{out}"
    );
    assert!(out.contains("--> a.yaml:"), "{out}");
    assert!(
        out.ends_with("\n\n1 warning in 1 object (1 file)\n"),
        "{out}"
    );
}

#[test]
fn the_exit_code_follows_fail_on_and_not_what_is_shown() {
    let here = folder(&[("a.yaml", TWICE)]);
    let code = |args: &[&str]| run(here.path(), &[&["check", "a.yaml"], args].concat()).0;
    assert_eq!(code(&["--fail-on", "notice"]), 1);
    assert_eq!(code(&["--fail-on", "error"]), 0);
    assert_eq!(code(&["--fail-on", "never"]), 0);
    assert_eq!(code(&["--show", "error"]), 1);
    assert_eq!(code(&["-q"]), 1);
    assert_eq!(code(&["-o", "json", "--fail-on", "error"]), 0);
}

#[test]
fn an_unreadable_document_among_others_is_a_finding_and_alone_is_exit_2() {
    let here = folder(&[("a.yaml", GOOD), ("b.yaml", BROKEN)]);
    let (code, out, _) = run(here.path(), &["check"]);
    assert_eq!(code, 1);
    assert!(out.contains("error[manifest-unreadable]"), "{out}");
    let (code, out, _) = run(here.path(), &["check", "b.yaml"]);
    assert_eq!(code, 2);
    assert!(out.contains("error[manifest-unreadable]"), "{out}");
}

#[test]
fn input_without_an_object_is_exit_0_with_a_line_on_stderr() {
    let here = folder(&[("a.yaml", OTHER)]);
    let (code, _, err) = run(here.path(), &["check", "a.yaml"]);
    assert_eq!(
        (code, err.as_str()),
        (0, "no Kubernetes object in the input\n")
    );
    let (code, _, err) = run(here.path(), &["check", "a.yaml", "-q"]);
    assert_eq!((code, err.as_str()), (0, ""));
}

#[test]
fn what_cannot_be_done_is_exit_2_with_the_reason_on_stderr() {
    let here = folder(&[("a.yaml", GOOD)]);
    for args in [
        &["check", "nowhere.yaml"][..],
        &["check", "--rule", "no-such-rule", "a.yaml"],
        &["check", "--skip", "no-such-rule", "a.yaml"],
        &["check", "--show", "loud", "a.yaml"],
        &["check", "--no-such-flag"],
        &["explain", "no-such-rule"],
        &["man", "no-such-command"],
        &["no-such-command"],
        &[],
    ] {
        let (code, out, err) = run(here.path(), args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(!err.is_empty(), "{args:?}");
    }
}

#[test]
fn stdin_is_read_where_it_is_asked_for_or_piped_in() {
    for args in [&["check", "-"][..], &["check"], &["check", "-f", "-"]] {
        let (code, out, err) = piped(TWICE, args);
        assert_eq!(code, 1, "{args:?}: {err}");
        assert!(out.contains("--> <stdin>:"), "{out}");
    }
    let here = folder(&[("a.yaml", TWICE), ("other.txt", GOOD)]);
    let mut command = portcullis(&["check"]);
    command.stdin(File::open(here.path().join("other.txt")).unwrap());
    let (code, out, _) = parts(&command.output().unwrap());
    assert_eq!(
        (code, out.as_str()),
        (0, "no findings in 1 object (1 file)\n")
    );
}

#[test]
fn without_path_and_pipe_the_current_folder_is_read() {
    let here = folder(&[("a.yaml", TWICE)]);
    let (code, out, _) = run(here.path(), &["check"]);
    assert_eq!(code, 1);
    assert!(out.contains("--> a.yaml:"), "{out}");
}

#[test]
fn json_is_the_same_whatever_the_order_of_the_paths() {
    let here = folder(&[("a.yaml", TWICE), ("b.yaml", BROKEN), ("c.yaml", GOOD)]);
    let json = |args: &[&str]| run(here.path(), &[&["check", "-o", "json"], args].concat());
    let (code, out, err) = json(&["a.yaml", "-f", "b.yaml", "c.yaml"]);
    assert_eq!((code, err.as_str()), (1, ""));
    assert_eq!(out, json(&["-f", "c.yaml", "b.yaml", "a.yaml"]).1);
    let parsed: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(parsed["version"], 1);
    assert_eq!(parsed["summary"]["errors"], 1);
    assert_eq!(parsed["summary"]["warnings"], 1);
    let rules: Vec<&str> = parsed["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["manifest-duplicate-key", "manifest-unreadable"]);
    assert_eq!(parsed["findings"][1]["location"]["file"], "b.yaml");
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let here = folder(&[("a.yaml", TWICE)]);
    let coloured = |args: &[&str]| run(here.path(), args).1.contains('\u{1b}');
    assert!(!coloured(&["check"]));
    assert!(!coloured(&["check", "--color", "never"]));
    assert!(coloured(&["check", "--color", "always"]));
}

#[test]
fn a_reader_that_goes_away_costs_neither_words_nor_the_exit_code() {
    let here = folder(&[("a.yaml", TWICE)]);
    let mut command = portcullis(&["check", "a.yaml"]);
    command
        .current_dir(here.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let (code, _, err) = parts(&child.wait_with_output().unwrap());
    assert_eq!((code, err.as_str()), (1, ""));
}

#[test]
fn completions_and_the_manual_are_printed() {
    let here = folder(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, out, _) = run(here.path(), &["completions", shell]);
        assert_eq!(code, 0, "{shell}");
        assert!(out.contains("explain"), "{shell}");
    }
    let (code, out, _) = run(here.path(), &["man"]);
    assert!(code == 0 && out.contains(".TH portcullis 1"), "{out}");
    let (code, out, _) = run(here.path(), &["man", "check"]);
    assert!(code == 0 && out.contains(".TH portcullis-check 1"), "{out}");
    assert!(out.contains("fail"), "{out}");
}

#[test]
fn the_index_names_every_rule() {
    let here = folder(&[]);
    let (code, out, _) = run(here.path(), &["explain", "-o", "json"]);
    let index: Vec<serde_json::Value> = serde_json::from_str(&out).unwrap();
    let named: Vec<&str> = index.iter().filter_map(|it| it["rule"].as_str()).collect();
    let rules: Vec<&str> = portcullis::rules::all()
        .iter()
        .map(|rule| rule.id)
        .collect();
    assert_eq!((code, named), (0, rules));
    for (rule, entry) in portcullis::rules::all().iter().zip(&index) {
        let summary = entry["summary"].as_str().unwrap();
        assert_eq!(
            summary.is_empty(),
            rule.page.trim().is_empty(),
            "{}",
            rule.id
        );
    }
    for rule in portcullis::rules::all() {
        assert_eq!(run(here.path(), &["explain", rule.id]).1, rule.page);
    }
}

#[test]
fn the_documented_help_is_the_help() {
    let mut program = portcullis::cli::command()
        .term_width(100)
        .disable_help_subcommand(true);
    program.build();
    let mut page = String::from(
        "# The command line\n\nMade of the program's own help by `UPDATE=1 cargo test --test cli`.\n",
    );
    let mut add = |name: &str, command: &mut clap::Command| {
        let help = command.render_long_help().to_string();
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        let help = lines.join("\n");
        let _ = write!(page, "\n## {name}\n\n```text\n{}\n```\n", help.trim());
    };
    add("portcullis", &mut program);
    for command in program.get_subcommands_mut() {
        add(&format!("portcullis {}", command.get_name()), command);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/cli.md is out of date: UPDATE=1 cargo test --test cli"
    );
}
