//! What is read of an `AdmissionReview`: little, borrowed, and kept even where the rest is broken.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::metrics::Operation;

/// The envelope of an admission request.
#[derive(Debug, Default)]
pub(super) struct Envelope<'a> {
    /// `apiVersion`.
    pub(super) api_version: String,
    /// `kind`.
    pub(super) kind: String,
    /// `request`.
    pub(super) request: Request<'a>,
}

/// What is read of `request`.
#[derive(Debug, Default)]
pub(super) struct Request<'a> {
    pub(super) uid: Option<String>,
    pub(super) kind: GroupVersionKind,
    pub(super) sub_resource: String,
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) operation: Operation,
    pub(super) dry_run: bool,
    pub(super) orphans: bool,
    pub(super) object: Option<&'a RawValue>,
    pub(super) old_object: Option<&'a RawValue>,
}

/// `request.kind`: what the objects are, which need not say so themselves.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GroupVersionKind {
    group: String,
    version: String,
    pub(super) kind: String,
}

impl GroupVersionKind {
    /// `v1`, `apps/v1`.
    pub(super) fn api_version(&self) -> Cow<'_, str> {
        if self.group.is_empty() {
            Cow::Borrowed(&self.version)
        } else {
            Cow::Owned(format!("{}/{}", self.group, self.version))
        }
    }
}

/// Reads a body as far as it goes: what stood before an error, or before the body was cut off,
/// is kept.
pub(super) fn read(body: &[u8]) -> (Envelope<'_>, Result<(), serde_json::Error>) {
    let mut envelope = Envelope::default();
    let mut json = serde_json::Deserializer::from_slice(body);
    let end = Fill(&mut envelope)
        .deserialize(&mut json)
        .and_then(|()| json.end());
    (envelope, end)
}

/// `options` of a deletion.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Options<'a> {
    #[serde(borrow)]
    propagation_policy: Option<Cow<'a, str>>,
    orphan_dependents: Option<bool>,
}

impl Options<'_> {
    fn orphans(&self) -> bool {
        self.propagation_policy.as_deref() == Some("Orphan") || self.orphan_dependents == Some(true)
    }
}

/// Fills in what it points at while it reads.
struct Fill<'s, T>(&'s mut T);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum EnvelopeKey {
    ApiVersion,
    Kind,
    Request,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum RequestKey {
    Uid,
    Kind,
    SubResource,
    Name,
    Namespace,
    Operation,
    DryRun,
    Options,
    Object,
    OldObject,
    #[serde(other)]
    Other,
}

impl<'de> DeserializeSeed<'de> for Fill<'_, Envelope<'de>> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fill<'_, Envelope<'de>> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an AdmissionReview")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key()? {
            match key {
                EnvelopeKey::ApiVersion => self.0.api_version = map.next_value()?,
                EnvelopeKey::Kind => self.0.kind = map.next_value()?,
                EnvelopeKey::Request => map.next_value_seed(Fill(&mut self.0.request))?,
                EnvelopeKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Fill<'_, Request<'de>> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fill<'_, Request<'de>> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an admission request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let request = self.0;
        while let Some(key) = map.next_key()? {
            match key {
                RequestKey::Uid => request.uid = map.next_value()?,
                RequestKey::Kind => request.kind = map.next_value()?,
                RequestKey::SubResource => request.sub_resource = or_default(&mut map)?,
                RequestKey::Name => request.name = or_default(&mut map)?,
                RequestKey::Namespace => request.namespace = or_default(&mut map)?,
                RequestKey::Operation => {
                    request.operation = Operation::of(&map.next_value::<Cow<'_, str>>()?);
                }
                RequestKey::DryRun => request.dry_run = or_default(&mut map)?,
                RequestKey::Options => {
                    request.orphans = or_default::<Options<'_>, _>(&mut map)?.orphans();
                }
                RequestKey::Object => request.object = map.next_value()?,
                RequestKey::OldObject => request.old_object = map.next_value()?,
                RequestKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// A value that may be `null`.
fn or_default<'de, T: Deserialize<'de> + Default, A: MapAccess<'de>>(
    map: &mut A,
) -> Result<T, A::Error> {
    Ok(map.next_value::<Option<T>>()?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uid_of_a_body_that_is_cut_off_is_kept() {
        let body = br#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u-1","kind":{"group":"","version":"v1","ki"#;
        let (envelope, end) = read(body);
        assert!(end.is_err());
        assert_eq!(envelope.request.uid.as_deref(), Some("u-1"));
        assert_eq!(envelope.api_version, "admission.k8s.io/v1");
    }

    #[test]
    fn a_uid_cut_in_two_is_none() {
        let (envelope, end) = read(br#"{"request":{"uid":"u-1"#);
        assert!(end.is_err());
        assert_eq!(envelope.request.uid, None);
    }

    #[test]
    fn a_null_object_is_none_and_null_names_are_empty() {
        let body = br#"{"request":{"uid":"u","name":null,"dryRun":null,"options":null,"operation":"DELETE","object":null,"oldObject":{"a":1}}}"#;
        let (envelope, end) = read(body);
        end.unwrap();
        assert!(envelope.request.object.is_none());
        assert_eq!(envelope.request.old_object.unwrap().get(), r#"{"a":1}"#);
        assert_eq!(envelope.request.operation, Operation::Delete);
    }

    #[test]
    fn an_orphan_deletion_is_told_by_either_option() {
        for options in [
            r#"{"propagationPolicy":"Orphan"}"#,
            r#"{"orphanDependents":true}"#,
        ] {
            let body = format!(r#"{{"request":{{"options":{options}}}}}"#);
            assert!(read(body.as_bytes()).0.request.orphans, "{options}");
        }
        let background = br#"{"request":{"options":{"propagationPolicy":"Background"}}}"#;
        assert!(!read(background).0.request.orphans);
    }

    #[test]
    fn nesting_without_end_is_skipped_without_recursion() {
        let deep = "[".repeat(100_000);
        let body = format!(r#"{{"request":{{"uid":"u","userInfo":{deep}"#);
        assert_eq!(read(body.as_bytes()).0.request.uid.as_deref(), Some("u"));
    }
}
