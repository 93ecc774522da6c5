//! `portcullis snapshot`: what the rules read of a cluster, in one file.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use super::live::Reach;
use super::{Globals, exit};
use crate::snapshot::Gathering;

/// Save what the rules read of a cluster to one file
///
/// The file is an ordinary v1 List in JSON, an object a line, for `check --snapshot`,
/// `audit --snapshot` and bug reports. It holds no Secret, and the values of a `ConfigMap` only where
/// a pod refers to it; environment variables and arguments of pods stay as they are written.
/// An annotation of the List says what it holds completely.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis snapshot cluster.json
  portcullis snapshot -n shop > shop.json
  portcullis check --snapshot cluster.json deploy/

Exit codes: 0 saved, 2 the cluster could not be read or the file not be written.")]
pub struct Args {
    /// The file to write; without it, standard output
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Of kinds that live in namespaces, only what is in this one
    #[arg(short, long, value_name = "NS", conflicts_with = "all_namespaces")]
    namespace: Option<String>,
    /// What is in every namespace, as without --namespace
    #[arg(short = 'A', long)]
    all_namespaces: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Saves the cluster.
pub fn run(args: &Args, globals: &Globals) -> anyhow::Result<ExitCode> {
    let mut gathering = Gathering::default();
    let wanted = args.namespace.as_deref();
    let live = args.reach.load(wanted, globals, |source, wire| {
        let namespace = wire.metadata.namespace.as_deref();
        if wanted.is_none() || namespace.is_none() || namespace == wanted {
            gathering.add(&source.api_version(), &source.name, wire.text.get());
        }
    })?;
    let claim = match wanted {
        Some(namespace) => live.claim.only_in(namespace),
        None => live.claim,
    };
    if let Some(path) = &args.file {
        to_file(path, |out| gathering.write(out, &claim, &live.store))?;
    } else {
        let mut out = globals.stdout();
        gathering.write(&mut out, &claim, &live.store)?;
        out.flush()?;
    }
    globals.say(format_args!("saved {} objects", gathering.len()));
    Ok(exit::CLEAN.into())
}

/// Writes a file that is there whole or not at all.
fn to_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let mut out = BufWriter::new(File::create(&part).with_context(failed)?);
    let done = write(&mut out).and_then(|()| out.flush());
    let done = done.and_then(|()| fs::rename(&part, path));
    if done.is_err() {
        // The reason that counts is that of the failed write.
        let _ = fs::remove_file(&part);
    }
    done.with_context(failed)
}
