//! Whole sets of manifests in folders of their own.

mod documents;
mod duplicates;
mod inputs;
mod kustomize;
mod lists;
mod positions;
mod templates;

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{Inputs, Set, read};

/// A folder of manifests that is gone when it is dropped.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        folder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Reads the whole folder.
    fn read(&self) -> Set {
        self.read_paths(&[""])
    }

    fn read_paths(&self, names: &[&str]) -> Set {
        self.read_with(names, |_| {})
    }

    fn read_with(&self, names: &[&str], change: impl Fn(&mut Inputs)) -> Set {
        let mut inputs = Inputs {
            paths: names.iter().map(|name| self.path(name)).collect(),
            ..Inputs::default()
        };
        change(&mut inputs);
        read(&inputs, |_, _| {}).unwrap()
    }
}

/// Reads one text as if it came through a pipe.
fn piped(text: &str) -> Set {
    let inputs = Inputs {
        stdin: Some(text.into()),
        ..Inputs::default()
    };
    read(&inputs, |_, _| {}).unwrap()
}

/// A Service in YAML.
fn service(name: &str, selector: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  \
         selector: {{app: {selector}}}\n  ports: [{{port: 80}}]\n"
    )
}

/// What the objects of a set are, in order.
fn names(set: &Set) -> Vec<String> {
    set.objects()
        .map(|(object, _)| object.meta.to_string())
        .collect()
}

/// The rules and messages of a set's findings, in order.
fn told(set: &Set) -> Vec<String> {
    set.findings()
        .iter()
        .map(|(report, _)| format!("{}: {}", report.rule, report.finding.message))
        .collect()
}
