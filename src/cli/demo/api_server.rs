//! The demo's API server: it holds what was admitted, and asks the webhook over TLS about the
//! rest.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::defaults::fill_in;
use crate::certs::provider;
use crate::object::{self, Kind, Object, row_of};

/// What an API server keeps and does, as far as the demo needs it.
#[derive(Debug)]
pub(super) struct ApiServer {
    connection: SendRequest<Full<Bytes>>,
    stored: BTreeMap<String, Value>,
    took: Vec<Duration>,
}

/// What kubectl prints of one object.
#[derive(Debug)]
pub(super) struct Said {
    /// The warnings.
    pub(super) warnings: Vec<String>,
    /// `service/web created`.
    pub(super) done: String,
    /// The object, if it was admitted and not there before as it is.
    pub(super) admitted: Option<Arc<Object>>,
}

/// How fast the webhook was, by its own `Server-Timing`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures {
    /// How many reviews there were.
    pub(super) reviews: usize,
    /// Half of them were faster.
    pub(super) median: Duration,
    /// The slowest.
    pub(super) worst: Duration,
}

impl ApiServer {
    /// An API server that holds `applied` and has connected to the webhook, whose certificate
    /// must be of `ca`.
    pub(super) async fn connect(
        address: SocketAddr,
        ca: &str,
        applied: Vec<Value>,
    ) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(
            CertificateDer::from_pem_slice(ca.as_bytes()).map_err(|error| anyhow!("{error}"))?,
        )?;
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(address)
            .await
            .context("cannot reach the webhook")?;
        let name = ServerName::try_from("localhost")?;
        let stream = TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await?;
        let (connection, driver) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(driver);
        Ok(Self {
            connection,
            stored: applied.into_iter().map(stored).collect(),
            took: Vec::new(),
        })
    }

    /// Applies a manifest: asks the webhook, keeps what it admits.
    pub(super) async fn apply(&mut self, manifest: Value) -> anyhow::Result<Said> {
        let name = name(&manifest);
        let (identity, new) = stored(manifest);
        let old = self.stored.get(&identity).cloned();
        if old.as_ref() == Some(&new) {
            // An apply that changes nothing sends nothing.
            return Ok(Said {
                warnings: Vec::new(),
                done: format!("{name} unchanged"),
                admitted: None,
            });
        }
        let answer = self.review(&new, old.as_ref()).await?;
        let warnings = answer
            .get("warnings")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let warnings = warnings.filter_map(Value::as_str).map(Into::into).collect();
        if answer.get("allowed") != Some(&json!(true)) {
            let done = format!("Error from server: {}", text(&answer, "/status/message"));
            return Ok(Said {
                warnings,
                done,
                admitted: None,
            });
        }
        let done = format!(
            "{name} {}",
            if old.is_some() {
                "configured"
            } else {
                "created"
            }
        );
        let object = object::parse(&text(&new, "/apiVersion"), &text(&new, "/kind"), &new)?;
        self.stored.insert(identity, new);
        Ok(Said {
            warnings,
            done,
            admitted: Some(Arc::new(object)),
        })
    }

    /// How fast the webhook was.
    pub(super) fn figures(&self) -> Figures {
        let mut took = self.took.clone();
        took.sort_unstable();
        let at = |index: usize| took.get(index).copied().unwrap_or_default();
        Figures {
            reviews: took.len(),
            median: at(took.len() / 2),
            worst: at(took.len().saturating_sub(1)),
        }
    }

    /// Asks the webhook as a kube-apiserver does: HTTP/1.1, the deadline in the query.
    async fn review(&mut self, new: &Value, old: Option<&Value>) -> anyhow::Result<Value> {
        let uid = format!("00000000-0000-4000-8000-{:012}", self.took.len());
        let body = serde_json::to_vec(&admission_review(&uid, new, old))?;
        let request = Request::post("/validate?timeout=10s")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("user-agent", "kube-apiserver-admission")
            .body(Full::from(body))?;
        self.connection.ready().await?;
        let response = self.connection.send_request(request).await?;
        self.took.extend(server_time(&response));
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        ensure!(
            status == StatusCode::OK,
            "the webhook answered {status}: {}",
            String::from_utf8_lossy(&body)
        );
        let mut review: Value = serde_json::from_slice(&body)?;
        let answer = review
            .get_mut("response")
            .map(Value::take)
            .unwrap_or_default();
        ensure!(
            answer.get("uid") == Some(&json!(uid)),
            "the webhook answered another request"
        );
        Ok(answer)
    }
}

/// An object as it is kept, by what identifies it.
fn stored(manifest: Value) -> (String, Value) {
    let identity = format!(
        "{} {}",
        name(&manifest),
        text(&manifest, "/metadata/namespace")
    );
    let mut new = manifest;
    fill_in(&mut new);
    (identity, new)
}

/// What kubectl calls an object: `deployment.apps/web`.
fn name(manifest: &Value) -> String {
    let (api_version, kind) = (text(manifest, "/apiVersion"), text(manifest, "/kind"));
    let group = api_version
        .split_once('/')
        .map_or(String::new(), |(group, _)| format!(".{group}"));
    format!(
        "{}{group}/{}",
        kind.to_lowercase(),
        text(manifest, "/metadata/name")
    )
}

fn admission_review(uid: &str, new: &Value, old: Option<&Value>) -> Value {
    let (api_version, kind) = (text(new, "/apiVersion"), text(new, "/kind"));
    let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
    let plural = row_of(Kind::find(&api_version, &kind)).map_or("", |row| row.plural);
    let (kind, resource) = (
        json!({"group": group, "version": version, "kind": kind}),
        json!({"group": group, "version": version, "resource": plural}),
    );
    json!({
        "kind": "AdmissionReview",
        "apiVersion": "admission.k8s.io/v1",
        "request": {
            "uid": uid, "kind": kind, "resource": resource, "requestKind": kind, "requestResource": resource,
            "name": text(new, "/metadata/name"), "namespace": text(new, "/metadata/namespace"),
            "operation": if old.is_some() { "UPDATE" } else { "CREATE" },
            "userInfo": {"username": "developer", "groups": ["system:authenticated"]},
            "object": new, "oldObject": old, "dryRun": false,
            "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"},
        },
    })
}

/// What the webhook says that it took: `Server-Timing: answer;dur=0.123`, in milliseconds.
fn server_time<T>(response: &Response<T>) -> Option<Duration> {
    let timing = response.headers().get("server-timing")?.to_str().ok()?;
    let millis: f64 = timing.split_once("dur=")?.1.parse().ok()?;
    Duration::try_from_secs_f64(millis / 1e3).ok()
}

fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
