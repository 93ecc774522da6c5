//! The command line: one file a command, wiring and words; decisions are made below it.

mod exit;
mod globals;
mod out;
mod progress;
mod inputs;
mod config;
mod select;
mod live;
mod over;
pub mod check;
pub mod audit;
pub mod snapshot;
pub mod flow;
pub mod flows;
pub mod serve;
pub mod explain;
pub mod completions;
pub mod man;
pub mod demo;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use globals::Globals;
use out::Out;

/// Stops Kubernetes networking mistakes before they ship.
///
/// One set of rules behind three doors: an admission webhook, a linter for CI, and an audit of
/// what runs in a cluster.
#[derive(Debug, Parser)]
#[command(
    name = "portcullis",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 nothing to report, 1 something at or above --fail-on, 2 could not do the work."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    globals: Globals,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Audit(audit::Args),
    Snapshot(snapshot::Args),
    Flow(flow::Args),
    Flows(Box<flows::Args>),
    /// Run the admission webhook
    Serve(Box<serve::Args>),
    Explain(explain::Args),
    Demo(demo::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match parsed() {
        Ok(cli) => cli,
        Err(error) => {
            // Help that nobody reads to its end is no failure.
            let _ = error.print();
            return exit::usage(error.exit_code());
        }
    };
    let globals = &cli.globals;
    let done = has_output(&cli).and_then(|()| match &cli.command {
        Command::Check(args) => check::run(args, globals),
        Command::Audit(args) => audit::run(args, globals),
        Command::Snapshot(args) => snapshot::run(args, globals),
        Command::Flow(args) => flow::run(args, globals),
        Command::Flows(args) => flows::run(args, globals),
        Command::Serve(args) => serve::run(args, globals.verbose),
        Command::Demo(args) => demo::run(args, globals),
        Command::Explain(args) => explain::run(args, globals),
        Command::Completions(args) => completions::run(args, globals),
        Command::Man(args) => man::run(args, globals),
    });
    done.unwrap_or_else(|error| {
        globals.say_error(&error);
        exit::FAILED.into()
    })
}

/// The arguments of this process. kubectl runs what is called `kubectl-portcullis` as its own.
fn parsed() -> Result<Cli, clap::Error> {
    let program = std::env::args_os().next().map(PathBuf::from);
    let name = program.as_deref().and_then(Path::file_stem);
    let command = if name.is_some_and(|name| name == "kubectl-portcullis") {
        let name = "kubectl portcullis";
        Cli::command().bin_name(name).display_name(name)
    } else {
        Cli::command()
    };
    Cli::from_arg_matches(&command.try_get_matches()?)
}

/// Refuses a format that the command has not.
fn has_output(cli: &Cli) -> anyhow::Result<()> {
    let output = cli.globals.output;
    if output.usual().is_some() || matches!(cli.command, Command::Flows(_)) {
        return Ok(());
    }
    bail!(
        "only `portcullis flows` has the output format {}; others have human and json",
        output.as_str()
    )
}

/// The whole command line as clap knows it: completions, manual and documentation are made of it.
pub fn command() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        super::command().debug_assert();
    }
}
