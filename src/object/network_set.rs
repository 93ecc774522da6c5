//! Addresses that policies choose by labels.

use ipnet::IpNet;

/// What rules read of a `NetworkSet`, a `GlobalNetworkSet` or a `CiliumCIDRGroup`; its labels are
/// those of the metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkSet {
    /// The blocks.
    pub nets: Vec<IpNet>,
    /// Whether it names domains too, whose addresses are not known.
    pub has_domains: bool,
}
