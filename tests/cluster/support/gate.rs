//! `portcullis serve` as a process, and what sends it the requests of one namespace.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use portcullis::certs::provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};

use super::case::Case;
use super::plane::signal;
use super::wait::{eventually, found};

/// A process that serves, in front of one test's namespace.
#[derive(Debug)]
pub(crate) struct Gate {
    process: Child,
    /// Where admission requests go.
    pub(crate) address: SocketAddr,
    /// Where health and metrics are.
    pub(crate) health: SocketAddr,
    /// Who vouches for its certificate.
    pub(crate) ca: String,
}

/// The kinds that a webhook is asked about.
const RULES: [(&str, &str, &[&str]); 5] = [
    (
        "",
        "v1",
        &[
            "pods",
            "replicationcontrollers",
            "serviceaccounts",
            "services",
            "namespaces",
        ],
    ),
    (
        "apps",
        "v1",
        &["daemonsets", "deployments", "replicasets", "statefulsets"],
    ),
    ("batch", "v1", &["cronjobs", "jobs"]),
    ("networking.k8s.io", "v1", &["ingresses", "networkpolicies"]),
    // No kind of the cluster's own: a namespaceSelector lets every test's webhook have those.
    ("rbac.authorization.k8s.io", "v1", &["rolebindings"]),
];

impl Gate {
    /// Serves on what `manifests` say, with further flags.
    pub(crate) fn on_manifests(case: &Case<'_>, manifests: &str, flags: &[&str]) -> Self {
        let folder = case.plane.folder().join(&case.namespace);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("manifests.yaml"), case.fill(manifests)).unwrap();
        let path = folder.to_str().unwrap();
        let flags = [&["--manifests", path], flags].concat();
        Self::start(case, &flags)
    }

    /// Serves with flags, where these name no certificate with one of its own.
    pub(crate) fn start(case: &Case<'_>, flags: &[&str]) -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let file = |end: &str| {
            let name = format!("{}-gate-{number}.{end}", case.namespace);
            case.plane.folder().join(name)
        };
        let is_ephemeral = !flags.contains(&"--cert");
        let certificate: &[&str] = if is_ephemeral {
            &["--ephemeral-cert"]
        } else {
            &[]
        };
        let (log, out) = (file("log"), file("ca"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--health-listen", "127.0.0.1:0"])
            .args(certificate)
            .args(flags)
            .env("KUBECONFIG", case.plane.kubeconfig())
            .stdout(File::create(&out).unwrap());
        let process = (case.plane.group())
            .start_apart(&mut command, File::create(&log).unwrap())
            .unwrap();
        let line = found("the gate serves", || logged(&log, "serving"));
        let address = |field: &str| line[field].as_str().unwrap().parse().unwrap();
        let ca = || Some(fs::read_to_string(&out).ok()?).filter(|ca| ca.ends_with("-----\n"));
        Self {
            address: address("webhook"),
            health: address("health"),
            ca: if is_ephemeral {
                found("the CA", ca)
            } else {
                String::new()
            },
            process,
        }
    }

    /// Has the API server ask this gate about everything in the namespace of `case`.
    pub(crate) fn guard(&self, case: &Case<'_>, settings: &Value) {
        guard_url(case, self.address, &self.ca, settings);
        eventually("the API server asks the gate", || {
            let ask = [
                "create",
                "service",
                "clusterip",
                "ask",
                "--tcp=80",
                "--dry-run=server",
            ];
            case.kubectl(&ask).done();
            self.counted("admission_requests_total") > 0
        });
    }

    /// A connection of one's own.
    pub(crate) fn connect(&self) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(self.ca.as_bytes()).unwrap())
            .unwrap();
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        StreamOwned::new(connection, TcpStream::connect(self.address).unwrap())
    }

    /// Stands still, its connections open.
    pub(crate) fn freeze(&self) {
        signal("STOP", &self.process);
    }

    /// Goes on after it stood still.
    pub(crate) fn thaw(&self) {
        signal("CONT", &self.process);
    }

    /// Is told to end, as kubelet tells it.
    pub(crate) fn terminate(&self) {
        signal("TERM", &self.process);
    }

    /// The sum of a counter over its labels.
    pub(crate) fn counted(&self, name: &str) -> u64 {
        let name = format!("portcullis_{name}");
        let metrics = self.get("/metrics").1;
        let lines = metrics.lines().filter_map(|line| line.strip_prefix(&name));
        lines
            .filter(|rest| rest.starts_with([' ', '{']))
            .map(|rest| rest.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap())
            .sum()
    }

    /// What the health listener answers.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        get(self.health, path)
    }

    pub(crate) fn process(&mut self) -> &mut Child {
        &mut self.process
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Has the API server ask whoever is at `address` about the namespace of `case`.
pub(crate) fn guard_url(case: &Case<'_>, address: SocketAddr, ca: &str, settings: &Value) {
    let url = format!("https://{address}/validate");
    let client = json!({"url": url, "caBundle": base64(ca.as_bytes())});
    guard(case, &client, settings);
}

/// Has the API server ask `client` about the namespace of `case`; `settings` are laid over the
/// webhook's.
pub(crate) fn guard(case: &Case<'_>, client: &Value, settings: &Value) {
    let name = format!("{}.portcullis.dev", case.namespace);
    let rules: Vec<Value> = RULES
        .iter()
        .map(|(group, version, resources)| {
            json!({"apiGroups": [group], "apiVersions": [version], "resources": resources,
                   "operations": ["CREATE", "UPDATE", "DELETE"]})
        })
        .collect();
    let mut webhook = json!({
        "name": name, "clientConfig": client, "rules": rules,
        "admissionReviewVersions": ["v1"], "sideEffects": "None",
        "failurePolicy": "Ignore", "timeoutSeconds": 10, "matchPolicy": "Equivalent",
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": case.namespace}},
    });
    for (key, value) in settings.as_object().into_iter().flatten() {
        webhook[key] = value.clone();
    }
    let configuration = json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": name}, "webhooks": [webhook],
    });
    case.apply(&configuration.to_string()).done();
}

/// Asks over plain HTTP.
pub(crate) fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

fn logged(log: &Path, message: &str) -> Option<Value> {
    let text = fs::read_to_string(log).ok()?;
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|line| line["message"] == message)
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    serde_json::to_value(k8s_openapi::ByteString(bytes.to_vec()))
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}
