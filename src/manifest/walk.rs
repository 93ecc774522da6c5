//! From paths to the files to read, each once, in an order that does not depend on that of the
//! paths.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;

use super::inputs::{InputError, Inputs};

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The path that people are shown: as given, or as found below a folder that was given.
    pub name: String,
    /// The path without links, which tells whether two names are one file.
    pub path: PathBuf,
    /// Whether it was named, rather than found in a folder.
    pub named: bool,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The files to read, by name.
    pub files: Vec<Entry>,
    /// Folders and files that could not be entered, and why.
    pub barred: Vec<(String, String)>,
}

/// Finds every file to read.
pub(super) fn walk(inputs: &Inputs) -> Result<Walked, InputError> {
    let mut found: BTreeMap<PathBuf, Entry> = BTreeMap::new();
    let mut barred = Vec::new();
    for path in &inputs.paths {
        let failed = |source| InputError::Path {
            path: path.display().to_string(),
            source,
        };
        if fs::metadata(path).map_err(failed)?.is_dir() {
            fs::read_dir(path).map_err(failed)?;
            folder(path, inputs.no_ignore, &mut found, &mut barred);
        } else {
            add(&mut found, path, true);
        }
    }
    let whole = |path: &PathBuf| fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let except: Vec<PathBuf> = inputs.except.iter().map(whole).collect();
    let read = |entry: &Entry| !except.iter().any(|it| entry.path.starts_with(it));
    let mut files: Vec<Entry> = found.into_values().filter(read).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    barred.sort();
    barred.dedup();
    Ok(Walked { files, barred })
}

fn folder(
    root: &Path,
    no_ignore: bool,
    found: &mut BTreeMap<PathBuf, Entry>,
    barred: &mut Vec<(String, String)>,
) {
    let respected = !no_ignore;
    let mut walker = WalkBuilder::new(root);
    // Only what lies in the tree decides what is read, so that every machine reads the same.
    walker
        .hidden(respected)
        .parents(respected)
        .git_ignore(respected)
        .git_exclude(respected)
        .git_global(false)
        .ignore(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git");
    for entry in walker.build() {
        match entry {
            // Links to files are followed, links to folders are not: no loop can form.
            Ok(entry) if is_manifest(entry.path()) && is_read(entry.path()) => {
                add(found, entry.path(), false);
            }
            Ok(_) => {}
            Err(error) => {
                if let Some(bar) = bar(&error) {
                    barred.push(bar);
                }
            }
        }
    }
}

fn add(found: &mut BTreeMap<PathBuf, Entry>, path: &Path, named: bool) {
    let name = shown(path);
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    match found.get_mut(&path) {
        // Of several names the same one wins in any order of the paths.
        Some(entry) => {
            entry.named |= named;
            if name < entry.name {
                entry.name = name;
            }
        }
        None => {
            found.insert(path.clone(), Entry { name, path, named });
        }
    }
}

/// A folder or file that could not be entered and why; `None` for a broken `.gitignore` line.
fn bar(error: &ignore::Error) -> Option<(String, String)> {
    match error {
        ignore::Error::WithPath { path, err } => {
            let reason = err.io_error()?;
            Some((shown(path), reason.to_string()))
        }
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            bar(err)
        }
        _ => None,
    }
}

/// Whether a file in a folder is read: by its extension, or as a kustomization.
fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    extension.is_some_and(|it| matches!(it, "yaml" | "yml" | "json"))
        || path.file_name().is_some_and(|it| it == "Kustomization")
}

/// Whether a file in a folder holds objects, and not what a test of kuttl or chainsaw expects of
/// them: `00-assert.yaml`, `01-errors.yaml`.
fn is_read(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|it| it.to_str());
    let mut words = stem.into_iter().flat_map(|it| it.split(['-', '_', '.']));
    path.is_file() && !words.any(|word| matches!(word, "assert" | "asserts" | "errors"))
}

/// The path without `./` in front, which walking the current folder would put everywhere.
fn shown(path: &Path) -> String {
    let short: PathBuf = path
        .components()
        .filter(|part| *part != Component::CurDir)
        .collect();
    short.display().to_string()
}
