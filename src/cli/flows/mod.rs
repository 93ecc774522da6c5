//! `portcullis flows`: who may talk to whom, for every pair.

mod changed;
mod pairs;
mod scope;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;

use super::flow::place::Places;
use super::flow::tell_unreadable;
use super::globals::Output;
use super::inputs::From;
use super::over::Over;
use super::progress::Progress;
use super::select::Known;
use super::{Globals, Out, exit};
use crate::cluster::{Knowledge, Store, View};
use crate::flows::{Picture, Survey};
use crate::manifest::Set;
use crate::query::Directory;
use crate::report::flows::{Look, dot, matrix, mermaid, table};
use crate::review::{store_of, store_over};

/// Who may talk to whom?
///
/// Everybody is asked about everybody: pods, Workloads and the world as sources; those, the API
/// server and the cluster's DNS as destinations. Those who behave alike share a line. Pods are asked
/// on the ports that they declare, the world on 443.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis flows -f manifests/
  portcullis flows -f manifests/ --to shop/db --port 5432
  portcullis flows -f manifests/ --from shop/ --matrix
  portcullis flows -f manifests/ -o mermaid > flows.mmd
  portcullis flows -f manifests/ --changed-by new-policy.yaml

Exit codes: 0 told, 2 could not say.")]
pub struct Args {
    /// Only flows from these: as FROM of `flow`, or NS/ for a namespace; repeatable
    #[arg(long, value_name = "FROM")]
    from: Vec<String>,
    /// Only flows to these: as TO of `flow`, or NS/ for a namespace; repeatable
    #[arg(long, value_name = "TO")]
    to: Vec<String>,
    /// Only this port, declared or not: 8080, 8080/UDP or the name of one; repeatable
    #[arg(short, long, value_name = "PORT[/PROTOCOL]")]
    port: Vec<String>,
    /// A matrix: rows are sources, columns destinations
    #[arg(long)]
    matrix: bool,
    /// Only what these manifests open and close, added to the others or in their place; repeatable
    #[arg(long, value_name = "FILE", conflicts_with = "matrix")]
    changed_by: Vec<PathBuf>,
    #[command(flatten)]
    inputs: From,
    #[command(flatten)]
    over: Over,
    #[command(flatten)]
    known: Known,
}

/// Tells who may talk to whom, or what a change opens and closes.
pub fn run(args: &Args, globals: &Globals) -> anyhow::Result<ExitCode> {
    if args.matrix && globals.output != Output::Human {
        bail!("--matrix is a form of the output for people; leave out one of it and --output");
    }
    if !args.changed_by.is_empty() {
        return changed::run(args, globals);
    }
    let base = base(args, &[], globals)?;
    let knowledge = args.known.knowledge();
    let place = Place::new(&base.store, &knowledge);
    let scope = scope::of(args, &place.directory)?;
    let progress = Progress::start("asking everybody about everybody", globals.quiet);
    let survey = place.survey(&scope);
    tell_silent(&survey, args, globals);
    let mut out = globals.stdout();
    if globals.output == Output::Json {
        pairs::write(
            &mut out,
            &survey,
            Places::of(&base.set, base.omitted.as_ref()),
        )?;
        drop(progress);
    } else {
        let picture = survey.picture();
        drop(progress);
        draw(&mut out, &picture, args, globals)?;
        if globals.output == Output::Human && !globals.quiet {
            writeln!(out, "\n{}", last_line(&survey, &picture))?;
        }
    }
    out.flush()?;
    Ok(exit::CLEAN.into())
}

/// The inputs, and what they make of what they are laid over.
struct Base {
    set: Set,
    store: Store,
    /// The namespace of what omits its own, where that is known.
    omitted: Option<Arc<str>>,
}

/// The inputs but for some files.
fn base(args: &Args, except: &[PathBuf], globals: &Globals) -> anyhow::Result<Base> {
    let cluster = args.over.cluster(globals)?;
    let set = args.inputs.read_but(except, cluster.is_some(), globals)?;
    readable(&set, globals)?;
    let (store, omitted) = match &cluster {
        Some(cluster) => store_over(&set, &cluster.store),
        None => store_of(&set),
    };
    Ok(Base {
        set,
        store,
        omitted,
    })
}

/// Refuses a set of which nothing could be read.
fn readable(set: &Set, globals: &Globals) -> anyhow::Result<()> {
    if set.nothing_readable() {
        bail!("nothing could be read; `portcullis check` says why");
    }
    tell_unreadable(set, globals);
    Ok(())
}

/// What is known, and everybody in it.
struct Place<'a> {
    directory: Directory<'a>,
    view: View<'a>,
}

impl<'a> Place<'a> {
    fn new(store: &'a Store, knowledge: &'a Knowledge) -> Self {
        let view = View::new(store, knowledge);
        Self {
            directory: Directory::of(view),
            view,
        }
    }

    fn survey(&self, scope: &crate::flows::Scope<'a>) -> Survey<'_, 'a> {
        Survey::of(scope, &self.directory, self.view)
    }
}

/// Says who is left out, as nobody knows where they listen.
fn tell_silent(survey: &Survey<'_, '_>, args: &Args, globals: &Globals) {
    if !args.port.is_empty() {
        if survey.targets().is_empty() {
            globals.say("nobody is asked, as nobody declares such a port");
        }
        return;
    }
    let names: Vec<&str> = survey.silent().map(|who| who.name.as_str()).collect();
    let asks = "--port asks for one";
    match names.as_slice() {
        [] => {}
        [one] => globals.say(format_args!(
            "{one} declares no port and is asked on none; {asks}"
        )),
        [first, rest @ ..] => globals.say(format_args!(
            "{first} and {} more declare no port and are asked on none; {asks}",
            rest.len()
        )),
    }
}

fn draw(out: &mut Out, picture: &Picture, args: &Args, globals: &Globals) -> io::Result<()> {
    let look = look(globals);
    match globals.output {
        Output::Mermaid => mermaid::write(out, picture),
        Output::Dot => dot::write(out, picture),
        Output::Human | Output::Json if args.matrix => matrix::write(out, picture, look),
        Output::Human | Output::Json => table::write(out, picture, look),
    }
}

fn look(globals: &Globals) -> Look {
    Look {
        colour: globals.colour(),
        whole: globals.verbose > 0,
    }
}

/// How many there are, and whether anything restricts them: `6 pods and Workloads, in 4 groups
/// with apiserver, dns, world`.
fn last_line(survey: &Survey<'_, '_>, picture: &Picture) -> String {
    let pods = match survey.pods() {
        0 => return "no pod or Workload in view".to_owned(),
        1 => "1 pod or Workload".to_owned(),
        more => format!("{more} pods and Workloads"),
    };
    if !survey.is_restricted() {
        return format!("{pods}: nothing restricts them, as no policy selects any");
    }
    let groups = match picture.groups() {
        1 => "1 group".to_owned(),
        more => format!("{more} groups"),
    };
    let others: Vec<&str> = survey.others().map(|who| who.name.as_str()).collect();
    let with = if others.is_empty() { "" } else { " with " };
    format!("{pods}, in {groups}{with}{}", others.join(", "))
}
