//! `portcullis.yaml`: where it is found, what it sets, and what it must not hold.

use std::fs;
use std::path::Path;

use crate::{folder, run};

const WRONG: &str = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  name: b\n";

/// The exit code and both streams of a check with a file of settings beside it.
fn with(settings: &str, args: &[&str]) -> (i32, String, String) {
    let here = folder(&[("a.yaml", WRONG), ("portcullis.yaml", settings)]);
    run(here.path(), &[&["check", "a.yaml"], args].concat())
}

#[test]
fn a_rule_is_switched_off_or_given_another_severity() {
    assert_eq!(with("", &[]).0, 1);
    for off in [
        "rules: {manifest-duplicate-key: off}",
        "skip: [manifest-duplicate-key]",
    ] {
        let (code, out, _) = with(off, &[]);
        assert_eq!(
            (code, out.as_str()),
            (0, "no findings in 1 object (1 file)\n"),
            "{off}"
        );
    }
    let (code, out, _) = with("rules:\n  manifest-duplicate-key: error\n", &[]);
    assert_eq!(code, 1);
    assert!(out.starts_with("error[manifest-duplicate-key]"), "{out}");
    let (code, out, _) = with("rules: {manifest-duplicate-key: notice}\nshow: notice", &[]);
    assert_eq!(code, 0);
    assert!(out.starts_with("notice[manifest-duplicate-key]"), "{out}");
    assert_eq!(with("fail-on: never", &[]).0, 0);
    assert_eq!(with("only: [service-selects-nothing]", &[]).0, 0);
}

#[test]
fn flags_win_over_the_file() {
    assert_eq!(with("fail-on: never", &["--fail-on", "warning"]).0, 1);
    let off = "rules: {manifest-duplicate-key: off}";
    assert_eq!(with(off, &["--rule", "manifest-duplicate-key"]).0, 1);
    let (_, out, _) = with("show: error", &["--show", "warning"]);
    assert!(out.starts_with("warning["), "{out}");
}

#[test]
fn what_is_not_known_is_refused_with_its_place_and_what_was_meant() {
    for (settings, error) in [
        (
            "ruels: {}",
            "portcullis.yaml:1:1: unknown field `ruels`; did you mean rules?",
        ),
        (
            "show: warning\nserve:\n  denny: []\n",
            "portcullis.yaml:3:3: unknown field `denny`; did you mean deny?",
        ),
        (
            "rules:\n  service-select-nothing: off\n",
            "portcullis.yaml:2:3: there is no rule service-select-nothing; did you mean service-selects-nothing?",
        ),
        (
            "rules: {duplicate-object: warn}",
            "portcullis.yaml:1:27: there is no severity warn; it is one of off, ",
        ),
        (
            "datapath: celium",
            "portcullis.yaml:1:11: there is no datapath celium; did you mean cilium?",
        ),
        (
            "skip: duplicate-object",
            "portcullis.yaml:1:7: expected a list",
        ),
        ("show: error\nshow: notice\n", "show stands more than once"),
        ("a: b: c", "portcullis.yaml:1:"),
    ] {
        let (code, out, err) = with(settings, &[]);
        assert_eq!((code, out.as_str()), (2, ""), "{settings}");
        assert!(err.contains(error), "{settings}: {err}");
    }
}

#[test]
fn the_file_is_found_up_to_the_root_of_the_repository() {
    let here = folder(&[("portcullis.yaml", "fail-on: never")]);
    let deep = here.path().join("repository/deploy/shop");
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("a.yaml"), WRONG).unwrap();
    let code = |at: &Path, args: &[&str]| run(at, &[&["check"], args].concat()).0;
    let repository = here.path().join("repository");
    assert_eq!(
        code(&repository, &["deploy"]),
        1,
        "outside of a repository nothing above counts"
    );
    fs::create_dir(repository.join(".git")).unwrap();
    assert_eq!(
        code(&repository, &["deploy"]),
        1,
        "what is above the repository does not count"
    );
    fs::copy(
        here.path().join("portcullis.yaml"),
        repository.join("portcullis.yaml"),
    )
    .unwrap();
    assert_eq!(code(&repository, &["deploy"]), 0);
    assert_eq!(code(&deep, &["a.yaml"]), 0);
    assert_eq!(code(here.path(), &["repository/deploy/shop/a.yaml"]), 0);
    fs::write(deep.join("portcullis.yaml"), "fail-on: warning").unwrap();
    assert_eq!(
        code(&repository, &["deploy/shop"]),
        1,
        "the nearest one counts"
    );
    let other = repository.join("portcullis.yaml");
    let named = ["deploy/shop", "--config", other.to_str().unwrap()];
    assert_eq!(code(&repository, &named), 0);
    fs::write(repository.join("b.yaml"), WRONG).unwrap();
    let (code, _, err) = run(&repository, &["check", "b.yaml", "deploy/shop"]);
    assert_eq!(code, 2);
    assert!(err.contains("the inputs have different settings"), "{err}");
}

#[test]
fn a_file_that_is_named_has_to_be_there() {
    let here = folder(&[("a.yaml", WRONG)]);
    let (code, _, err) = run(here.path(), &["check", "a.yaml", "--config", "none.yaml"]);
    assert_eq!(code, 2);
    assert!(err.contains("cannot read none.yaml"), "{err}");
}

#[test]
fn the_published_schema_is_that_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/portcullis.schema.json");
    let schema = serde_json::to_string_pretty(&portcullis::config::schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == schema,
        "docs/portcullis.schema.json is out of date: UPDATE=1 cargo test --test cli"
    );
    for word in [
        "service-selects-nothing",
        "\"off\"",
        "cilium:nodes",
        "fail-on",
        "additionalProperties\": false",
    ] {
        assert!(schema.contains(word), "{word}");
    }
}
