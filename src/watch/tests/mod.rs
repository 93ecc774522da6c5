//! The watch against API servers that stand in this process.

mod load;
mod model;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

/// A client of an API server that answers each path and query with a status and a body.
fn client(answer: impl Fn(&str, &str) -> (u16, Value) + Clone + Send + 'static) -> Client {
    let service = tower::service_fn(move |request: Request<Body>| {
        let (status, body) = answer(request.uri().path(), request.uri().query().unwrap_or(""));
        let body = Full::new(Bytes::from(body.to_string()));
        let response = Response::builder().status(status).body(body);
        async move { response }
    });
    Client::new(service, "default")
}

/// A list of these items, with a token where there are more.
fn list(items: &[Value], more: Option<&str>) -> (u16, Value) {
    let metadata = json!({"resourceVersion": "7", "continue": more});
    (200, json!({"metadata": metadata, "items": items}))
}

/// An error as the API server writes it.
fn refusal(code: u16) -> (u16, Value) {
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure",
        "message": format!("error {code}"), "reason": "", "code": code,
    });
    (code, status)
}
