//! `portcullis man`: the manual page of the program or of one command.

use std::io::Write;
use std::process::ExitCode;

use anyhow::bail;

use super::{Globals, command, exit};

/// Print a manual page, in roff
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  portcullis man | man -l -
  portcullis man check > /usr/local/share/man/man1/portcullis-check.1")]
pub struct Args {
    /// The command whose page to print; without it, the program's own
    command: Option<String>,
}

/// Prints the page.
pub fn run(args: &Args, globals: &Globals) -> anyhow::Result<ExitCode> {
    let mut program = command().disable_help_subcommand(true);
    program.build();
    let page = match &args.command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            None => bail!("there is no command {name}"),
            Some(found) => {
                let title = format!("portcullis-{}", found.get_name());
                found.clone().name(title)
            }
        },
    };
    let mut out = globals.stdout();
    clap_mangen::Man::new(page).render(&mut out)?;
    out.flush()?;
    Ok(exit::CLEAN.into())
}
