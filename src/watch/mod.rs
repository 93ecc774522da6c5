//! What is in a cluster: connecting to it, and listing and watching the kinds that rules read.

mod cilium;
mod client;
mod coverage;
mod crd;
mod custom;
mod detect;
mod feed;
mod follow;
mod followers;
mod ledger;
mod list;
mod live;
mod load;
mod remedy;
mod source;
mod status;

mod timing;
mod wire;
mod writer;

#[cfg(test)]
mod tests;

pub use client::{Access, connect};
pub use coverage::Reason;
pub use feed::{Feed, State};
pub use list::list;
pub use live::{Live, Options, start};
pub use load::{Loaded, Refused, Scope, load};
pub use source::Source;
pub use status::Status;
pub use wire::Wire;
pub use writer::Snapshot;

/// Why a cluster cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A kubeconfig is missing, broken, or lacks the context.
    #[error("the kubeconfig cannot be used")]
    Kubeconfig(#[from] kube::config::KubeconfigError),
    /// There is neither a kubeconfig nor the account of a pod.
    #[error("no cluster: there is no kubeconfig, and this is no pod with a service account")]
    NoCluster(#[source] kube::config::KubeconfigError),
    /// The client cannot be built: a broken certificate, a plugin that fails.
    #[error("no connection to the API server can be made")]
    Client(#[source] Box<kube::Error>),
    /// The API server does not answer, or not with the API.
    #[error("the API server cannot be reached")]
    Unreached(#[source] Box<kube::Error>),
    /// The API server does not know who asks.
    #[error("the API server does not accept the credentials: {0}")]
    Unauthorized(String),
}
