//! Who may connect, where not everybody may: clients with a certificate of a CA, and of a name.

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, RootCertStore, SignatureScheme,
};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::files::{missing, read};
use super::{Error, provider};

/// Clients with a certificate of a CA that can be swapped, and of one of these names.
#[derive(Debug)]
pub struct Clients {
    verifier: ArcSwap<Arc<dyn ClientCertVerifier>>,
    names: Vec<String>,
}

impl Clients {
    /// Clients that the CA in a file vouches for. With `names`, a certificate's common name or one
    /// of its alternative names must be one of them.
    pub fn new(ca: &Path, names: Vec<String>) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            verifier: ArcSwap::from_pointee(verifier(ca)?),
            names,
        }))
    }

    /// Trusts what the file holds now, from the next handshake on.
    pub fn reload(&self, ca: &Path) -> Result<(), Error> {
        self.verifier.store(Arc::new(verifier(ca)?));
        Ok(())
    }

    fn is_named(&self, certificate: &CertificateDer<'_>) -> bool {
        self.names.is_empty()
            || X509Certificate::from_der(certificate).is_ok_and(|(_, certificate)| {
                self.names.iter().any(|name| bears(&certificate, name))
            })
    }
}

fn verifier(ca: &Path) -> Result<Arc<dyn ClientCertVerifier>, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&read(ca)?) {
        let certificate = certificate.map_err(|_| missing(ca, "certificate"))?;
        roots.add(certificate)?;
    }
    if roots.is_empty() {
        return Err(missing(ca, "certificate"));
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
    Ok(verifier.build()?)
}

/// Whether a certificate is one of `name`.
fn bears(certificate: &X509Certificate<'_>, name: &str) -> bool {
    let common = certificate.subject().iter_common_name();
    let mut common = common.filter_map(|it| it.as_str().ok());
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    let mut alternatives = alternatives.iter().flat_map(|it| &it.value.general_names);
    common.any(|it| it == name)
        || alternatives.any(|it| match it {
            GeneralName::DNSName(it) | GeneralName::URI(it) | GeneralName::RFC822Name(it) => {
                *it == name
            }
            _ => false,
        })
}

impl ClientCertVerifier for Clients {
    /// None: a client that has one certificate for us shows it, and the CA may change.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let verified = (self.verifier.load()).verify_client_cert(end_entity, intermediates, now)?;
        if self.is_named(end_entity) {
            Ok(verified)
        } else {
            Err(CertificateError::NotValidForName.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier
            .load()
            .verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier
            .load()
            .verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.load().supported_verify_schemes()
    }
}
