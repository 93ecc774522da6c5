//! The certificate being served, and the resolver through which it can be swapped.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use x509_parser::prelude::{ASN1Time, FromDer, X509Certificate};

use super::{Error, provider};

/// A certificate chain with its key, and from when to when it is valid.
#[derive(Debug)]
pub struct Serving {
    key: Arc<CertifiedKey>,
    begins: SystemTime,
    expires: SystemTime,
}

impl Serving {
    /// A chain and its key, which must belong to the first certificate of it.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, Error> {
        let leaf = chain.first().ok_or(Error::Certificate)?;
        let (begins, expires) = validity(leaf)?;
        let key = CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => Error::Mismatch,
            other => Error::Tls(other),
        })?;
        Ok(Self {
            key: Arc::new(key),
            begins,
            expires,
        })
    }

    /// From when the certificate is valid.
    pub fn begins(&self) -> SystemTime {
        self.begins
    }

    /// When the certificate expires.
    pub fn expires(&self) -> SystemTime {
        self.expires
    }
}

fn validity(leaf: &CertificateDer<'_>) -> Result<(SystemTime, SystemTime), Error> {
    let (_, certificate) = X509Certificate::from_der(leaf).map_err(|_| Error::Certificate)?;
    let validity = certificate.validity();
    Ok((moment(validity.not_before)?, moment(validity.not_after)?))
}

fn moment(time: ASN1Time) -> Result<SystemTime, Error> {
    let seconds = u64::try_from(time.timestamp()).unwrap_or(0);
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
