//! `portcullis audit`: the rules over what is already in a cluster.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use super::globals::Format;
use super::live::Reach;
use super::over::saved;
use super::progress::Progress;
use super::select::{Known, Select, Settings};
use super::{Globals, exit};
use crate::cluster::Store;
use crate::finding::Report;
use crate::report::human::Style;
use crate::report::{Door, Placed, Summary, human, json};
use crate::review;

/// Review what is in a cluster
///
/// The same rules as in `check`, on what runs now: live pods count as much as pod templates, and
/// what is not there is absent. Without --namespace it is the namespace of the context that is
/// reviewed, of a snapshot everything. What may not be read is said, and nothing is concluded from
/// it.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis audit
  portcullis audit -A --context prod -o json
  portcullis audit --snapshot cluster.json -n shop

Exit codes: 0 nothing at or above --fail-on, 1 something, 2 the cluster could not be read.")]
pub struct Args {
    /// Only what is in this namespace
    #[arg(short, long, value_name = "NS", conflicts_with = "all_namespaces")]
    namespace: Option<String>,
    /// What is in every namespace
    #[arg(short = 'A', long)]
    all_namespaces: bool,
    /// Review a cluster that `portcullis snapshot` saved
    #[arg(long, value_name = "FILE", help_heading = "Cluster", conflicts_with_all = ["context", "kubeconfig"])]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    select: Select,
    #[command(flatten)]
    known: Known,
}

/// Reviews the cluster and reports what is wrong in it.
pub fn run(args: &Args, globals: &Globals) -> anyhow::Result<ExitCode> {
    let settings = args.select.settings(&args.known, &[], globals)?;
    let (store, context) = if let Some(path) = &args.snapshot {
        (saved(path, globals)?.store, None)
    } else {
        let wanted = args.namespace.as_deref();
        let live = args.reach.load(wanted, globals, |_, _| {})?;
        (live.store, Some(live.namespace))
    };
    let namespace = args.namespace.clone().or(context);
    let namespace = namespace.as_deref().filter(|_| !args.all_namespaces);
    if let Some(namespace) = namespace
        && !store.namespaces().contains(namespace)
    {
        globals.say(format_args!("there is no namespace {namespace}"));
    }
    let progress = Progress::start("judging", globals.quiet);
    let outcome = review::audit_in(namespace, &store, &settings.knowledge, &settings.config);
    drop(progress);
    let nowhere = |reports: Vec<Report>| reports.into_iter().map(Placed::nowhere).collect();
    let (reports, ignored): (Vec<Placed>, Vec<Placed>) =
        (nowhere(outcome.reports), nowhere(outcome.ignored));
    let summary = summary(&store, namespace).count(&reports).count(&ignored);
    let ignored = args.select.show_ignored.then_some(ignored.as_slice());
    write(globals, &settings, &reports, ignored, &summary)?;
    Ok(exit::of(&summary, settings.fail_on).into())
}

fn summary(store: &Store, namespace: Option<&str>) -> Summary {
    Summary {
        objects: namespace.map_or_else(|| store.len(), |namespace| store.len_in(namespace)),
        ..Summary::default()
    }
}

fn write(
    globals: &Globals,
    settings: &Settings,
    reports: &[Placed],
    ignored: Option<&[Placed]>,
    summary: &Summary,
) -> anyhow::Result<()> {
    let mut out = globals.stdout();
    match globals.format() {
        Format::Json => json::write(&mut out, reports, ignored, summary, Door::Audit)?,
        Format::Human => {
            let style = Style {
                colour: globals.colour(),
                show: settings.show,
            };
            human::write(&mut out, reports, |_| None, style)?;
            human::write(&mut out, ignored.unwrap_or_default(), |_| None, style.all())?;
            if !globals.quiet {
                writeln!(out, "{}", summary.line(settings.show, Door::Audit))?;
            }
        }
    }
    Ok(out.flush()?)
}
