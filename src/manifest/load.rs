//! Reads and scans every input, in parallel, one at a time for each core.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::assemble::assemble;
use super::comment::{MARK, Written, written};
use super::document::{scan, shows_word};
use super::gap::{Gap, Missing};
use super::inputs::{InputError, Inputs};
use super::kustomize::{Override, Plan};
use super::scan::{Fault, Scan};
use super::set::Set;
use super::source::Source;
use super::unexpanded::is_ytt;
use super::walk::{Entry, walk};
use crate::text::{Chunk, Format, Span, TextError, chunks};

/// One input and what its documents hold.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The text.
    pub source: Source,
    /// Each document that holds anything.
    pub documents: Vec<(Range<usize>, Format, Scan)>,
    /// Comments that ask to leave findings out.
    pub comments: Vec<Written>,
    /// Whether it was skipped, as a template that was not rendered.
    pub template: bool,
    /// What becomes of the namespaces in it.
    pub namespaces: Override,
    /// Whether a kustomization takes its objects.
    pub taken: bool,
}

/// What the pipe is called.
const PIPE: &str = "<stdin>";

/// Reads every input. `progress` is told how many of how many files are done, from any thread.
///
/// # Errors
/// Where a path that was named does not lead anywhere. What is wrong inside the inputs is told
/// by [`Set::findings`].
pub fn read(inputs: &Inputs, progress: impl Fn(usize, usize) + Sync) -> Result<Set, InputError> {
    let walked = walk(inputs)?;
    let plan = Plan::of(&walked.files);
    let files: Vec<&Entry> = walked
        .files
        .iter()
        .filter(|file| !plan.excludes(&file.path))
        .collect();
    let one_input = walked.files.len() + usize::from(inputs.stdin.is_some()) == 1;
    let done = AtomicUsize::new(0);
    let mut loaded: Vec<Loaded> = files
        .par_iter()
        .map(|file| {
            let source = Source::read(&file.name, &file.path, file.named);
            let mut loaded = load(source, &file.path, one_input);
            loaded.namespaces = plan.namespace(&file.path);
            loaded.taken = plan.takes(&file.path);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, files.len());
            loaded
        })
        .collect();
    if let Some(bytes) = &inputs.stdin {
        let source = Source::of_bytes(PIPE, bytes.clone(), true);
        loaded.push(load(source, Path::new(""), one_input));
    }
    for (name, reason) in walked.barred {
        let error = TextError::new(format!("cannot be read: {reason}"), Span::default());
        loaded.push(unreadable(Source::new(name, "", false), error));
    }
    // Not by number of appearance: nothing may depend on the order of the paths.
    loaded.sort_by(|a, b| a.source.name.cmp(&b.source.name));
    assemble(loaded, plan.gaps, inputs.namespace.as_deref())
}

/// Reads one input; `one_input` says that there is no other.
fn load((source, error): (Source, Option<TextError>), path: &Path, one_input: bool) -> Loaded {
    if let Some(error) = error {
        let ours = ["apiVersion", "kind"]
            .iter()
            .any(|word| shows_word(&source.text, word));
        // What cannot even be opened may hold anything.
        return if source.named || source.text.is_empty() || ours {
            unreadable(source, error)
        } else {
            Loaded::empty(source)
        };
    }
    // It parses, and says only half of what it means.
    if is_ytt(&source.text) {
        return Loaded {
            template: shows_word(&source.text, "kind"),
            ..Loaded::empty(source)
        };
    }
    let pieces: Vec<Chunk<'_>> = chunks(&source.text).collect();
    let filled = pieces.iter().filter(|chunk| !chunk.is_blank());
    let alone = source.named && one_input && filled.count() == 1;
    let scanned: Vec<(Range<usize>, Format, Scan)> = pieces
        .par_iter()
        .map(|chunk| {
            let scan = scan(chunk, source.named, alone);
            (chunk.range.clone(), chunk.format, scan)
        })
        .filter(|(_, _, scan)| scan.ours || scan.template)
        .collect();
    let template = scanned.iter().any(|(_, _, scan)| scan.template);
    let ours = scanned.iter().any(|(_, _, scan)| scan.ours);
    let is_read = |chunk: &&Chunk<'_>| {
        let mut read = scanned.iter();
        !template && read.any(|(range, ..)| *range == chunk.range)
    };
    let comments = if memchr::memmem::find(source.text.as_bytes(), MARK.as_bytes()).is_some() {
        let chunks = pieces.iter().filter(is_read);
        chunks.flat_map(|chunk| written(&source, chunk)).collect()
    } else {
        Vec::new()
    };
    Loaded {
        comments,
        template: template && (ours || in_chart(path)),
        // A template is read as a whole or not at all: what parses of it may be one of two
        // branches.
        documents: if template { Vec::new() } else { scanned },
        ..Loaded::empty(source)
    }
}

fn unreadable(source: Source, error: TextError) -> Loaded {
    let scan = Scan {
        ours: true,
        faults: vec![Fault::unreadable(error)],
        gaps: vec![Gap::anywhere(Missing::Anything)],
        ..Scan::default()
    };
    let whole = 0..source.text.len();
    Loaded {
        documents: vec![(whole, Format::Yaml, scan)],
        ..Loaded::empty(source)
    }
}

impl Loaded {
    fn empty(source: Source) -> Self {
        Self {
            source,
            documents: Vec::new(),
            comments: Vec::new(),
            template: false,
            namespaces: Override::Keep,
            taken: false,
        }
    }
}

/// Whether a file is a template of a Helm chart, all of whose objects may come from an include.
fn in_chart(path: &Path) -> bool {
    path.ancestors()
        .filter(|folder| folder.file_name().is_some_and(|name| name == "templates"))
        .filter_map(Path::parent)
        .any(|chart| chart.join("Chart.yaml").is_file())
}
