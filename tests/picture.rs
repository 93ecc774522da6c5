//! The pictures of the documentation are of real runs: `UPDATE=1 cargo test --test picture`, or
//! `make picture`, takes them again.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anstyle::RgbColor;
use anstyle_svg::{Term, WIN10_CONSOLE};

/// How many characters a line of a picture has room for.
const WIDTH: usize = 104;

/// The mistakes of the demo that its picture shows: it is too long as a whole.
const SHOWN: [&str; 4] = [
    "examples/deploys/1-selector-typo.yaml",
    "examples/good/1-selector-typo.yaml",
    "examples/deploys/4-port-number.yaml",
    "examples/deploys/5-default-deny.yaml",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a command line prints on a terminal, itself included.
fn screen(args: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(args.split(' '))
        .args(["--color", "always"])
        .current_dir(root())
        .env_remove("NO_COLOR")
        .output()
        .expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("the output is text");
    format!("$ portcullis {args}\n{text}")
}

/// The demo without the mistakes that are left out, and without what no two runs have in common:
/// the port in its first paragraph and the times in its last.
fn demo() -> String {
    let screen = screen("demo");
    let mut shown = vec!["$ portcullis demo"];
    for paragraph in screen.split("\n\n") {
        if SHOWN.iter().any(|file| paragraph.contains(file)) {
            shown.push(paragraph.trim_end());
        }
    }
    shown.push("…");
    shown.join("\n\n")
}

/// Lines that a terminal would wrap, wrapped between words.
fn wrapped(screen: &str) -> String {
    let lines = screen.lines().map(|line| {
        let mut column = 0;
        let mut out = String::new();
        for word in line.split_inclusive(' ') {
            let width = anstream::adapter::strip_str(word)
                .to_string()
                .chars()
                .count();
            if column > 0 && column + width > WIDTH {
                out.push_str("\n  ");
                column = 2;
            }
            out.push_str(word);
            column += width;
        }
        out
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Fails where a picture is not what a run looks like now.
fn compare(name: &str, screen: &str) {
    let picture = Term::new()
        .palette(WIN10_CONSOLE)
        .fg_color(RgbColor(208, 215, 222).into())
        .bg_color(RgbColor(13, 17, 23).into())
        .render_svg(&wrapped(screen));
    let path: PathBuf = root().join("docs").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &picture).expect("the picture is writable");
    }
    let taken = fs::read_to_string(&path).unwrap_or_default();
    assert!(taken == picture, "docs/{name} is out of date: make picture");
}

#[test]
fn the_picture_of_the_demo_is_of_a_real_run() {
    let demo = demo();
    assert_eq!(demo.matches("$ kubectl").count(), SHOWN.len(), "{demo}");
    compare("demo.svg", &demo);
}

#[test]
fn the_picture_of_a_check_is_of_a_real_run() {
    let files = "examples/deploys/1-selector-typo.yaml examples/deploys/4-port-number.yaml";
    compare("check.svg", &screen(&format!("check {files}")));
}
