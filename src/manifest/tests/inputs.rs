//! Which files are read, each once, in any order.

use super::{Folder, names, piped, service, told};
use crate::manifest::{InputError, Inputs, UNREADABLE, read};

#[test]
fn folders_are_walked_for_manifests_and_hidden_and_ignored_files_are_left_out() {
    let folder = Folder::new(&[
        ("a.yaml", &service("a", "x")),
        ("sub/b.yml", &service("b", "x")),
        (
            "sub/c.json",
            r#"{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "c"}}"#,
        ),
        ("notes.txt", &service("text", "x")),
        (".hidden.yaml", &service("hidden", "x")),
        ("out/d.yaml", &service("ignored", "x")),
        (".gitignore", "out/\n"),
    ]);
    assert_eq!(
        names(&folder.read()),
        ["Service a", "Service b", "Namespace c"]
    );
    let all = folder.read_with(&[""], |inputs| inputs.no_ignore = true);
    assert_eq!(
        names(&all),
        [
            "Service hidden",
            "Service a",
            "Service ignored",
            "Service b",
            "Namespace c"
        ]
    );
}

#[test]
fn a_file_that_is_named_is_read_whatever_it_is_called() {
    let folder = Folder::new(&[("notes.txt", &service("a", "x"))]);
    assert_eq!(names(&folder.read_paths(&["notes.txt"])), ["Service a"]);
}

#[test]
fn a_file_given_twice_is_read_once() {
    let folder = Folder::new(&[("sub/a.yaml", &service("a", "x"))]);
    let set = folder.read_paths(&["", "sub", "sub/a.yaml", "sub/../sub/a.yaml"]);
    assert_eq!(names(&set), ["Service a"]);
    assert_eq!(set.counts().files, 1);
    assert!(told(&set).is_empty());
}

#[test]
fn the_order_of_paths_changes_nothing() {
    let folder = Folder::new(&[
        ("a.yaml", &service("same", "x")),
        ("b.yaml", &service("same", "z")),
        ("c/a.yaml", &service("c", "z")),
        (
            "d.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: d}\nspec: [",
        ),
    ]);
    let one = folder.read_paths(&["a.yaml", "b.yaml", "c", "d.yaml"]);
    let other = folder.read_paths(&["d.yaml", "c", "", "b.yaml", "a.yaml"]);
    assert_eq!(names(&one), names(&other));
    assert_eq!(told(&one), told(&other));
    assert_eq!(told(&one).len(), 2, "{:?}", told(&one));
}

#[test]
fn a_path_that_leads_nowhere_is_an_error_that_names_it() {
    let inputs = Inputs {
        paths: vec!["no/such/path".into()],
        ..Inputs::default()
    };
    let error = read(&inputs, |_, _| {}).unwrap_err();
    assert!(matches!(error, InputError::Path { .. }));
    // With its cause, which stands once: `cannot read no/such/path: No such file or directory`.
    assert_eq!(error.to_string(), "cannot read no/such/path");
    assert!(std::error::Error::source(&error).is_some());
}

#[cfg(unix)]
#[test]
fn links_to_files_are_followed_and_loops_of_folders_end() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new(&[("sub/a.yaml", &service("a", "x"))]);
    symlink(folder.path("sub"), folder.path("sub/loop")).unwrap();
    symlink(folder.path("sub/a.yaml"), folder.path("again.yaml")).unwrap();
    symlink(folder.path("nowhere"), folder.path("broken.yaml")).unwrap();
    let set = folder.read();
    assert_eq!(names(&set), ["Service a"]);
    assert!(told(&set).is_empty());
}

#[test]
fn bytes_that_are_no_text_are_told_where_they_stand() {
    let folder = Folder::new(&[]);
    folder.write("a.yaml", b"apiVersion: v1\nkind: \xff\n");
    folder.write("b.yaml", b"title: \xff\n");
    let set = folder.read();
    assert_eq!(told(&set), ["manifest-unreadable: is not UTF-8 text"]);
    let (report, place) = &set.findings()[0];
    let location = set.locate(*place, &report.finding.field);
    assert_eq!((location.line, location.column), (2, 7));
    assert!(set.nothing_readable());
    assert_eq!(set.gaps().len(), 1);
}

#[test]
fn a_pipe_is_read_and_named_as_one() {
    let set = piped(&format!("{}---\n{}", service("a", "x"), "kind: [\n"));
    assert_eq!(names(&set), ["Service a"]);
    let (report, place) = &set.findings()[0];
    assert_eq!(report.rule, UNREADABLE);
    assert_eq!(set.locate(*place, &report.finding.field).file, "<stdin>");
    assert!(!set.nothing_readable());
}

#[test]
fn progress_counts_every_file_once() {
    let folder = Folder::new(&[("a.yaml", ""), ("b.yaml", ""), ("c.yaml", "")]);
    let inputs = Inputs {
        paths: vec![folder.path("")],
        ..Inputs::default()
    };
    let seen = std::sync::Mutex::new(Vec::new());
    let note = |done, total| seen.lock().unwrap().push((done, total));
    read(&inputs, note).unwrap();
    let mut seen = seen.into_inner().unwrap();
    seen.sort_unstable();
    assert_eq!(seen, [(1, 3), (2, 3), (3, 3)]);
}

#[test]
fn a_namespace_given_for_all_is_that_of_namespaced_objects_without_one() {
    let folder = Folder::new(&[(
        "a.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n---\n\
         apiVersion: v1\nkind: Service\nmetadata: {name: b, namespace: own}\n\
         spec: {ports: [{port: 80}]}\n---\n\
         apiVersion: v1\nkind: Namespace\nmetadata: {name: c}\n---\n\
         apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: d}\n",
    )]);
    let set = folder.read_with(&[""], |inputs| inputs.namespace = Some("shop".into()));
    assert_eq!(
        names(&set),
        [
            "Service shop/a",
            "Service own/b",
            "Namespace c",
            "Thing shop/d"
        ]
    );
    assert_eq!(set.gaps()[0].namespace.as_deref(), Some("shop"));
    let without = folder.read();
    assert_eq!(names(&without)[0], "Service a");
    assert_eq!(without.gaps()[0].namespace, None);
}
