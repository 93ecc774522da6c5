//! `flows --changed-by`: what a change of policies opens, and what it closes.

use std::io::Write;
use std::process::ExitCode;

use anyhow::bail;

use super::{Args, Place, base, look, readable, scope, tell_silent};
use crate::cli::flow::place::Places;
use crate::cli::globals::Output;
use crate::cli::progress::Progress;
use crate::cli::{Globals, Out, exit};
use crate::flows::{CLOSES, Changed, Changes, OPENS, in_words};
use crate::policy::Datapath;
use crate::query::{Answer, Answered, Fix, only_datapath};
use crate::report::flow::Told;
use crate::report::flow::json::Verdict;
use crate::report::flows::json::{Array, Change};
use crate::report::flows::table;
use crate::review::store_over;

/// Tells what the manifests of `--changed-by` open and close.
pub(super) fn run(args: &Args, globals: &Globals) -> anyhow::Result<ExitCode> {
    if !matches!(globals.output, Output::Human | Output::Json) {
        bail!(
            "what a change opens and closes has the output formats human and json, not {}",
            globals.output.as_str()
        );
    }
    let base = base(args, &args.changed_by, globals)?;
    let change = args.inputs.read_others(&args.changed_by)?;
    readable(&change, globals)?;
    let (later, omitted) = store_over(&change, &base.store);
    let knowledge = args.known.knowledge();
    let before = Place::new(&base.store, &knowledge);
    let after = Place::new(&later, &knowledge);
    let scopes = (
        scope::of_those_there(args, &before.directory)?,
        scope::of(args, &after.directory)?,
    );
    let progress = Progress::start("asking everybody about everybody, twice", globals.quiet);
    let surveys = (before.survey(&scopes.0), after.survey(&scopes.1));
    let changes = Changes::of(&surveys.0, &surveys.1);
    drop(progress);
    tell_silent(&surveys.1, args, globals);
    tell_new(&changes, globals);
    let mut out = globals.stdout();
    if globals.output == Output::Json {
        let mut sides = Sides {
            rest: Places::of(&base.set, base.omitted.as_ref()),
            change: Places::of(&change, omitted.as_ref()),
        };
        json(&mut out, &changes, only_datapath(after.view), &mut sides)?;
    } else {
        human(&mut out, &changes, globals)?;
    }
    out.flush()?;
    Ok(exit::CLEAN.into())
}

/// Says whose flows are not compared.
fn tell_new(changes: &Changes<'_, '_, '_>, globals: &Globals) {
    match changes.new_ones().as_slice() {
        [] => {}
        [one] => globals.say(format_args!(
            "{} is new, so that its flows are no change",
            one.name
        )),
        [one, rest @ ..] => globals.say(format_args!(
            "{} and {} more are new, so that their flows are no change",
            one.name,
            rest.len()
        )),
    }
}

fn human(out: &mut Out, changes: &Changes<'_, '_, '_>, globals: &Globals) -> anyhow::Result<()> {
    for (at, (title, told)) in [("opens", OPENS), ("closes", CLOSES)]
        .into_iter()
        .enumerate()
    {
        if at > 0 {
            writeln!(out)?;
        }
        let picture = changes.picture(told);
        if picture.rows().is_empty() {
            writeln!(out, "{title}: nothing")?;
        } else {
            writeln!(out, "{title}:")?;
            table::write_changes(out, &picture, look(globals))?;
        }
    }
    Ok(())
}

/// Where the policies stand that decide: those of the inputs, and those of the change.
struct Sides<'s> {
    rest: Places<'s>,
    change: Places<'s>,
}

fn json(
    out: &mut Out,
    changes: &Changes<'_, '_, '_>,
    datapath: Option<Datapath>,
    sides: &mut Sides<'_>,
) -> anyhow::Result<()> {
    for (before, told) in [("{\"opens\": ", OPENS), (",\"closes\": ", CLOSES)] {
        write!(out, "{before}")?;
        let mut array = Array::new(&mut *out)?;
        for changed in changes.each(told) {
            let port = in_words(changed.port);
            let told = sides.told(&changed, &port);
            array.object(&Change {
                from: &changed.from.name,
                to: &changed.to.name,
                port: &port,
                datapath: datapath.map(Datapath::as_str),
                before: Verdict::from(&told.0).without_fix(),
                after: Verdict::from(&told.1).without_fix(),
            })?;
        }
        array.end()?;
    }
    writeln!(out, "}}")?;
    Ok(())
}

impl Sides<'_> {
    /// What it came to and what it comes to, with the places of what decides.
    fn told<'a>(&mut self, changed: &Changed<'_, 'a>, port: &str) -> (Told<'a>, Told<'a>) {
        let answered = |answer: &Answer<'a>| Answered {
            from: changed.from.name.clone(),
            to: changed.to.name.clone(),
            port: port.to_owned(),
            datapath: None,
            answer: answer.clone(),
            fix: Fix::default(),
        };
        let after = || answered(&changed.after);
        let before = self.rest.told_one(answered(&changed.before));
        let (mut now, was) = (self.change.told_one(after()), self.rest.told_one(after()));
        let ends = [
            (&mut now.egress, was.egress),
            (&mut now.ingress, was.ingress),
        ];
        for (now, was) in ends {
            if let (Some(now), Some(was)) = (now, was) {
                now.location = now.location.take().or(was.location);
            }
        }
        (before, now)
    }
}
