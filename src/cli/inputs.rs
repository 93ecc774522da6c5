//! Where manifests come from on the command line: paths, folders, the pipe.

use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Globals;
use super::progress::Progress;
use crate::manifest::{self, Inputs, Set};

/// The most that is read of a pipe.
const MOST_BYTES: u64 = 256 << 20;

/// The flags that say where manifests come from.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Inputs")]
pub(super) struct From {
    /// A file or folder to read, or - for stdin; repeatable
    #[arg(short, long, value_name = "PATH")]
    filename: Vec<PathBuf>,
    /// Read what .gitignore names and hidden files too
    #[arg(long)]
    no_ignore: bool,
    /// The namespace of namespaced objects that name none
    #[arg(short, long, value_name = "NS")]
    namespace: Option<String>,
}

impl From {
    /// The namespace of what names none.
    pub(super) fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Everything that is named, for what lies beside it.
    pub(super) fn paths<'p>(&'p self, paths: &'p [PathBuf]) -> Vec<&'p Path> {
        paths
            .iter()
            .chain(&self.filename)
            .map(PathBuf::as_path)
            .collect()
    }

    /// Reads `paths` and those of the flags as one set. Without any, stdin where something is
    /// piped in, and the current folder otherwise. What names no namespace is in that of the flags,
    /// or else in `context`.
    pub(super) fn read(
        &self,
        context: Option<&str>,
        paths: &[PathBuf],
        globals: &Globals,
    ) -> anyhow::Result<Set> {
        self.read_from(context, paths, &[], is_piped, globals)
    }

    /// Reads the paths of the flags but for some that may lie among them. Without any, stdin where
    /// something is piped in, and otherwise the current folder, or nothing where the inputs are
    /// laid over something that is enough.
    pub(super) fn read_but(
        &self,
        except: &[PathBuf],
        enough: bool,
        globals: &Globals,
    ) -> anyhow::Result<Set> {
        if enough && self.filename.is_empty() && !is_piped() {
            return Ok(Set::default());
        }
        self.read_from(None, &[], except, is_piped, globals)
    }

    /// Reads other paths as a set of their own.
    pub(super) fn read_others(&self, paths: &[PathBuf]) -> anyhow::Result<Set> {
        let inputs = Inputs {
            paths: paths.to_vec(),
            no_ignore: self.no_ignore,
            namespace: self.namespace.clone(),
            ..Inputs::default()
        };
        Ok(manifest::read(&inputs, |_, _| {})?)
    }

    /// Reads the paths of the flags; the pipe may be taken by something that is no manifest.
    pub(super) fn read_beside(
        &self,
        pipe_is_taken: bool,
        globals: &Globals,
    ) -> anyhow::Result<Set> {
        if pipe_is_taken && self.filename.iter().any(|path| path == Path::new("-")) {
            bail!("stdin cannot hold both the manifests and something else");
        }
        self.read_from(None, &[], &[], || !pipe_is_taken && is_piped(), globals)
    }

    /// The same, where nothing at all may be given: then it is not the current folder that is
    /// meant.
    pub(super) fn read_if_given(
        &self,
        pipe_is_taken: bool,
        globals: &Globals,
    ) -> anyhow::Result<Set> {
        if self.filename.is_empty() && (pipe_is_taken || !is_piped()) {
            return Ok(Set::default());
        }
        self.read_beside(pipe_is_taken, globals)
    }

    fn read_from(
        &self,
        context: Option<&str>,
        paths: &[PathBuf],
        except: &[PathBuf],
        is_piped: impl Fn() -> bool,
        globals: &Globals,
    ) -> anyhow::Result<Set> {
        let is_pipe = |path: &&PathBuf| path.as_path() == Path::new("-");
        let (pipes, mut paths): (Vec<&PathBuf>, Vec<&PathBuf>) =
            paths.iter().chain(&self.filename).partition(is_pipe);
        let here = PathBuf::from(".");
        let reads_pipe = !pipes.is_empty() || (paths.is_empty() && is_piped());
        if paths.is_empty() && !reads_pipe {
            paths.push(&here);
        }
        let inputs = Inputs {
            paths: paths.into_iter().cloned().collect(),
            except: except.to_vec(),
            stdin: if reads_pipe { Some(stdin()?) } else { None },
            no_ignore: self.no_ignore,
            namespace: self.namespace.as_deref().or(context).map(str::to_owned),
        };
        let progress = Progress::start("reading manifests", globals.quiet);
        let set = manifest::read(&inputs, |done, of| progress.at(done, of))?;
        drop(progress);
        tell(&set, globals);
        Ok(set)
    }
}

/// Says what was passed over, once, and that nothing was found where nothing was.
fn tell(set: &Set, globals: &Globals) {
    let counts = set.counts();
    globals.say_more(
        1,
        format_args!(
            "read {} objects in {} documents of {} files",
            counts.objects, counts.documents, counts.files
        ),
    );
    match set.skipped_templates() {
        [] => {}
        [one] => globals.say(format_args!(
            "skipped 1 file that is a template and has to be rendered first: {one}"
        )),
        [first, rest @ ..] => globals.say(format_args!(
            "skipped {} files that are templates and have to be rendered first: {first} and {} more",
            rest.len() + 1,
            rest.len()
        )),
    }
    for name in set.skipped_templates() {
        globals.say_more(1, format_args!("skipped as a template: {name}"));
    }
    if counts.objects == 0 && counts.unreadable == 0 {
        globals.say("no Kubernetes object in the input");
    }
}

fn stdin() -> anyhow::Result<Vec<u8>> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        bail!("stdin is a terminal; pipe manifests in, or name a file");
    }
    let mut bytes = Vec::new();
    let read = stdin.lock().take(MOST_BYTES + 1).read_to_end(&mut bytes);
    let length = read.context("cannot read stdin")?;
    if length as u64 > MOST_BYTES {
        bail!("stdin is larger than {} MiB", MOST_BYTES >> 20);
    }
    Ok(bytes)
}

/// Whether stdin is a pipe or a file: somebody means it to be read. A null device, as of a
/// scheduled job, is neither.
#[cfg(unix)]
fn is_piped() -> bool {
    use std::fs::File;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;

    let metadata = io::stdin()
        .as_fd()
        .try_clone_to_owned()
        .and_then(|stdin| File::from(stdin).metadata());
    metadata.is_ok_and(|it| {
        let kind = it.file_type();
        kind.is_fifo() || kind.is_file() || kind.is_socket()
    })
}

/// Whether stdin is anything but a terminal.
#[cfg(not(unix))]
fn is_piped() -> bool {
    !io::stdin().is_terminal()
}
