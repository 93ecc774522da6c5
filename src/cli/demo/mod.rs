//! `portcullis demo`: the whole thing in one minute, without a cluster.

mod api_server;
mod defaults;
mod story;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use anyhow::Context as _;
use tokio::net::TcpListener;

use super::{Globals, Out};
use crate::certs::{self, Resolver, Tls};
use crate::cluster::Knowledge;
use crate::config::Config;
use crate::webhook::{self, Gate, Limits, Running, Setup, Webhook};
use api_server::ApiServer;
use story::Chapter;

/// See the webhook at work against an example cluster, without a cluster of your own
///
/// Starts the webhook over TLS on a free loopback port, then submits the manifests of
/// examples/deploys and examples/good as an API server would, and prints what kubectl would.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {}

/// Tells the story.
///
/// # Errors
/// Where the webhook cannot be started or does not answer: exit code 2.
pub fn run(_: &Args, globals: &Globals) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?
        .block_on(tell(globals))?;
    Ok(ExitCode::SUCCESS)
}

async fn tell(globals: &Globals) -> anyhow::Result<()> {
    let gate = Arc::new(Gate::new(
        story::cluster()?,
        Knowledge::default(),
        Config::default(),
    ));
    let (running, ca) = serve(gate.clone()).await?;
    let mut server = ApiServer::connect(running.address(), &ca, story::applied()?).await?;
    let mut out = globals.stdout();
    let objects = gate.store().len();
    writeln!(
        out,
        "# a webhook on {}, a cluster of {objects} objects in view",
        running.address()
    )?;
    for chapter in story::chapters()? {
        read_aloud(&chapter, &gate, &mut server, globals, &mut out).await?;
    }
    let figures = server.figures();
    writeln!(
        out,
        "\n{} objects in view, {} reviews, server time {:.2} ms median, {:.2} ms worst",
        gate.store().len(),
        figures.reviews,
        figures.median.as_secs_f64() * 1e3,
        figures.worst.as_secs_f64() * 1e3,
    )?;
    out.flush()?;
    drop(server);
    running.stop(Duration::ZERO).await;
    Ok(())
}

/// Starts the webhook on a free port, with a CA that lives as long as this process.
async fn serve(gate: Arc<Gate>) -> anyhow::Result<(Running, String)> {
    let made = certs::ephemeral(&["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    let free = || TcpListener::bind(("127.0.0.1", 0));
    let running = webhook::start(Setup {
        webhook: Webhook::new(gate, Limits::default()),
        tls: Tls::new(Resolver::new(made.serving)),
        listener: free().await.context("no free port on 127.0.0.1")?,
        health: free().await.context("no free port on 127.0.0.1")?,
    })?;
    Ok((running, made.ca))
}

/// Submits the manifests of one file, and then those of its mended variant.
async fn read_aloud(
    chapter: &Chapter,
    gate: &Gate,
    server: &mut ApiServer,
    globals: &Globals,
    out: &mut Out,
) -> anyhow::Result<()> {
    for file in &chapter.files {
        writeln!(out)?;
        let (dim, bold) = (style(globals, Style::dimmed), style(globals, Style::bold));
        if let Some(comment) = &file.comment {
            writeln!(out, "{dim}# {comment}{dim:#}")?;
        }
        writeln!(out, "{bold}$ kubectl apply -f {}{bold:#}", file.path)?;
        for manifest in &file.manifests {
            let said = server.apply(manifest.clone()).await?;
            for warning in &said.warnings {
                warn(out, globals, warning)?;
            }
            writeln!(out, "{}", said.done)?;
            if let Some(object) = said.admitted {
                // In a cluster the watch would bring it.
                let mut store = gate.store();
                store.put(object);
                gate.publish(store);
            }
        }
    }
    Ok(())
}

fn warn(out: &mut Out, globals: &Globals, warning: &str) -> std::io::Result<()> {
    let yellow = style(globals, |plain| {
        plain.bold().fg_color(Some(AnsiColor::Yellow.into()))
    });
    writeln!(out, "{yellow}Warning:{yellow:#} {warning}")
}

/// A style where colours are wanted, and none elsewhere.
fn style(globals: &Globals, set: impl FnOnce(Style) -> Style) -> Style {
    let plain = Style::new();
    if globals.colour() { set(plain) } else { plain }
}
