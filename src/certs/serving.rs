//! The certificate being served, and the resolver through which it can be swapped.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{Error, provider};

/// A certificate chain with its key, and when it expires.
#[derive(Debug)]
pub struct Serving {
    key: Arc<CertifiedKey>,
    expires: SystemTime,
}

impl Serving {
    /// A chain and its key, which must belong to the first certificate of it.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, Error> {
        let leaf = chain.first().ok_or(Error::Certificate)?;
        let expires = expiry(leaf)?;
        let key = CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => Error::Mismatch,
            other => Error::Tls(other),
        })?;
        Ok(Self {
            key: Arc::new(key),
            expires,
        })
    }

    /// When the certificate expires.
    pub fn expires(&self) -> SystemTime {
        self.expires
    }
}

fn expiry(leaf: &CertificateDer<'_>) -> Result<SystemTime, Error> {
    let (_, certificate) = X509Certificate::from_der(leaf).map_err(|_| Error::Certificate)?;
    let seconds = certificate.validity().not_after.timestamp();
    let seconds = u64::try_from(seconds).unwrap_or(0);
    UNIX_EPOCH
        .checked_add(Duration::from_secs(seconds))
        .ok_or(Error::Certificate)
}

/// Answers each handshake with the certificate of the moment.
#[derive(Debug)]
pub struct Resolver(ArcSwap<Serving>);

impl Resolver {
    /// A resolver that begins with `serving`.
    pub fn new(serving: Serving) -> Arc<Self> {
        Arc::new(Self(ArcSwap::from_pointee(serving)))
    }

    /// Serves another certificate from the next handshake on.
    pub fn swap(&self, serving: Serving) {
        self.0.store(Arc::new(serving));
    }

    /// When the certificate of the moment expires.
    pub fn expires(&self) -> SystemTime {
        self.0.load().expires()
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load().key.clone())
    }
}

/// TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1, with the resolver's certificate.
pub fn server_config(resolver: Arc<Resolver>) -> Result<ServerConfig, Error> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
