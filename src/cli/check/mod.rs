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
use super::select::{Known, Select};
use super::{Globals, exit};
use judge::Judged;

use crate::manifest::Set;
use crate::report::human::Style;
use crate::report::{Door, Placed, Summary, human, json};

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
    let config = args.select.config()?;
    let started = Instant::now();
    let set = args.from.read(&args.paths, globals)?;
    let cluster = args.over.cluster(globals)?;
    let progress = Progress::start("judging", globals.quiet);
    let judged = judge::judge(&set, cluster.as_ref(), args.known.knowledge(), &config);
    drop(progress);
    globals.say_more(1, format_args!("judged after {:.1?}", started.elapsed()));
    let summary = summary(&set, &judged.reports);
    write(args, globals, &judged, &summary)?;
    Ok(if set.nothing_readable() {
        exit::FAILED
    } else {
        exit::of(&summary, args.select.fail_on)
    }
    .into())
}

fn summary(set: &Set, reports: &[Placed]) -> Summary {
    let counts = set.counts();
    let read = Summary {
        files: counts.files,
        documents: counts.documents,
        objects: counts.objects,
        ..Summary::default()
    };
    read.count(reports)
}

fn write(
    args: &Args,
    globals: &Globals,
    judged: &Judged<'_>,
    summary: &Summary,
) -> anyhow::Result<()> {
    let Judged { reports, texts } = judged;
    let mut out = globals.stdout();
    match globals.output {
        Format::Json => json::write(&mut out, reports, summary, Door::Check)?,
        Format::Human => {
            let style = Style {
                colour: globals.colour(),
                show: args.select.show,
            };
            human::write(&mut out, reports, |file| texts.get(file).copied(), style)?;
            if !globals.quiet {
                writeln!(out, "{}", summary.line(args.select.show, Door::Check))?;
            }
        }
    }
    Ok(out.flush()?)
}
