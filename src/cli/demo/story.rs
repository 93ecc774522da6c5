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

/// One mistake: the files that make it, and those that mend it.
#[derive(Debug)]
pub(super) struct Chapter {
    /// The wrong ones first.
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

/// Every mistake of the examples: files whose names begin with the same number belong together,
/// and are mended together.
pub(super) fn chapters() -> anyhow::Result<Vec<Chapter>> {
    let good = files(&GOOD);
    let mut chapters: BTreeMap<&str, (Vec<File>, Vec<File>)> = BTreeMap::new();
    for (name, wrong) in files(&DEPLOYS) {
        let mended = good
            .get(name)
            .with_context(|| format!("examples/good lacks {name}"))?;
        let (number, _) = name.split_once('-').unwrap_or((name, ""));
        let chapter = chapters.entry(number).or_default();
        chapter.0.push(file("deploys", name, wrong)?);
        chapter.1.push(file("good", name, mended)?);
    }
    let chapters = chapters.into_values();
    Ok(chapters
        .map(|(wrong, mended)| Chapter {
            files: wrong.into_iter().chain(mended).collect(),
        })
        .collect())
}

/// The objects of the example cluster, as they were applied.
pub(super) fn applied() -> anyhow::Result<Vec<Value>> {
    let files = files(&CLUSTER)
        .into_iter()
        .map(|(name, text)| file("cluster", name, text));
    Ok(files
        .collect::<anyhow::Result<Vec<_>>>()?
        .into_iter()
        .flat_map(|file| file.manifests)
        .collect())
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
