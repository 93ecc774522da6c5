//! The TLS settings: versions, protocols, whose certificate is shown, and whose is asked for.

use std::sync::Arc;

use rustls::server::NoServerSessionStorage;
use rustls::{ServerConfig, SupportedProtocolVersion};

use super::{Clients, Error, Resolver, provider};

static TLS13_ONLY: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];

/// How connections are secured.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Certifies this server.
    pub resolver: Arc<Resolver>,
    /// The oldest version that is spoken.
    pub least: TlsVersion,
    /// Who may connect; anyone where not given.
    pub clients: Option<Arc<Clients>>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[default]
    Tls12,
    /// TLS 1.3.
    Tls13,
}

impl TlsVersion {
    /// All of them, the oldest first.
    pub const ALL: [Self; 2] = [Self::Tls12, Self::Tls13];

    /// `1.2`, `1.3`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        }
    }

    /// It and what came after it.
    fn and_later(self) -> &'static [&'static SupportedProtocolVersion] {
        match self {
            Self::Tls12 => rustls::ALL_VERSIONS,
            Self::Tls13 => TLS13_ONLY,
        }
    }
}

impl Tls {
    /// TLS 1.2 and later for everybody, with the resolver's certificate.
    pub fn new(resolver: Arc<Resolver>) -> Self {
        Self {
            resolver,
            least: TlsVersion::default(),
            clients: None,
        }
    }

    /// The same as the TLS library wants it, with HTTP/2 and HTTP/1.1.
    pub fn server_config(&self) -> Result<ServerConfig, Error> {
        let builder = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(self.least.and_later())?;
        let builder = match &self.clients {
            Some(clients) => builder.with_client_cert_verifier(clients.clone()),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_cert_resolver(self.resolver.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        if self.clients.is_some() {
            // A session that is resumed is not verified again, not even under another CA.
            config.session_storage = Arc::new(NoServerSessionStorage {});
        }
        Ok(config)
    }
}
