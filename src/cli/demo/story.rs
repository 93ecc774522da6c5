//! The story of the demo: the examples, built into the binary so that an installed one has them.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow};
use include_dir::{Dir, include_dir};
use serde_json::Value;

use crate::cluster::Store;
use crate::manifest::{self, Inputs};
use crate::{review, text};

static CLUSTER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/examples/cluster");
static DEPLOYS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/examples/deploys");
static GOOD: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/examples/good");

/// One mistake: a file that makes it, and the one that mends it.
#[derive(Debug)]
pub(super) struct Chapter {
    /// The wrong one first.
    pub(super) files: Vec<File>,
}

/// One file of manifests.
#[derive(Debug)]
pub(super) struct File {
    /// Where it lies in the repository.
    pub(super) path: String,
    /// What its first line says of it.
    pub(super) comment: Option<String>,
    /// Its objects, in order.
    pub(super) manifests: Vec<Value>,
}

/// The example cluster.
pub(super) fn cluster() -> anyhow::Result<Store> {
    let texts: Vec<&str> = files(&CLUSTER).into_values().collect();
    let stdin = Some(texts.join("\n---\n").into_bytes());
    let set = manifest::read(
        &Inputs {
            stdin,
            ..Inputs::default()
        },
        |_, _| {},
    )?;
    Ok(review::cluster_of(&set))
}

/// Every mistake of the examples, in the order of their names.
pub(super) fn chapters() -> anyhow::Result<Vec<Chapter>> {
    let good = files(&GOOD);
    files(&DEPLOYS)
        .into_iter()
        .map(|(name, wrong)| {
            let mended = good
                .get(name)
                .with_context(|| format!("examples/good lacks {name}"))?;
            let files = [("deploys", wrong), ("good", *mended)];
            let files = files
                .into_iter()
                .map(|(folder, text)| file(folder, name, text));
            Ok(Chapter {
                files: files.collect::<anyhow::Result<_>>()?,
            })
        })
        .collect()
}

/// The files of a folder, by name.
fn files(folder: &'static Dir<'static>) -> BTreeMap<&'static str, &'static str> {
    let files = folder
        .files()
        .filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?)));
    files.collect()
}

fn file(folder: &str, name: &str, content: &str) -> anyhow::Result<File> {
    let path = format!("examples/{folder}/{name}");
    let manifests = text::chunks(content)
        .filter(|chunk| !chunk.is_blank())
        .map(|chunk| {
            let document = text::parse(&chunk)?;
            text::from_node(&document.root)
        })
        .collect::<Result<_, _>>()
        .map_err(|error: text::TextError| anyhow!("{path}: {error}"))?;
    let comment = content
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("# "));
    Ok(File {
        path,
        comment: comment.map(Into::into),
        manifests,
    })
}
