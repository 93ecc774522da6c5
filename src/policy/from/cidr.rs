//! Blocks of addresses as the API server reads them.

use std::net::IpAddr;

use ipnet::IpNet;

/// A block, its host bits masked; a bare address is none. An IPv4 address mapped into IPv6 is
/// what it maps, as in Go.
pub(super) fn parse(text: &str) -> Option<IpNet> {
    let net: IpNet = text.parse().ok()?;
    match net {
        IpNet::V6(six) if six.prefix_len() >= 96 => {
            let mapped = six.addr().to_ipv4_mapped().map(IpAddr::V4);
            let prefix = six.prefix_len() - 96;
            mapped.map_or(Some(net), |four| IpNet::new(four, prefix).ok())
        }
        _ => Some(net),
    }
    .map(|net| net.trunc())
}
