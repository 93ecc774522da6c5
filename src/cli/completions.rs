//! `portcullis completions`: a completion script for a shell.

use std::io::Write;
use std::process::ExitCode;

use clap_complete::Shell;

use super::{Globals, command, exit};

/// Print a completion script
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  source <(portcullis completions bash)
  portcullis completions zsh > ~/.zfunc/_portcullis
  portcullis completions fish > ~/.config/fish/completions/portcullis.fish")]
pub struct Args {
    /// The shell to complete in
    shell: Shell,
}

/// Prints the script.
pub fn run(args: &Args, globals: &Globals) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "portcullis", &mut script);
    let mut out = globals.stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(exit::CLEAN.into())
}
