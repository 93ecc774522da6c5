//! `portcullis check`.

use std::process::ExitCode;

use super::Globals;

/// Review manifests
#[derive(Clone, Debug, clap::Args)]
pub struct Args {}

/// x
pub fn run(_args: &Args, _globals: &Globals) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
