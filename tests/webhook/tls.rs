//! The whole server on loopback: certificates, both versions of HTTP, and stopping.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, Response, Version, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use portcullis::certs::{Resolver, Tls, ephemeral, provider};
use portcullis::webhook::{Limits, Reviewer, Running, Setup, Webhook, start};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::{allowed, create, gate, panics, ponders, review, service, warns};

struct Server {
    running: Running,
    ca: String,
}

async fn serve(reviewer: Reviewer) -> Server {
    let names = ["localhost", "127.0.0.1", "portcullis.shop.svc"].map(str::to_owned);
    let made = ephemeral(&names).unwrap();
    let limits = Limits {
        handshake: Duration::from_millis(300),
        finish: Duration::from_secs(3),
        ..Limits::default()
    };
    let setup = Setup {
        webhook: Webhook::new(Arc::new(gate(reviewer)), limits),
        tls: Tls::new(Resolver::new(made.serving)),
        listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
        health: TcpListener::bind("127.0.0.1:0").await.unwrap(),
    };
    Server {
        running: start(setup).unwrap(),
        ca: made.ca,
    }
}

#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) ca: String,
    pub(crate) name: &'static str,
    pub(crate) versions: Vec<&'static SupportedProtocolVersion>,
}

impl Server {
    fn client(&self) -> Client {
        Client {
            address: self.running.address(),
            ca: self.ca.clone(),
            name: "localhost",
            versions: rustls::ALL_VERSIONS.to_vec(),
        }
    }

    async fn health(&self, path: &str) -> (u16, String) {
        health(self.running.health(), path).await
    }
}

pub(crate) async fn health(address: SocketAddr, path: &str) -> (u16, String) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(path)
        .header(header::HOST, "h")
        .body(Body::empty())
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

impl Client {
    async fn connect(&self, protocol: &str) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(self.ca.as_bytes()).unwrap())
            .unwrap();
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&self.versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from(self.name).unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    }

    pub(crate) async fn http1(&self) -> http1::SendRequest<Body> {
        let stream = TokioIo::new(self.connect("http/1.1").await.unwrap());
        let (sender, connection) = http1::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        sender
    }
}

pub(crate) fn request(uri: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(uri)
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap()
}

pub(crate) async fn json_of(response: Response<Incoming>) -> Value {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_trusts_the_ca_is_answered_over_tls_1_2_and_1_3() {
    let server = serve(warns).await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for name in ["localhost", "127.0.0.1", "portcullis.shop.svc"] {
            let versions = vec![version];
            let mut sender = Client {
                name,
                versions,
                ..server.client()
            }
            .http1()
            .await;
            for uid in ["u-1", "u-2"] {
                sender.ready().await.unwrap();
                let asked = request("/validate?timeout=10s", create(uid));
                let answer = sender.send_request(asked).await.unwrap();
                assert_eq!(allowed(&json_of(answer).await, uid).len(), 1);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_spoken_where_it_is_asked_for() {
    let server = serve(warns).await;
    let stream = TokioIo::new(server.client().connect("h2").await.unwrap());
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream)
        .await
        .unwrap();
    tokio::spawn(connection);
    let asked = request("https://localhost/validate", create("u"));
    let answer = sender.send_request(asked).await.unwrap();
    assert_eq!(answer.version(), Version::HTTP_2);
    assert_eq!(allowed(&json_of(answer).await, "u").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_trusts_another_ca_or_asks_for_another_name_gets_no_connection() {
    let server = serve(warns).await;
    let other = ephemeral(&["localhost".to_owned()]).unwrap().ca;
    let mistrusting = Client {
        ca: other,
        ..server.client()
    };
    assert!(mistrusting.connect("http/1.1").await.is_err());
    let elsewhere = Client {
        name: "example.org",
        ..server.client()
    };
    assert!(elsewhere.connect("http/1.1").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_mb_over_tls_get_their_answer_on_a_connection_that_stays() {
    let server = serve(warns).await;
    let mut object = service();
    object["metadata"]["annotations"] = json!({"padding": "x".repeat(40_000_000)});
    let body = review("large", "CREATE", &object, &Value::Null);
    let mut sender = server.client().http1().await;
    let answer = sender
        .send_request(request("/validate?timeout=10s", body))
        .await
        .unwrap();
    let warnings = allowed(&json_of(answer).await, "large");
    assert!(warnings[0].contains("larger than 32 MiB"), "{warnings:?}");
    sender.ready().await.unwrap();
    let answer = sender
        .send_request(request("/validate", create("u")))
        .await
        .unwrap();
    assert!(allowed(&json_of(answer).await, "u")[0].contains("selects no pod"));
}

#[tokio::test(flavor = "multi_thread")]
async fn noise_and_silence_on_the_port_harm_nobody() {
    let server = serve(warns).await;
    let address = server.running.address();
    let mut noise = TcpStream::connect(address).await.unwrap();
    noise.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut silence = TcpStream::connect(address).await.unwrap();
    let mut sender = server.client().http1().await;
    let answer = sender
        .send_request(request("/validate", create("u")))
        .await
        .unwrap();
    assert_eq!(allowed(&json_of(answer).await, "u").len(), 1);
    let mut nothing = [0; 16];
    let closed = tokio::time::timeout(Duration::from_secs(2), silence.read(&mut nothing));
    assert!(
        matches!(closed.await.unwrap(), Ok(0) | Err(_)),
        "a silent handshake is not ended"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_panics_does_not_end_the_connection() {
    let server = serve(panics).await;
    let mut sender = server.client().http1().await;
    for uid in ["u-1", "u-2"] {
        sender.ready().await.unwrap();
        let answer = sender
            .send_request(request("/validate", create(uid)))
            .await
            .unwrap();
        assert!(allowed(&json_of(answer).await, uid)[0].contains("a rule failed"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_metrics_are_told_without_tls() {
    let server = serve(warns).await;
    assert_eq!(server.health("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(server.health("/readyz").await, (200, "ok\n".to_owned()));
    let (_, verbose) = server.health("/readyz?verbose").await;
    assert_eq!(verbose, "[+] certificate\n[+] not-stopping\nok\n");
    let (status, metrics) = server.health("/metrics").await;
    assert_eq!(status, 200);
    assert!(metrics.ends_with("# EOF\n"));
    let expiry = metrics
        .lines()
        .find_map(|line| line.strip_prefix("portcullis_certificate_expiry_timestamp_seconds "))
        .unwrap();
    assert!(expiry.parse::<u64>().unwrap() > 1_700_000_000);
    assert_eq!(server.health("/validate").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_finishes_what_is_in_flight() {
    let server = serve(ponders).await;
    let mut sender = server.client().http1().await;
    let answer = tokio::spawn(async move {
        let answer = sender
            .send_request(request("/validate", create("u")))
            .await
            .unwrap();
        json_of(answer).await
    });
    tokio::time::sleep(Duration::from_millis(80)).await;
    let address = server.running.address();
    server.running.stop(Duration::ZERO).await;
    assert_eq!(allowed(&answer.await.unwrap(), "u").len(), 1);
    assert!(
        TcpStream::connect(address).await.is_err(),
        "still listening"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_is_not_held_up_by_connections_that_are_idle() {
    let server = serve(warns).await;
    let mut sender = server.client().http1().await;
    let answer = sender
        .send_request(request("/validate", create("u")))
        .await
        .unwrap();
    json_of(answer).await;
    let began = Instant::now();
    server.running.stop(Duration::ZERO).await;
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
}

/// Sends one request after the other as an API server does: on a connection for as long as it
/// is kept open, on a new one after `Connection: close`. Returns how many, and how many of them
/// asked to close.
async fn load(client: Client, done: Arc<AtomicBool>) -> (u32, u32) {
    let (mut sent, mut closed) = (0, 0);
    let mut sender = client.http1().await;
    while !done.load(Ordering::Relaxed) {
        let uid = format!("u-{sent}");
        sender.ready().await.unwrap();
        let answer = sender
            .send_request(request("/validate?timeout=2s", create(&uid)))
            .await
            .unwrap();
        let last = answer
            .headers()
            .get(header::CONNECTION)
            .is_some_and(|v| v == "close");
        assert_eq!(allowed(&json_of(answer).await, &uid).len(), 1);
        sent += 1;
        if last {
            closed += 1;
            sender = client.http1().await;
        }
    }
    (sent, closed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_call_fails_while_the_server_drains() {
    let server = serve(warns).await;
    let done = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..4)
        .map(|_| tokio::spawn(load(server.client(), done.clone())))
        .collect();
    tokio::time::sleep(Duration::from_millis(150)).await;
    let vitals = server.running.health();
    let stopping = tokio::spawn(server.running.stop(Duration::from_millis(600)));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(health(vitals, "/readyz").await.0, 503);
    assert_eq!(health(vitals, "/healthz").await.0, 200);
    // The API server has learnt by now that nothing more is to be sent here.
    done.store(true, Ordering::Relaxed);
    for caller in callers {
        let (sent, closed) = caller.await.unwrap();
        assert!(
            sent > 10 && closed > 0,
            "{sent} sent, {closed} asked to close"
        );
    }
    stopping.await.unwrap();
}
