//! `v1 Node`.

use std::net::IpAddr;

/// What rules read of a Node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Its addresses, internal and external.
    pub addresses: Vec<IpAddr>,
}
