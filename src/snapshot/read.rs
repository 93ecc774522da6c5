//! Reads a snapshot: the JSON that `portcullis snapshot` writes, or any List that kubectl prints.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeSeed;

use super::list::{Document, Rest};
use super::loading::Loading;
use super::{ANNOTATION, Claim};
use crate::cluster::Store;
use crate::text::{self, Node};

/// The largest snapshot in YAML, which is read whole; JSON may be of any size.
const MOST_YAML: u64 = 256 << 20;

/// A cluster as it was saved.
#[derive(Debug)]
pub struct Snapshot {
    /// Everything in it.
    pub store: Store,
    /// How many objects it holds, those that no rule reads among them.
    pub objects: usize,
    /// What is wrong with each of those that could not be read.
    pub unreadable: Vec<String>,
    /// What it claims to hold completely; `None` where it claims nothing.
    pub claim: Option<Claim>,
}

/// Why a snapshot cannot be worked with.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file is not there or cannot be read.
    #[error("cannot be read")]
    File(#[from] io::Error),
    /// It is broken JSON.
    #[error("is broken")]
    Json(#[from] serde_json::Error),
    /// It is broken YAML.
    #[error("is broken in line {line}: {message}")]
    Yaml {
        /// The line.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// It is too large for what it is.
    #[error("is YAML of more than {} MiB; save it as JSON", MOST_YAML >> 20)]
    TooLarge,
    /// It says how much it holds in a way that is not understood.
    #[error("has an annotation {ANNOTATION} that cannot be read")]
    Claim(#[source] serde_json::Error),
    /// It holds no object.
    #[error("holds no Kubernetes object")]
    Empty,
}

/// Reads a snapshot. `progress` is told how many of how many bytes are read.
///
/// # Errors
/// Where the file cannot be read as a whole; objects that cannot be read are listed instead.
pub fn read(path: &Path, progress: impl FnMut(u64, u64)) -> Result<Snapshot, SnapshotError> {
    let file = File::open(path)?;
    let total = file.metadata()?.len();
    let counted = Counted {
        of: file,
        done: 0,
        total,
        progress,
    };
    let mut reader = BufReader::with_capacity(256 << 10, counted);
    let mut loading = Loading::default();
    if is_json(&mut reader)? {
        json(reader, &mut loading)?;
    } else {
        yaml(reader, &mut loading)?;
    }
    let (store, objects, unreadable, claim) = loading.done();
    if objects == unreadable.len() && claim.is_none() {
        return Err(SnapshotError::Empty);
    }
    Ok(Snapshot {
        store,
        objects,
        unreadable,
        claim,
    })
}

/// Whether the text starts with a JSON object.
fn is_json(reader: &mut impl io::BufRead) -> io::Result<bool> {
    let start = reader.fill_buf()?.trim_ascii_start();
    Ok(start.first() == Some(&b'{'))
}

/// One JSON document after the other.
fn json(reader: impl Read, loading: &mut Loading) -> Result<(), SnapshotError> {
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    while deserializer.end().is_err() {
        let rest = Document(loading).deserialize(&mut deserializer)?;
        if rest.had_items {
            if let Some(claim) = claim_of(&rest) {
                loading.claim(Claim::parse(&claim).map_err(SnapshotError::Claim)?);
            }
        } else {
            super::list::Items::item(loading, rest.whole()?, None);
        }
    }
    Ok(())
}

fn claim_of(rest: &Rest) -> Option<String> {
    #[derive(Deserialize)]
    struct Metadata {
        annotations: std::collections::BTreeMap<String, String>,
    }
    let (_, metadata) = rest.fields.iter().find(|(key, _)| key == "metadata")?;
    let metadata: Metadata = serde_json::from_str(metadata.get()).ok()?;
    metadata.annotations.get(ANNOTATION).cloned()
}

fn yaml(reader: impl Read, loading: &mut Loading) -> Result<(), SnapshotError> {
    let mut text = String::new();
    let length = reader.take(MOST_YAML + 1).read_to_string(&mut text)?;
    if length as u64 > MOST_YAML {
        return Err(SnapshotError::TooLarge);
    }
    for chunk in text::chunks(&text).filter(|chunk| !chunk.is_blank()) {
        let document = text::parse(&chunk).map_err(|error| SnapshotError::Yaml {
            line: text::position(&text, error.span.range().start).line,
            message: error.message,
        })?;
        yaml_document(&document.root, loading)?;
    }
    Ok(())
}

fn yaml_document(root: &Node<'_>, loading: &mut Loading) -> Result<(), SnapshotError> {
    let text = |key| root.get(key).and_then(Node::as_str);
    let Some(of) = text("kind").and_then(|kind| kind.strip_suffix("List")) else {
        loading.node(root, None);
        return Ok(());
    };
    let of_items = text("apiVersion").zip(Some(of).filter(|of| !of.is_empty()));
    for item in root.get("items").and_then(Node::as_seq).unwrap_or_default() {
        loading.node(item, of_items);
    }
    let annotations = root.get("metadata").and_then(|it| it.get("annotations"));
    if let Some(claim) = annotations
        .and_then(|it| it.get(ANNOTATION))
        .and_then(Node::as_str)
    {
        loading.claim(Claim::parse(claim).map_err(SnapshotError::Claim)?);
    }
    Ok(())
}

/// Counts the bytes that are read.
struct Counted<R, P> {
    of: R,
    done: u64,
    total: u64,
    progress: P,
}

impl<R: Read, P: FnMut(u64, u64)> Read for Counted<R, P> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.of.read(buffer)?;
        self.done += length as u64;
        (self.progress)(self.done, self.total);
        Ok(length)
    }
}
