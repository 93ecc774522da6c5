//! A control plane on loopback: etcd, kube-apiserver and kube-controller-manager.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};

use super::group::Group;
use super::network::Network;
use super::programs::program;
use super::settings::{self, ADMIN, CONTROLLERS, TUNNEL};
use super::wait::within;

/// A start takes four seconds on a machine that does nothing else.
const PATIENCE: Duration = Duration::from_secs(120);

/// Another process may take a free port before it is listened on.
const TRIES: usize = 3;

/// A control plane and the folder it lives in.
#[derive(Debug)]
pub(crate) struct Plane {
    folder: PathBuf,
    ports: Ports,
    group: Group,
    network: Network,
    etcd: Mutex<Option<Child>>,
    api_server: Mutex<Option<Child>>,
}

#[derive(Clone, Copy, Debug)]
struct Ports {
    etcd: u16,
    api_server: u16,
}

impl Plane {
    /// The one that the tests of this binary share.
    pub(crate) fn shared() -> &'static Self {
        static PLANE: OnceLock<Result<Plane, String>> = OnceLock::new();
        let plane = PLANE.get_or_init(Self::start);
        plane.as_ref().unwrap_or_else(|error| panic!("{error}"))
    }

    /// One of a test's own, to do as it likes with.
    pub(crate) fn own() -> Self {
        Self::start().unwrap_or_else(|error| panic!("{error}"))
    }

    fn start() -> Result<Self, String> {
        let mut last = String::new();
        for _ in 0..TRIES {
            match Self::try_to_start() {
                Err(error) if error.contains("address already in use") => last = error,
                end => return end,
            }
        }
        Err(last)
    }

    fn try_to_start() -> Result<Self, String> {
        for name in [
            "etcd",
            "kube-apiserver",
            "kube-controller-manager",
            "kubectl",
        ] {
            program(name)?;
        }
        let folder = tempfile::Builder::new()
            .prefix("cluster-")
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
            .map_err(|error| format!("no folder for a control plane: {error}"))?
            .keep();
        let plane = Self {
            ports: Ports {
                etcd: free_port(),
                api_server: free_port(),
            },
            group: Group::new(&folder).map_err(|error| error.to_string())?,
            network: Network::listen(&folder.join(TUNNEL)).map_err(|error| error.to_string())?,
            folder,
            etcd: Mutex::default(),
            api_server: Mutex::default(),
        };
        settings::write(&plane.folder, plane.ports.api_server);
        plane.start_etcd();
        plane.start_api_server();
        plane
            .wait_until_ready()
            .inspect_err(|_| plane.keep_logs())?;
        plane.start_controllers();
        Ok(plane)
    }

    /// Where the files of this control plane are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What dies with this control plane.
    pub(crate) fn group(&self) -> &Group {
        &self.group
    }

    /// What carries the API server's connections to Services.
    pub(crate) fn network(&self) -> &Network {
        &self.network
    }

    /// `kubectl` as the administrator.
    pub(crate) fn kubectl(&self) -> Command {
        let mut command = Command::new(program("kubectl").unwrap());
        command
            .arg("--kubeconfig")
            .arg(self.kubeconfig())
            .env("HOME", &self.folder)
            .env_remove("KUBECONFIG");
        command
    }

    /// The administrator's credentials.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.folder.join(format!("{ADMIN}.kubeconfig"))
    }

    /// The logs stay when the tests are over.
    pub(crate) fn keep_logs(&self) {
        let _ = fs::write(self.folder.join("failed"), "");
        eprintln!("logs are kept in {}", self.folder.display());
    }

    /// Ends kube-apiserver as a rollout does.
    pub(crate) fn stop_api_server(&self) {
        if let Some(mut child) = self.api_server.lock().unwrap().take() {
            signal("TERM", &child);
            child.wait().unwrap();
        }
    }

    pub(crate) fn start_api_server(&self) {
        let child = self.run("kube-apiserver", &self.api_server_flags());
        *self.api_server.lock().unwrap() = Some(child);
    }

    /// etcd stands still, its connections open, as behind a partition or a stuck disk.
    pub(crate) fn freeze_etcd(&self) {
        signal("STOP", self.etcd.lock().unwrap().as_ref().unwrap());
    }

    pub(crate) fn thaw_etcd(&self) {
        signal("CONT", self.etcd.lock().unwrap().as_ref().unwrap());
    }

    /// etcd forgets what was before now: whoever was behind cannot go on from where it was.
    pub(crate) fn forget_history(&self) {
        let status = self.ask_etcd("maintenance/status", &json!({}));
        let now = &status["header"]["revision"];
        self.ask_etcd("kv/compaction", &json!({"revision": now, "physical": true}));
    }

    fn ask_etcd(&self, path: &str, body: &Value) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.ports.etcd)).unwrap();
        let body = body.to_string();
        let length = body.len();
        write!(
            stream,
            "POST /v3/{path} HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(" 200 "), "{answer}");
        serde_json::from_str(body).unwrap()
    }

    pub(crate) fn wait_until_ready(&self) -> Result<(), String> {
        let ready = within(PATIENCE, || {
            if let Some(gone) = self.gone() {
                return Some(Err(gone));
            }
            let mut kubectl = self.kubectl();
            let answer = kubectl.args(["get", "--raw", "/readyz"]).output().ok()?;
            answer.status.success().then_some(Ok(()))
        });
        ready.unwrap_or_else(|| Err(format!("kube-apiserver is not ready within {PATIENCE:?}")))
    }

    /// The end of the log of a program that has ended.
    fn gone(&self) -> Option<String> {
        [("etcd", &self.etcd), ("kube-apiserver", &self.api_server)]
            .into_iter()
            .find_map(|(name, child)| {
                let status = child.lock().unwrap().as_mut()?.try_wait().ok()??;
                let log = fs::read_to_string(self.log(name)).unwrap_or_default();
                let lines: Vec<&str> = log.lines().rev().take(5).collect();
                let end: String = lines.into_iter().rev().collect::<Vec<_>>().join("\n");
                Some(format!("{name} ended with {status}:\n{end}"))
            })
    }

    fn start_etcd(&self) {
        let url = self.etcd_url();
        let flags = [
            format!("--data-dir={}", self.folder.join("etcd").display()),
            format!("--listen-client-urls={url}"),
            format!("--advertise-client-urls={url}"),
            "--listen-peer-urls=http://127.0.0.1:0".to_owned(),
            "--unsafe-no-fsync".to_owned(),
            "--log-level=warn".to_owned(),
        ];
        *self.etcd.lock().unwrap() = Some(self.run("etcd", &flags));
    }

    fn start_controllers(&self) {
        let file = |name: &str| self.folder.join(name).display().to_string();
        let credentials = file("system:kube-controller-manager.kubeconfig");
        let flags = [
            format!("--kubeconfig={credentials}"),
            format!(
                "--service-account-private-key-file={}",
                file("accounts.key")
            ),
            format!("--root-ca-file={}", file("ca.crt")),
            format!("--controllers={}", CONTROLLERS.join(",")),
            "--use-service-account-credentials".to_owned(),
            "--leader-elect=false".to_owned(),
            "--secure-port=0".to_owned(),
        ];
        // It dies with the group, and never before.
        drop(self.run("kube-controller-manager", &flags));
    }

    fn api_server_flags(&self) -> Vec<String> {
        let mut flags = settings::api_server_flags(&self.folder);
        flags.push(format!("--etcd-servers={}", self.etcd_url()));
        flags.push(format!("--secure-port={}", self.ports.api_server));
        flags
    }

    fn etcd_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.etcd)
    }

    fn run(&self, name: &str, flags: &[String]) -> Child {
        let mut command = Command::new(program(name).unwrap());
        command.args(flags).current_dir(&self.folder);
        self.group.start(&mut command, &self.log(name)).unwrap()
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }
}

pub(crate) fn signal(name: &str, child: &Child) {
    let id = child.id().to_string();
    let status = Command::new("kill").args(["-s", name, &id]).status();
    assert!(status.unwrap().success(), "cannot send {name}");
}

/// A port that nobody listens on, of those that the system gives to no outgoing connection.
fn free_port() -> u16 {
    static TRIED: Mutex<u16> = Mutex::new(0);
    let mut tried = TRIED.lock().unwrap();
    let first = std::process::id() % 16;
    loop {
        *tried += 1;
        let port = 10_000 + u16::try_from(first).unwrap() * 1_000 + *tried % 1_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
