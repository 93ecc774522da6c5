//! Certificates: those served, from files or made in memory, those asked of clients, and the TLS
//! settings around them.

mod clients;
mod ephemeral;
mod files;
mod serving;
mod tls;

use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;

pub use clients::Clients;
pub use ephemeral::{Ephemeral, ephemeral};
pub use files::load;
pub use serving::{Resolver, Serving};
pub use tls::{Tls, TlsVersion};

/// The TLS provider, always passed explicitly: with two of them compiled in, rustls refuses to
/// choose and panics.
pub fn provider() -> Arc<CryptoProvider> {
    #[cfg(feature = "aws-lc-rs")]
    return Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    #[cfg(not(feature = "aws-lc-rs"))]
    return Arc::new(rustls::crypto::ring::default_provider());
}

/// Why there is no certificate to serve with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file holds no PEM section of the kind wanted.
    #[error("{} holds no {wanted} in PEM", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// `certificate` or `private key`.
        wanted: &'static str,
    },
    /// The certificate's DER is broken.
    #[error("the certificate is not a readable X.509 certificate")]
    Certificate,
    /// The key is not that of the first certificate.
    #[error("the private key does not belong to the first certificate")]
    Mismatch,
    /// The certificate's time is over.
    #[error("the certificate expired {0} ago")]
    Expired(String),
    /// The certificate's time has not come.
    #[error("the certificate is not valid before {0} from now")]
    NotYet(String),
    /// The certificates of a CA cannot be used to verify others.
    #[error("clients cannot be verified with it")]
    Clients(#[from] rustls::server::VerifierBuilderError),
    /// The TLS library refuses the key or the settings.
    #[error("TLS cannot be served with it")]
    Tls(#[from] rustls::Error),
    /// A certificate could not be made.
    #[error("cannot make a certificate")]
    Make(#[from] rcgen::Error),
}
