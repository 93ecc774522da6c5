//! The listeners: accepting, TLS, and stopping without a failed call.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::health::Health;
use super::limits::Limits;
use super::router::{Webhook, router};
use crate::certs::{self, Tls};

/// How long accepting rests after the system refused, as it does when out of file descriptors.
const REST: Duration = Duration::from_millis(50);

/// What one connection may buffer of a request that nobody reads yet.
const BUFFER: u32 = 64 * 1024;

/// Health is asked by few: these many connections at once.
const HEALTH_CONNECTIONS: usize = 64;

/// What a server is made of.
#[derive(Debug)]
pub struct Setup {
    /// Answers.
    pub webhook: Arc<Webhook>,
    /// Secures the webhook's connections.
    pub tls: Tls,
    /// Where the API server connects to.
    pub listener: TcpListener,
    /// Where kubelet and Prometheus connect to.
    pub health: TcpListener,
}

/// A server that runs until it is told to stop.
#[derive(Debug)]
pub struct Running {
    webhook: Arc<Webhook>,
    address: SocketAddr,
    health: SocketAddr,
    stop: watch::Sender<bool>,
    doors: [JoinHandle<()>; 2],
}

/// Starts serving.
pub fn start(setup: Setup) -> Result<Running, StartError> {
    let limits = *setup.webhook.limits();
    let tls = setup.tls.server_config()?;
    let address = setup.listener.local_addr()?;
    let health = setup.health.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let webhook = Door {
        router: router(setup.webhook.clone()),
        tls: Some(TlsAcceptor::from(Arc::new(tls))),
        limits,
    };
    let vitals = Door {
        router: Health::new(setup.webhook.clone(), setup.tls.resolver).router(),
        tls: None,
        limits: Limits {
            connections: HEALTH_CONNECTIONS,
            ..limits
        },
    };
    Ok(Running {
        webhook: setup.webhook,
        address,
        health,
        stop,
        doors: [
            tokio::spawn(webhook.serve(setup.listener, stopped.clone())),
            tokio::spawn(vitals.serve(setup.health, stopped)),
        ],
    })
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The TLS settings are refused.
    #[error(transparent)]
    Tls(#[from] certs::Error),
    /// A listener has no address.
    #[error(transparent)]
    Listen(#[from] io::Error),
}

impl Running {
    /// The webhook's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of health and metrics.
    pub fn health(&self) -> SocketAddr {
        self.health
    }

    /// Stops without a failed call: not ready at once, still serving for `delay` while clients
    /// learn of it and are asked to close, then finishing what is in flight.
    pub async fn stop(self, delay: Duration) {
        self.webhook.drain();
        sleep(delay).await;
        // There are receivers for as long as the doors run.
        let _ = self.stop.send(true);
        for door in self.doors {
            let _ = door.await;
        }
    }
}

/// One listener with what it serves.
struct Door {
    router: Router,
    tls: Option<TlsAcceptor>,
    limits: Limits,
}

impl Door {
    async fn serve(self, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(
            self.limits.connections.min(Semaphore::MAX_PERMITS),
        ));
        let graceful = GracefulShutdown::new();
        let door = Arc::new(self);
        while let Some((stream, place)) = accept(&listener, &places, &mut stopped).await {
            tokio::spawn(door.clone().welcome(stream, place, graceful.watcher()));
        }
        // Who connected before the listener closes is not to be turned away.
        while let Ok(Ok((stream, _))) = timeout(Duration::ZERO, listener.accept()).await {
            let Ok(place) = places.clone().try_acquire_owned() else {
                break;
            };
            tokio::spawn(door.clone().welcome(stream, place, graceful.watcher()));
        }
        drop(listener);
        if timeout(door.limits.finish, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!("stopped with requests still in flight");
        }
    }

    async fn welcome(
        self: Arc<Self>,
        stream: TcpStream,
        place: OwnedSemaphorePermit,
        watcher: Watcher,
    ) {
        // Answers are small and someone waits for each.
        let _ = stream.set_nodelay(true);
        match &self.tls {
            None => self.talk(stream, watcher).await,
            Some(tls) => match timeout(self.limits.handshake, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.talk(stream, watcher).await,
                Ok(Err(error)) => tracing::debug!(%error, "handshake failed"),
                Err(_) => tracing::debug!("handshake took too long"),
            },
        }
        drop(place);
    }

    async fn talk<S>(&self, stream: S, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = TowerToHyperService::new(self.router.clone());
        let builder = http(&self.limits);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(error, "connection ended");
        }
    }
}

/// The next connection and its place, or `None` when it is time to stop.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    stopped: &mut watch::Receiver<bool>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let next = async {
        let place = places.clone().acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => return Some((stream, place)),
                Err(error) if is_one_connections(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections");
                    sleep(REST).await;
                }
            }
        }
    };
    tokio::select! {
        _ = stopped.wait_for(|stopped| *stopped) => None,
        connection = next => connection,
    }
}

/// Whether only the connection being accepted is to blame.
fn is_one_connections(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

fn http(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(BUFFER as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .initial_stream_window_size(BUFFER)
        .initial_connection_window_size(BUFFER * 16)
        .max_concurrent_streams(250)
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(limits.head)
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}
