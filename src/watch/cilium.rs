//! Cilium's settings, which say how it judges: one `ConfigMap`, by name.

use std::sync::Arc;
use std::time::Duration;

use kube::{Api, Client};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use super::detect::CiliumConfig;
use super::source::Source;
use super::wire::Wire;
use super::writer::Message;
use crate::object::{Kind, row_of};

/// How often the settings are read again.
const AGAIN: Duration = Duration::from_secs(60);

/// Where Cilium keeps its settings, in the namespace of its agents.
const NAME: &str = "cilium-config";

/// Reads Cilium's settings, again and again, in the namespace that its agents run in.
pub(super) async fn read_settings(
    client: Client,
    mut namespace: watch::Receiver<Option<Arc<str>>>,
    out: mpsc::Sender<Message>,
) {
    loop {
        let of = namespace.borrow_and_update().clone();
        if let Some(of) = &of {
            match settings(&client, of).await {
                Ok(config) => {
                    if out.send(Message::Cilium(config)).await.is_err() {
                        return;
                    }
                }
                Err(error) => tracing::debug!(%error, "Cilium's settings cannot be read"),
            }
        }
        let again = async {
            match of {
                Some(_) => sleep(AGAIN).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = namespace.changed() => if changed.is_err() {
                return;
            },
            () = again => {}
        }
    }
}

/// Cilium's settings; `None` where they are not there, or may not be read.
pub(super) async fn settings(
    client: &Client,
    namespace: &str,
) -> Result<Option<CiliumConfig>, kube::Error> {
    let Some(source) = row_of(Kind::ConfigMap).map(Source::from) else {
        return Ok(None);
    };
    let api: Api<Wire> = Api::namespaced_with(client.clone(), namespace, &source);
    match api.get_opt(NAME).await {
        Ok(wire) => Ok(wire.and_then(|wire| CiliumConfig::of(wire.text.get()))),
        Err(kube::Error::Api(status)) if status.code == 403 => Ok(None),
        Err(error) => Err(error),
    }
}
