//! Which file of settings counts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};

use super::Globals;
use crate::config::{FILE_NAME, File};

/// The settings of the file that was named, or else of the one beside the inputs.
pub(super) fn settings(
    named: Option<&Path>,
    inputs: &[&Path],
    globals: &Globals,
) -> anyhow::Result<File> {
    let found = match named {
        Some(path) => Some(path.to_owned()),
        None => beside(inputs)?,
    };
    let Some(path) = found else {
        return Ok(File::default());
    };
    globals.say_more(1, format_args!("settings of {}", path.display()));
    read(&path)
}

/// Reads a file of settings.
pub(super) fn read(path: &Path) -> anyhow::Result<File> {
    let name = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    File::parse(&text).map_err(|error| anyhow!("{name}:{error}"))
}

/// The one file in the folders of the inputs, or above them up to the root of their repository.
fn beside(inputs: &[&Path]) -> anyhow::Result<Option<PathBuf>> {
    let here = Path::new(".");
    let files = inputs.iter().filter(|path| **path != Path::new("-"));
    let mut folders: BTreeSet<&Path> = files
        .map(|path| match path.parent() {
            _ if path.is_dir() => path,
            Some(parent) if parent != Path::new("") => parent,
            _ => here,
        })
        .collect();
    if folders.is_empty() {
        folders.insert(here);
    }
    let found: BTreeSet<PathBuf> = folders.into_iter().filter_map(above).collect();
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(one), Some(other)) => bail!(
            "the inputs have different settings, {} and {}; name one with --config",
            one.display(),
            other.display()
        ),
        (one, _) => Ok(one),
    }
}

/// The nearest file in a folder or above it. Outside of a repository nothing above a folder
/// belongs to it.
fn above(folder: &Path) -> Option<PathBuf> {
    let folder = fs::canonicalize(folder).ok()?;
    let ancestors: Vec<&Path> = folder.ancestors().collect();
    let root = ancestors.iter().position(|it| it.join(".git").exists());
    let within = ancestors.into_iter().take(root.unwrap_or(0) + 1);
    let file = within
        .map(|it| it.join(FILE_NAME))
        .find(|file| file.is_file())?;
    let here = std::env::current_dir().and_then(fs::canonicalize);
    let short = here
        .ok()
        .and_then(|here| Some(file.strip_prefix(here).ok()?.to_owned()));
    Some(short.unwrap_or(file))
}
