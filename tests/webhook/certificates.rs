//! Certificates from files, as a process serves them: taken up when they change, refused when they
//! cannot be used; and those asked of clients.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use portcullis::certs::provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::keys::{Authority, Pair};
use crate::process::{address, logged, refusal, serve, started};
use crate::tls::health;

/// What never comes is given up after this.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder as kubelet mounts a Secret: links to a link to a folder of the moment.
struct Mount {
    folder: TempDir,
    swaps: u32,
}

impl Mount {
    fn new(pair: &Pair) -> Self {
        let mut mount = Self {
            folder: tempfile::tempdir().unwrap(),
            swaps: 0,
        };
        mount.swap(pair);
        for file in ["tls.crt", "tls.key"] {
            symlink(format!("..data/{file}"), mount.path(file)).unwrap();
        }
        mount
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn swap(&mut self, pair: &Pair) {
        self.swaps += 1;
        let moment = format!("..{}", self.swaps);
        fs::create_dir(self.path(&moment)).unwrap();
        pair.write(&self.path(&moment), "tls");
        symlink(&moment, self.path("..data_tmp")).unwrap();
        fs::rename(self.path("..data_tmp"), self.path("..data")).unwrap();
    }
}

/// A process that serves.
struct Process {
    child: Child,
    webhook: SocketAddr,
    health: SocketAddr,
    log: std::io::BufReader<ChildStderr>,
}

impl Process {
    fn start(certificate: &Path, key: &Path, flags: &[&str]) -> Self {
        let mut command = serve(&["--manifests", "examples/cluster"]);
        command.args(["--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0"]);
        command.arg("--cert").arg(certificate).arg("--key").arg(key);
        let (child, mut log) = started(command.args(flags));
        let serving = logged(&mut log, "serving");
        Self {
            webhook: address(&serving, "webhook"),
            health: address(&serving, "health"),
            child,
            log,
        }
    }

    /// How often a change of a subject was taken up or refused.
    async fn reloads(&self, labels: &str) -> u64 {
        let line = format!("portcullis_reloads_total{{{labels}}} ");
        let (_, metrics) = health(self.health, "/metrics").await;
        let count = metrics.lines().find_map(|it| it.strip_prefix(&line));
        count.map_or(0, |count| count.parse().unwrap())
    }

    async fn reloaded(&self, labels: &str, count: u64) {
        let began = Instant::now();
        while self.reloads(labels).await < count {
            assert!(began.elapsed() < PATIENCE, "{labels} is not counted");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client, with the certificate that it shows.
struct Caller<'a> {
    trusted: &'a Authority,
    shows: Option<&'a Pair>,
    versions: Vec<&'static SupportedProtocolVersion>,
}

impl<'a> Caller<'a> {
    fn new(trusted: &'a Authority) -> Self {
        Self {
            trusted,
            shows: None,
            versions: rustls::ALL_VERSIONS.to_vec(),
        }
    }

    /// The certificate that is served; a server that refuses the client answers nothing.
    async fn call(&self, address: SocketAddr) -> std::io::Result<Vec<u8>> {
        let mut roots = RootCertStore::empty();
        roots.add(der(&self.trusted.pem())).unwrap();
        let builder = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&self.versions)
            .unwrap()
            .with_root_certificates(roots);
        let config = match self.shows {
            Some(pair) => {
                let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
                let chain = vec![der(&pair.certificate)];
                builder.with_client_auth_cert(chain, key).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TcpStream::connect(address).await?;
        let connector = TlsConnector::from(Arc::new(config));
        let mut stream = connector.connect(name, stream).await?;
        // In TLS 1.3 a client learns that it is refused when it reads.
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await?;
        stream.read_to_end(&mut Vec::new()).await?;
        Ok(stream.get_ref().1.peer_certificates().unwrap()[0].to_vec())
    }

    async fn served(&self, process: &Process) -> Vec<u8> {
        self.call(process.webhook).await.unwrap()
    }
}

fn der(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

fn crossed(one: &Pair, other: &Pair) -> Pair {
    Pair {
        certificate: one.certificate.clone(),
        key: other.key.clone(),
    }
}

fn yesterday() -> SystemTime {
    SystemTime::now() - Duration::from_secs(86_400)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mounted_certificate_is_taken_up_and_an_unusable_one_refused() {
    const TAKEN: &str = "subject=\"certificate\",outcome=\"taken\"";
    const REFUSED: &str = "subject=\"certificate\",outcome=\"refused\"";
    let ca = Authority::new("ca");
    let [first, second, third] = [(); 3].map(|()| ca.server(&["localhost"]));
    let mut mount = Mount::new(&first);
    let mut process = Process::start(&mount.path("tls.crt"), &mount.path("tls.key"), &[]);
    let caller = Caller::new(&ca);
    assert_eq!(caller.served(&process).await, *der(&first.certificate));

    mount.swap(&second);
    process.reloaded(TAKEN, 1).await;
    assert_eq!(caller.served(&process).await, *der(&second.certificate));

    let unreadable = Pair {
        certificate: "none".to_owned(),
        key: third.key.clone(),
    };
    let unusable = [
        (crossed(&third, &first), "does not belong to"),
        (ca.server_until(yesterday()), "expired 1 day ago"),
        (unreadable, "tls.crt holds no certificate in PEM"),
    ];
    for (count, (pair, why)) in (1..).zip(unusable) {
        mount.swap(&pair);
        process.reloaded(REFUSED, count).await;
        let line = logged(&mut process.log, "not reloaded: the old one stays");
        let said = line["why"].as_str().unwrap();
        assert!(said.contains(why), "{said}");
        assert_eq!(caller.served(&process).await, *der(&second.certificate));
    }

    mount.swap(&third);
    process.reloaded(TAKEN, 2).await;
    assert_eq!(caller.served(&process).await, *der(&third.certificate));
}

#[test]
fn an_unusable_certificate_ends_the_process_with_a_sentence() {
    let ca = Authority::new("ca");
    let (one, other) = (ca.server(&["localhost"]), ca.server(&["localhost"]));
    let cases = [
        (
            crossed(&one, &other),
            "the private key does not belong to the first certificate",
        ),
        (
            ca.server_until(yesterday()),
            "the certificate expired 1 day ago",
        ),
    ];
    for (pair, why) in cases {
        let mount = Mount::new(&pair);
        let (certificate, key) = (mount.path("tls.crt"), mount.path("tls.key"));
        let [certificate, key] = [&certificate, &key].map(|path| path.to_str().unwrap());
        let flags = [
            "--cert",
            certificate,
            "--key",
            key,
            "--manifests",
            "examples/cluster",
        ];
        let said = refusal(&flags);
        assert_eq!(
            said,
            format!("error: cannot serve with {certificate}: {why}\n")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_version_of_tls_than_asked_for_is_not_spoken() {
    let ca = Authority::new("ca");
    let mount = Mount::new(&ca.server(&["localhost"]));
    let flags = ["--tls-min-version", "1.3"];
    let process = Process::start(&mount.path("tls.crt"), &mount.path("tls.key"), &flags);
    let caller = |version| Caller {
        versions: vec![version],
        ..Caller::new(&ca)
    };
    let old = caller(&rustls::version::TLS12);
    old.call(process.webhook).await.unwrap_err();
    caller(&rustls::version::TLS13).served(&process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_clients_of_the_ca_and_the_name_asked_for_are_answered() {
    let (ca, clients, others) = (
        Authority::new("ca"),
        Authority::new("it"),
        Authority::new("it"),
    );
    let mount = Mount::new(&ca.server(&["localhost"]));
    let trusted = mount.path("clients.crt");
    fs::write(&trusted, clients.pem()).unwrap();
    let trusted_path = trusted.to_str().unwrap();
    let flags = [
        "--client-ca",
        trusted_path,
        "--client-name",
        "kube-apiserver",
    ];
    let process = Process::start(&mount.path("tls.crt"), &mount.path("tls.key"), &flags);

    let right = clients.client("kube-apiserver");
    let other_name = clients.client("somebody");
    let other_ca = others.client("kube-apiserver");
    for version in rustls::ALL_VERSIONS {
        let caller = |shows| Caller {
            shows,
            versions: vec![version],
            ..Caller::new(&ca)
        };
        caller(Some(&right)).served(&process).await;
        for wrong in [None, Some(&other_name), Some(&other_ca)] {
            caller(wrong).call(process.webhook).await.unwrap_err();
        }
    }

    fs::write(&trusted, others.pem()).unwrap();
    process
        .reloaded("subject=\"client-ca\",outcome=\"taken\"", 1)
        .await;
    let caller = |shows| Caller {
        shows: Some(shows),
        ..Caller::new(&ca)
    };
    caller(&other_ca).served(&process).await;
    caller(&right).call(process.webhook).await.unwrap_err();
}
