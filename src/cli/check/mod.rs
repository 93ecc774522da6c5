//! `portcullis check`: the rules over manifests, before anything reaches a cluster.

mod judge;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use super::globals::Format;
use super::inputs::From;
use super::over::Over;
use super::progress::Progress;
use super::select::{Known, Select, Settings};
use super::{Globals, exit};
use judge::Judged;

use crate::manifest::Set;
use crate::report::human::Style;
use crate::report::{Door, Summary, human, json};

/// Review manifests: files, folders or stdin
///
/// Everything given is judged as one set: a Service in one file finds its Deployment in another.
/// Folders are searched for *.yaml, *.yml and *.json. Without a PATH, stdin is read where
/// something is piped in, and the current folder otherwise.
///
/// Laid over a cluster, the inputs are judged as they will be once applied, and so is what that
/// newly breaks elsewhere in the cluster.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis check deploy/
  kubectl kustomize overlays/prod | portcullis check -
  helm template shop ./chart | portcullis check -n shop
  portcullis check --snapshot cluster.json deploy/
  portcullis check --cluster -n shop deploy/
  portcullis check --show notice --rule service-selects-nothing .
  portcullis check -o json deploy/ > findings.json

Exit codes: 0 nothing at or above --fail-on, 1 something, 2 nothing could be read.")]
pub struct Args {
    /// Files and folders to read, or - for stdin
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    select: Select,
    #[command(flatten)]
    over: Over,
    #[command(flatten)]
    known: Known,
}

/// Reviews the manifests and reports what is wrong with them.
pub fn run(args: &Args, globals: &Globals) -> anyhow::Result<ExitCode> {
    let inputs = args.from.paths(&args.paths);
    let settings = args.select.settings(&args.known, &inputs, globals)?;
    let started = Instant::now();
    let cluster = args.over.cluster(globals)?;
    let context = cluster.as_ref().and_then(|it| it.namespace.as_deref());
    let set = args.from.read(context, &args.paths, globals)?;
    let progress = Progress::start("judging", globals.quiet);
    let judged = judge::judge(&set, cluster.as_ref().map(|it| &it.store), &settings);
    drop(progress);
    globals.say_more(1, format_args!("judged after {:.1?}", started.elapsed()));
    let summary = summary(&set, &judged);
    write(args, globals, &judged, &summary, &settings)?;
    Ok(if set.nothing_readable() {
        exit::FAILED
    } else {
        exit::of(&summary, settings.fail_on)
    }
    .into())
}

fn summary(set: &Set, judged: &Judged<'_>) -> Summary {
    let counts = set.counts();
    let read = Summary {
        files: counts.files,
        documents: counts.documents,
        objects: counts.objects,
        ..Summary::default()
    };
    read.count(&judged.reports).count(&judged.ignored)
}

fn write(
    args: &Args,
    globals: &Globals,
    judged: &Judged<'_>,
    summary: &Summary,
    settings: &Settings,
) -> anyhow::Result<()> {
    let Judged {
        reports,
        ignored,
        texts,
    } = judged;
    let ignored = args.select.show_ignored.then_some(ignored.as_slice());
    let mut out = globals.stdout();
    match globals.format() {
        Format::Json => json::write(&mut out, reports, ignored, summary, Door::Check)?,
        Format::Human => {
            let style = Style {
                colour: globals.colour(),
                show: settings.show,
            };
            let text = |file: &str| texts.get(file).copied();
            human::write(&mut out, reports, text, style)?;
            human::write(&mut out, ignored.unwrap_or_default(), text, style.all())?;
            if !globals.quiet {
                writeln!(out, "{}", summary.line(settings.show, Door::Check))?;
            }
        }
    }
    Ok(out.flush()?)
}
