//! A CA and a serving certificate that live in memory only, for trying things out and for tests.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::{Error, Serving};

/// How long an ephemeral certificate lasts: it goes with the process, which nobody renews.
const LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// Clocks differ: what is made now is valid from an hour ago.
const SKEW: Duration = Duration::from_secs(3600);

/// A serving certificate, and the CA that vouches for it.
#[derive(Debug)]
pub struct Ephemeral {
    /// What is served.
    pub serving: Serving,
    /// The CA's certificate in PEM: what a client must trust, `caBundle` in a webhook's
    /// configuration.
    pub ca: String,
}

/// Makes a CA and a certificate for DNS names and addresses, both in memory only.
pub fn ephemeral(names: &[String]) -> Result<Ephemeral, Error> {
    let mut ca = validity(CertificateParams::default());
    ca.distinguished_name = common_name("portcullis ephemeral CA");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate()?)?;

    let mut leaf = validity(CertificateParams::new(names)?);
    leaf.distinguished_name = common_name("portcullis");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = leaf.signed_by(&key, &ca)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok(Ephemeral {
        serving: Serving::new(vec![certificate.der().clone()], key)?,
        ca: ca.pem(),
    })
}

fn validity(mut params: CertificateParams) -> CertificateParams {
    let now = SystemTime::now();
    params.not_before = now.checked_sub(SKEW).unwrap_or(now).into();
    params.not_after = now.checked_add(LIFETIME).unwrap_or(now).into();
    params
}

fn common_name(name: &str) -> rcgen::DistinguishedName {
    let mut names = rcgen::DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}
