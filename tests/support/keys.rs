//! Keys and certificates, made for one test alone.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};

/// A CA that signs what tests need.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key, in PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Pair {
    /// Writes `NAME.crt` and `NAME.key`.
    pub(crate) fn write(&self, folder: &Path, name: &str) {
        fs::write(folder.join(format!("{name}.crt")), &self.certificate).unwrap();
        fs::write(folder.join(format!("{name}.key")), &self.key).unwrap();
    }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// What serves as `names`.
    pub(crate) fn server(&self, names: &[&str]) -> Pair {
        self.sign(names, "server", ExtendedKeyUsagePurpose::ServerAuth, None)
    }

    /// What served as `localhost` until `end`.
    pub(crate) fn server_until(&self, end: SystemTime) -> Pair {
        let purpose = ExtendedKeyUsagePurpose::ServerAuth;
        self.sign(&["localhost"], "server", purpose, Some(end))
    }

    /// What a client of that name shows.
    pub(crate) fn client(&self, name: &str) -> Pair {
        self.sign(&[], name, ExtendedKeyUsagePurpose::ClientAuth, None)
    }

    fn sign(
        &self,
        names: &[&str],
        common: &str,
        purpose: ExtendedKeyUsagePurpose,
        end: Option<SystemTime>,
    ) -> Pair {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, common);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![purpose];
        params.use_authority_key_identifier_extension = true;
        if let Some(end) = end {
            params.not_after = end.into();
        }
        let key = KeyPair::generate().unwrap();
        Pair {
            certificate: params.signed_by(&key, &self.0).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }
}
