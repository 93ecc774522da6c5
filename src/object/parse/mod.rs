//! From a document of any format to an Object.

use serde::{Deserialize, Deserializer};

use super::Object;

/// Reads one object from any deserializer: admission JSON and manifests come the same way.
///
/// # Errors
/// Where a field that rules read has a type that the API server would refuse.
pub fn parse<'de, D: Deserializer<'de>>(
    api_version: &str,
    kind: &str,
    deserializer: D,
) -> Result<Object, D::Error> {
    let _ = (api_version, kind);
    serde::de::IgnoredAny::deserialize(deserializer)?;
    Err(serde::de::Error::custom("not read yet"))
}
