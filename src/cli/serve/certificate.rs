//! How `portcullis serve` secures its connections: where the certificate comes from, and whose is
//! asked for.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context, bail};

use crate::certs::{self, Clients, Resolver, Tls, TlsVersion};
use crate::cli::select;
use crate::metrics::{Reloads, Subject};
use crate::reload::{self, Files};

/// How connections are secured.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Flags {
    /// Serving certificate, and the chain above it, in PEM; read again when it changes
    #[arg(long, value_name = "FILE", env = "PORTCULLIS_CERT", requires = "key")]
    cert: Option<PathBuf>,
    /// Private key of the certificate, in PEM; read again when it changes
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
    /// The oldest version of TLS that is spoken
    #[arg(long, value_name = "VERSION", env = "PORTCULLIS_TLS_MIN_VERSION", default_value = "1.2", value_parser = select::tls_version())]
    tls_min_version: TlsVersion,
    /// Accept only clients that this CA vouches for, in PEM; read again when it changes
    #[arg(long, value_name = "FILE", env = "PORTCULLIS_CLIENT_CA")]
    client_ca: Option<PathBuf>,
    /// Accept only clients whose certificate is for this name, common or alternative (repeatable)
    #[arg(
        long,
        value_name = "NAME",
        env = "PORTCULLIS_CLIENT_NAME",
        value_delimiter = ',',
        requires = "client_ca"
    )]
    client_name: Vec<String>,
}

/// Secured connections, and what they are made of.
pub(super) struct Secured {
    pub(super) tls: Tls,
    /// The CA, where it was made here.
    pub(super) ca: Option<String>,
    pair: Option<Pair>,
    clients: Option<ClientCa>,
}

/// A certificate and its key in files.
struct Pair {
    files: Files,
    certificate: PathBuf,
    key: PathBuf,
}

/// Those who vouch for clients, in a file.
struct ClientCa {
    files: Files,
    path: PathBuf,
    clients: Arc<Clients>,
}

impl Flags {
    /// Reads or makes what connections are secured with; `listen` is where they arrive.
    pub(super) fn secure(&self, listen: SocketAddr) -> anyhow::Result<Secured> {
        let clients = self.client_ca()?;
        let (serving, ca, pair) = match (&self.cert, &self.key) {
            (Some(certificate), Some(key)) => {
                let files = Files::new(vec![certificate.clone(), key.clone()]);
                let serving = certs::load(certificate, key, SystemTime::now())
                    .with_context(|| format!("cannot serve with {}", certificate.display()))?;
                let (certificate, key) = (certificate.clone(), key.clone());
                let pair = Pair {
                    files,
                    certificate,
                    key,
                };
                (serving, None, Some(pair))
            }
            _ if self.ephemeral_cert => {
                let made = certs::ephemeral(&self.names(listen))?;
                (made.serving, Some(made.ca), None)
            }
            _ => bail!("no certificate: give --cert and --key, or --ephemeral-cert to try it out"),
        };
        let tls = Tls {
            resolver: Resolver::new(serving),
            least: self.tls_min_version,
            clients: clients.as_ref().map(|it| it.clients.clone()),
        };
        Ok(Secured {
            tls,
            ca,
            pair,
            clients,
        })
    }

    fn client_ca(&self) -> anyhow::Result<Option<ClientCa>> {
        let Some(path) = self.client_ca.clone() else {
            return Ok(None);
        };
        let files = Files::new(vec![path.clone()]);
        let clients = Clients::new(&path, self.client_name.clone())
            .with_context(|| format!("cannot verify clients with {}", path.display()))?;
        Ok(Some(ClientCa {
            files,
            path,
            clients,
        }))
    }

    /// What an ephemeral certificate is for: this machine, and what the manifests call the Service.
    fn names(&self, listen: SocketAddr) -> Vec<String> {
        let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1", "portcullis.portcullis.svc"]
            .map(str::to_owned)
            .into();
        let ip = listen.ip();
        if !ip.is_unspecified() {
            names.push(ip.to_string());
        }
        names.extend(self.cert_name.iter().cloned());
        names.sort();
        names.dedup();
        names
    }
}

impl Secured {
    /// Takes up what its files hold whenever they change, for as long as the process runs.
    pub(super) fn follow(self, reloads: &Reloads) {
        if let Some(Pair {
            files,
            certificate,
            key,
        }) = self.pair
        {
            let resolver = self.tls.resolver;
            let take = move || {
                let serving = certs::load(&certificate, &key, SystemTime::now())?;
                resolver.swap(serving);
                Ok::<_, certs::Error>(())
            };
            tokio::spawn(reload::follow(
                files,
                Subject::Certificate,
                reloads.clone(),
                take,
            ));
        }
        if let Some(ClientCa {
            files,
            path,
            clients,
        }) = self.clients
        {
            let take = move || clients.reload(&path);
            tokio::spawn(reload::follow(
                files,
                Subject::ClientCa,
                reloads.clone(),
                take,
            ));
        }
    }
}
