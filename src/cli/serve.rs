//! `portcullis serve`: the webhook as a process.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use clap::ValueEnum;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::select;
use crate::certs::{self, Resolver, Serving};
use crate::cluster::{Knowledge, Store};
use crate::config::{Admission, Config, Notices};
use crate::finding::{Datapath, Platform, Severity};
use crate::labels::Selector;
use crate::manifest::{self, Inputs};
use crate::review;
use crate::webhook::{self, Gate, Limits, Running, Setup, Webhook};

/// How `portcullis serve` is asked to serve.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the webhook listens
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "PORTCULLIS_LISTEN",
        default_value = "0.0.0.0:8443"
    )]
    listen: SocketAddr,
    /// Where health and metrics listen, without TLS
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "PORTCULLIS_HEALTH_LISTEN",
        default_value = "0.0.0.0:8080"
    )]
    health_listen: SocketAddr,
    /// Serving certificate, and the chain above it, in PEM
    #[arg(long, value_name = "FILE", env = "PORTCULLIS_CERT", requires = "key")]
    cert: Option<PathBuf>,
    /// Private key of the certificate, in PEM
    #[arg(long, value_name = "FILE", env = "PORTCULLIS_KEY", requires = "cert")]
    key: Option<PathBuf>,
    /// Make a CA and a certificate in memory, and print the CA bundle
    #[arg(long, env = "PORTCULLIS_EPHEMERAL_CERT", conflicts_with_all = ["cert", "key"])]
    ephemeral_cert: bool,
    /// DNS name or address that the ephemeral certificate is also for (repeatable)
    #[arg(
        long,
        value_name = "NAME",
        env = "PORTCULLIS_CERT_NAME",
        value_delimiter = ','
    )]
    cert_name: Vec<String>,
    /// Review against these manifests instead of a cluster (repeatable)
    #[arg(long, value_name = "PATH", env = "PORTCULLIS_MANIFESTS")]
    manifests: Vec<PathBuf>,
    /// Deny the creation of what this rule warns about (repeatable)
    #[arg(
        long,
        value_name = "RULE",
        env = "PORTCULLIS_DENY",
        value_delimiter = ','
    )]
    deny: Vec<String>,
    /// Deny only in namespaces whose labels match
    #[arg(
        long,
        value_name = "SELECTOR",
        env = "PORTCULLIS_DENY_NAMESPACES",
        requires = "deny"
    )]
    deny_namespaces: Option<Selector>,
    /// The mildest severity that is told
    #[arg(
        long,
        value_name = "SEVERITY",
        env = "PORTCULLIS_SHOW",
        value_enum,
        default_value = "warning"
    )]
    show: Show,
    /// Which notices are told
    #[arg(
        long,
        value_name = "WHICH",
        env = "PORTCULLIS_NOTICES",
        value_enum,
        default_value = "promised"
    )]
    notices: NoticesFlag,
    /// Ask only this rule (repeatable)
    #[arg(
        long,
        value_name = "RULE",
        env = "PORTCULLIS_RULE",
        value_delimiter = ','
    )]
    rule: Vec<String>,
    /// Do not ask this rule (repeatable)
    #[arg(
        long,
        value_name = "RULE",
        env = "PORTCULLIS_SKIP",
        value_delimiter = ','
    )]
    skip: Vec<String>,
    /// How the cluster enforces network policies
    #[arg(long, value_name = "DATAPATH", env = "PORTCULLIS_DATAPATH", value_parser = select::datapath())]
    datapath: Option<Datapath>,
    /// Who set the cluster up, which tells where its API server and DNS are
    #[arg(long, value_name = "PLATFORM", env = "PORTCULLIS_PLATFORM", value_parser = select::platform())]
    platform: Option<Platform>,
    /// How long to keep serving after SIGTERM, until nobody sends requests here any more
    #[arg(long, value_name = "DURATION", env = "PORTCULLIS_DRAIN_DELAY", default_value = "10s", value_parser = duration)]
    drain_delay: Duration,
    /// The longest that an answer may take, whatever the API server would wait
    #[arg(long, value_name = "DURATION", env = "PORTCULLIS_DEADLINE", default_value = "5s", value_parser = duration)]
    deadline: Duration,
    /// What all requests being received may hold in memory, in MiB
    #[arg(long, value_name = "MIB", env = "PORTCULLIS_BODY_BUDGET", default_value = "128", value_parser = clap::value_parser!(u16).range(1..))]
    body_budget: u16,
}

/// `--show`.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Show {
    Error,
    Warning,
}

/// `--notices`.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum NoticesFlag {
    Promised,
    All,
    None,
}

fn duration(text: &str) -> Result<Duration, String> {
    webhook::duration(text).ok_or_else(|| "a number and a unit, such as 500ms or 1m30s".to_owned())
}

/// Serves until the process is told to stop.
///
/// # Errors
/// Where there is no certificate, nothing to review against, an unknown rule is named, or an
/// address cannot be listened on: each is exit code 2.
pub fn run(args: &Args, verbose: u8) -> anyhow::Result<ExitCode> {
    log_json(verbose);
    let config = config(args)?;
    let store = load(&args.manifests)?;
    let (serving, ca) = certificate(args)?;
    let knowledge = Knowledge {
        datapath: args.datapath,
        platform: args.platform,
    };
    let gate = Arc::new(Gate::new(store, knowledge, config));
    let limits = Limits {
        deadline: args.deadline,
        bodies: usize::from(args.body_budget) << 20,
        ..Limits::default()
    };
    let webhook = Webhook::new(gate, limits);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?
        .block_on(serve(args, webhook, Resolver::new(serving), ca.as_deref()))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(
    args: &Args,
    webhook: Arc<Webhook>,
    resolver: Arc<Resolver>,
    ca: Option<&str>,
) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let running = webhook::start(Setup {
        webhook,
        resolver,
        listener: listen(args.listen).await?,
        health: listen(args.health_listen).await?,
    })?;
    tracing::info!(webhook = %running.address(), health = %running.health(), "serving");
    if let Some(ca) = ca {
        // Whoever reads the CA from here may connect at once: the listeners are open.
        let mut out = std::io::stdout().lock();
        out.write_all(ca.as_bytes())
            .and_then(|()| out.flush())
            .context("cannot print the CA")?;
    }
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

fn config(args: &Args) -> anyhow::Result<Config> {
    for name in args.deny.iter().chain(&args.rule).chain(&args.skip) {
        select::rule(name)?;
    }
    Ok(Config {
        only: args.rule.clone(),
        skip: args.skip.clone(),
        admission: Admission {
            show: match args.show {
                Show::Error => Severity::Error,
                Show::Warning => Severity::Warning,
            },
            notices: match args.notices {
                NoticesFlag::Promised => Notices::Promised,
                NoticesFlag::All => Notices::All,
                NoticesFlag::None => Notices::None,
            },
            deny: args.deny.clone(),
            deny_namespaces: args.deny_namespaces.clone(),
        },
        ..Config::default()
    })
}

/// The certificate, and the CA where it was made here.
fn certificate(args: &Args) -> anyhow::Result<(Serving, Option<String>)> {
    if let (Some(cert), Some(key)) = (&args.cert, &args.key) {
        let serving = certs::load(cert, key, SystemTime::now())
            .with_context(|| format!("cannot serve with {}", cert.display()))?;
        return Ok((serving, None));
    }
    if !args.ephemeral_cert {
        bail!("no certificate: give --cert and --key, or --ephemeral-cert to try it out");
    }
    let made = certs::ephemeral(&names(args))?;
    Ok((made.serving, Some(made.ca)))
}

/// What an ephemeral certificate is for: this machine, and what the manifests call the Service.
fn names(args: &Args) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1", "portcullis.portcullis.svc"]
        .map(str::to_owned)
        .into();
    let ip = args.listen.ip();
    if !ip.is_unspecified() {
        names.push(ip.to_string());
    }
    names.extend(args.cert_name.iter().cloned());
    names.sort();
    names.dedup();
    names
}

/// What reviews see.
fn load(manifests: &[PathBuf]) -> anyhow::Result<Store> {
    if manifests.is_empty() {
        bail!("watching a cluster comes next; until then give --manifests PATH");
    }
    let inputs = Inputs {
        paths: manifests.to_vec(),
        ..Inputs::default()
    };
    let set = manifest::read(&inputs, |_, _| {})?;
    if set.nothing_readable() {
        bail!("none of the manifests can be read; portcullis check says why");
    }
    Ok(review::cluster_of(&set))
}

/// Logs as JSON on stderr, a panic like anything else.
fn log_json(verbose: u8) {
    let level = match verbose {
        0 => "warn,portcullis=info",
        1 => "info,portcullis=debug",
        _ => "debug,portcullis=trace",
    };
    // A second subscriber is refused, which only tests could try.
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(EnvFilter::new(level))
        .with_writer(std::io::stderr)
        .try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let payload = panic.payload();
        let said = (payload.downcast_ref::<String>().map(String::as_str))
            .or_else(|| payload.downcast_ref::<&str>().copied());
        tracing::error!(place, said, "panicked");
    }));
}
