//! `portcullis flow`: may one talk to another, and which policy decides?

mod desk;
pub(super) mod place;
mod queries;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;

use super::globals::Format;
use super::inputs::From;
use super::over::Over;
use super::select::Known;
use super::{Globals, exit};
use crate::manifest::Set;
use crate::query::{Answered, Says};
use crate::report::flow::{human, json};
use crate::review::{store_of, store_over};
use desk::Desk;
use place::Places;

/// May one talk to another, and which policy decides?
///
/// FROM is a pod or a Workload as NAME, NS/NAME, deploy/NAME or NS/deploy/NAME, with kubectl's
/// words for kinds; an address; or world, which is whatever is outside the cluster. TO may also be
/// svc/NAME:PORT, NS/svc/NAME:PORT, apiserver or dns.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis flow shop/web shop/db --port 5432 -f manifests/
  portcullis flow deploy/web apiserver -n shop -f manifests/ --datapath cilium
  portcullis flow world shop/svc/web:443 -f manifests/ -o json
  portcullis flow shop/web apiserver --snapshot cluster.json
  portcullis flow --queries queries.jsonl -f manifests/ -o json

Exit codes: 0 allowed, 1 denied or depends, 2 could not say. With --queries 0 if all were answered.")]
pub struct Args {
    /// Whom the flow starts from
    #[arg(value_name = "FROM", required_unless_present = "queries")]
    from: Option<String>,
    /// Whom it leads to
    #[arg(value_name = "TO", required_unless_present = "queries")]
    to: Option<String>,
    /// The port: 8080, 8080/UDP or the name of one; without it, the only one that TO declares
    #[arg(
        short,
        long,
        value_name = "PORT[/PROTOCOL]",
        conflicts_with = "queries"
    )]
    port: Option<String>,
    /// Ask what a file says, a JSON object {"from", "to", "port", "datapath"} a line; - for stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to"])]
    queries: Option<PathBuf>,
    #[command(flatten)]
    inputs: From,
    #[command(flatten)]
    over: Over,
    #[command(flatten)]
    known: Known,
}

/// Answers one question, or those of a file.
pub fn run(args: &Args, globals: &Globals) -> anyhow::Result<ExitCode> {
    let asked = args.queries.as_deref().map(queries::open).transpose()?;
    let pipe_is_taken = asked.as_ref().is_some_and(|it| it.is_pipe);
    let cluster = args.over.cluster(globals)?;
    let set = match &cluster {
        None => args.inputs.read_beside(pipe_is_taken, globals)?,
        Some(_) => args.inputs.read_if_given(pipe_is_taken, globals)?,
    };
    if set.nothing_readable() {
        bail!("nothing could be read; `portcullis check` says why");
    }
    tell_unreadable(&set, globals);
    let (store, omitted) = match &cluster {
        None => store_of(&set),
        Some(cluster) => store_over(&set, &cluster.store),
    };
    let desk = Desk::new(&store, args.inputs.namespace(), args.known.knowledge());
    let places = Places::of(&set, omitted.as_ref());
    match (asked, &args.from, &args.to) {
        (Some(asked), ..) => queries::run(asked, &desk, places, globals),
        (None, Some(from), Some(to)) => {
            let answered = desk.ask(from, to, args.port.as_deref(), None)?;
            one(answered, places, globals)
        }
        (None, ..) => bail!("say whom a flow starts from and whom it leads to: FROM TO"),
    }
}

/// Says that policies may be missing.
pub(super) fn tell_unreadable(set: &Set, globals: &Globals) {
    match set.counts().unreadable {
        0 => {}
        1 => globals.say("1 document could not be read, and policies in it do not count"),
        more => globals.say(format_args!(
            "{more} documents could not be read, and policies in them do not count"
        )),
    }
}

fn one(
    answered: Answered<'_>,
    mut places: Places<'_>,
    globals: &Globals,
) -> anyhow::Result<ExitCode> {
    let code = match answered.answer.says {
        Says::Allowed => exit::CLEAN,
        Says::Denied | Says::Depends(_) => exit::FOUND,
    };
    let mut out = globals.stdout();
    for told in places.told(vec![answered]) {
        match globals.format() {
            Format::Json => {
                serde_json::to_writer_pretty(&mut out, &json::Flow::from(&told))?;
                writeln!(out)?;
            }
            Format::Human => {
                human::write(&mut out, &told, |file| places.text(file), globals.colour())?;
            }
        }
    }
    out.flush()?;
    Ok(code.into())
}
