//! A serving certificate and its key from PEM files.

use std::path::Path;
use std::time::SystemTime;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::{Error, Serving};

/// Reads a certificate chain and its private key, which must belong together and be valid at `now`.
pub fn load(certificate: &Path, key: &Path, now: SystemTime) -> Result<Serving, Error> {
    let chain = CertificateDer::pem_slice_iter(&read(certificate)?)
        .collect::<Result<Vec<_>, _>>()
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| missing(certificate, "certificate"))?;
    let key =
        PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_| missing(key, "private key"))?;
    let serving = Serving::new(chain, key)?;
    if let Ok(over) = now.duration_since(serving.expires())
        && !over.is_zero()
    {
        return Err(Error::Expired(span(over.as_secs())));
    }
    match serving.begins().duration_since(now) {
        Ok(wait) if !wait.is_zero() => Err(Error::NotYet(span(wait.as_secs()))),
        _ => Ok(serving),
    }
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

pub(super) fn missing(path: &Path, wanted: &'static str) -> Error {
    Error::Pem {
        path: path.to_owned(),
        wanted,
    }
}

fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    struct Pair {
        _folder: tempfile::TempDir,
        certificate: PathBuf,
        key: PathBuf,
    }

    fn pair(expires: SystemTime) -> Pair {
        pair_between(day(0), expires)
    }

    fn pair_between(begins: SystemTime, expires: SystemTime) -> Pair {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = begins.into();
        params.not_after = expires.into();
        let key = KeyPair::generate().unwrap();
        let pair = Pair {
            certificate: folder.path().join("tls.crt"),
            key: folder.path().join("tls.key"),
            _folder: folder,
        };
        std::fs::write(&pair.certificate, params.self_signed(&key).unwrap().pem()).unwrap();
        std::fs::write(&pair.key, key.serialize_pem()).unwrap();
        pair
    }

    fn day(number: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(number * 86_400)
    }

    fn refusal(certificate: &Path, key: &Path, now: SystemTime) -> String {
        load(certificate, key, now).unwrap_err().to_string()
    }

    #[test]
    fn a_pair_of_files_is_served_until_it_expires() {
        let pair = pair(day(20_000));
        let serving = load(&pair.certificate, &pair.key, day(19_999)).unwrap();
        assert_eq!(serving.expires(), day(20_000));
        let said = refusal(&pair.certificate, &pair.key, day(20_003));
        assert_eq!(said, "the certificate expired 3 days ago");
    }

    #[test]
    fn a_certificate_whose_time_has_not_come_is_refused() {
        let pair = pair_between(day(100), day(200));
        let said = refusal(&pair.certificate, &pair.key, day(98));
        assert_eq!(said, "the certificate is not valid before 2 days from now");
        load(&pair.certificate, &pair.key, day(100)).unwrap();
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let (one, other) = (pair(day(20_000)), pair(day(20_000)));
        let said = refusal(&one.certificate, &other.key, day(1));
        assert_eq!(
            said,
            "the private key does not belong to the first certificate"
        );
    }

    #[test]
    fn files_that_are_absent_or_hold_something_else_are_named() {
        let pair = pair(day(20_000));
        let absent = pair.key.with_file_name("absent");
        assert!(refusal(&absent, &pair.key, day(1)).contains("absent"));
        assert!(refusal(&pair.key, &pair.key, day(1)).ends_with("holds no certificate in PEM"));
        let said = refusal(&pair.certificate, &pair.certificate, day(1));
        assert!(said.ends_with("holds no private key in PEM"), "{said}");
        std::fs::write(&pair.certificate, b"\xff\x00-----BEGIN").unwrap();
        assert!(refusal(&pair.certificate, &pair.key, day(1)).contains("holds no certificate"));
    }
}
