//! `portcullis serve`: the webhook as a process.

mod args;
mod certificate;
mod cluster;
mod log;
mod settings;

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

pub use args::Args;
use certificate::Secured;
use settings::Settings;

use crate::webhook::{self, Gate, Limits, Running, Setup, Webhook};

/// Serves until the process is told to stop.
///
/// # Errors
/// Where there is no certificate, nothing to review against, an unknown rule is named, or an
/// address cannot be listened on: each is exit code 2.
pub fn run(args: &Args, verbose: u8) -> anyhow::Result<ExitCode> {
    log::json(verbose);
    let settings = Settings::read(args)?;
    let store = args.cluster.store()?;
    let secured = args.certificate.secure(args.listen)?;
    let (knowledge, config) = (settings.knowledge, settings.config.clone());
    let gate = Arc::new(Gate::new(store, knowledge, config));
    let limits = Limits {
        deadline: args.deadline,
        bodies: usize::from(args.body_budget) << 20,
        ..Limits::default()
    };
    let webhook = Webhook::new(gate.clone(), limits);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?
        .block_on(async {
            let _live = args.cluster.watch(&gate).await?;
            serve(args, webhook, secured, settings).await
        })?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(
    args: &Args,
    webhook: Arc<Webhook>,
    secured: Secured,
    settings: Settings,
) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let serving = webhook.clone();
    let reloads = serving.gate().metrics().reloads();
    let running = webhook::start(Setup {
        webhook,
        tls: secured.tls.clone(),
        listener: listen(args.listen).await?,
        health: listen(args.health_listen).await?,
    })?;
    tracing::info!(webhook = %running.address(), health = %running.health(), "serving");
    if let Some(ca) = &secured.ca {
        // Whoever reads the CA from here may connect at once: the listeners are open.
        let mut out = std::io::stdout().lock();
        out.write_all(ca.as_bytes())
            .and_then(|()| out.flush())
            .context("cannot print the CA")?;
    }
    secured.follow(&reloads);
    settings.follow(args, serving, &reloads);
    let delay = tokio::select! {
        _ = terminate.recv() => args.drain_delay,
        // Someone at a terminal: nobody else is sending requests here.
        _ = interrupt.recv() => Duration::ZERO,
    };
    stop(running, delay, terminate, interrupt).await;
    Ok(())
}

/// Stops as gently as `delay` says, or at once when asked a second time.
async fn stop(running: Running, delay: Duration, mut terminate: Signal, mut interrupt: Signal) {
    tracing::info!(seconds = delay.as_secs_f64(), "stopping");
    tokio::select! {
        () = running.stop(delay) => tracing::info!("stopped"),
        _ = terminate.recv() => tracing::warn!("stopped at once"),
        _ = interrupt.recv() => tracing::warn!("stopped at once"),
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
}
