//! `portcullis audit`: the rules over what is already in a cluster.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;

use super::globals::Format;
use super::over::saved;
use super::progress::Progress;
use super::select::{Known, Select};
use super::{Globals, exit};
use crate::cluster::Store;
use crate::report::human::Style;
use crate::report::{Door, Placed, Summary, human, json};
use crate::review;

/// Review what is in a cluster
///
/// The same rules as in `check`, on what runs now: live pods count as much as pod templates, and
/// what is not there is absent.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis audit --snapshot cluster.json
  portcullis audit --snapshot cluster.json -n shop -o json

Exit codes: 0 nothing at or above --fail-on, 1 something, 2 the cluster could not be read.")]
pub struct Args {
    /// Only what is in this namespace
    #[arg(short, long, value_name = "NS", conflicts_with = "all_namespaces")]
    namespace: Option<String>,
    /// What is in every namespace
    #[arg(short = 'A', long)]
    all_namespaces: bool,
    /// Review a cluster that `portcullis snapshot` saved
    #[arg(long, value_name = "FILE", help_heading = "Cluster")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    select: Select,
    #[command(flatten)]
    known: Known,
}

/// Reviews the cluster and reports what is wrong in it.
pub fn run(args: &Args, globals: &Globals) -> anyhow::Result<ExitCode> {
    let config = args.select.config()?;
    let Some(path) = &args.snapshot else {
        bail!("give --snapshot FILE");
    };
    let store = saved(path, globals)?.store;
    let namespace = args.namespace.as_deref();
    if let Some(namespace) = namespace
        && !store.namespaces().contains(namespace)
    {
        globals.say(format_args!("there is no namespace {namespace}"));
    }
    let progress = Progress::start("judging", globals.quiet);
    let outcome = review::audit_in(namespace, &store, &args.known.knowledge(), &config);
    drop(progress);
    let reports: Vec<Placed> = outcome.reports.into_iter().map(Placed::nowhere).collect();
    let summary = summary(&store, namespace).count(&reports);
    write(args, globals, &reports, &summary)?;
    Ok(exit::of(&summary, args.select.fail_on).into())
}

fn summary(store: &Store, namespace: Option<&str>) -> Summary {
    Summary {
        objects: namespace.map_or_else(|| store.len(), |namespace| store.len_in(namespace)),
        ..Summary::default()
    }
}

fn write(
    args: &Args,
    globals: &Globals,
    reports: &[Placed],
    summary: &Summary,
) -> anyhow::Result<()> {
    let mut out = globals.stdout();
    match globals.output {
        Format::Json => json::write(&mut out, reports, summary, Door::Audit)?,
        Format::Human => {
            let style = Style {
                colour: globals.colour(),
                show: args.select.show,
            };
            human::write(&mut out, reports, |_| None, style)?;
            if !globals.quiet {
                writeln!(out, "{}", summary.line(args.select.show, Door::Audit))?;
            }
        }
    }
    Ok(out.flush()?)
}
