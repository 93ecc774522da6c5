//! What the API server itself calls: admission webhooks, and API servers beside it.

use crate::finding::FieldPath;

/// What rules read of an object that tells the API server whom to call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Callback {
    /// The Services that it calls; those by URL are left out.
    pub calls: Vec<Call>,
}

/// One Service that the API server calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The Service's namespace.
    pub namespace: Box<str>,
    /// The Service's name.
    pub service: Box<str>,
    /// The Service's port.
    pub port: u16,
    /// Whether the port is written, and not left at 443.
    pub says_port: bool,
    /// Whether requests are refused while it does not answer.
    pub refuses: bool,
    /// Where the Service is named.
    pub at: FieldPath,
}
