//! An object as the API server sends it: enough metadata to go on watching, and its text, which the
//! parser of admission reads.

use std::borrow::Cow;

use kube::core::{DynamicResourceScope, ObjectMeta};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::source::Source;
use crate::object::{self, Object};

/// An object as the API server sends it. Whatever its content is, it can be decoded: a typed object
/// that fails would be skipped in a streaming list, and would fail a whole page of a paged one.
#[derive(Clone, Debug)]
pub struct Wire {
    /// Name, namespace and resource version; nothing else is filled in.
    pub metadata: ObjectMeta,
    /// The whole object.
    pub text: Box<RawValue>,
}

impl Wire {
    /// What rules read of it. In lists and watches objects may carry no kind: the source says it.
    ///
    /// # Errors
    /// Where a field that rules read has a type that it cannot have.
    pub fn object(&self, source: &Source) -> Result<Object, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(self.text.get());
        object::parse(&source.api_version(), &source.name, &mut deserializer)
    }
}

/// As much of an object as watching needs.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Head {
    metadata: HeadMeta,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct HeadMeta {
    name: Option<String>,
    namespace: Option<String>,
    resource_version: Option<String>,
}

impl<'de> Deserialize<'de> for Wire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let Head { metadata } = serde_json::from_str(text.get()).unwrap_or_default();
        let metadata = ObjectMeta {
            name: metadata.name,
            namespace: metadata.namespace,
            resource_version: metadata.resource_version,
            ..ObjectMeta::default()
        };
        Ok(Self { metadata, text })
    }
}

impl kube::Resource for Wire {
    type DynamicType = Source;
    type Scope = DynamicResourceScope;

    fn kind(source: &Source) -> Cow<'_, str> {
        Cow::Borrowed(&source.name)
    }

    fn group(source: &Source) -> Cow<'_, str> {
        Cow::Borrowed(&source.group)
    }

    fn version(source: &Source) -> Cow<'_, str> {
        Cow::Borrowed(&source.version)
    }

    fn plural(source: &Source) -> Cow<'_, str> {
        Cow::Borrowed(&source.plural)
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

#[cfg(test)]
mod tests {
    use kube::api::{ObjectList, WatchEvent};
    use kube::{Resource as _, ResourceExt as _};

    use super::*;
    use crate::object::{Kind, Service, row_of};

    fn source(kind: Kind) -> Source {
        Source::from(row_of(kind).unwrap())
    }

    #[test]
    fn an_object_of_a_list_is_of_the_lists_kind() {
        let list: ObjectList<Wire> = serde_json::from_str(
            r#"{"apiVersion": "v1", "kind": "ServiceList", "metadata": {"resourceVersion": "7"},
                "items": [{"metadata": {"name": "web", "namespace": "shop"}, "spec": {"selector": {"app": "web"}}}]}"#,
        )
        .unwrap();
        let object = list.items[0].object(&source(Kind::Service)).unwrap();
        assert_eq!(object.meta.to_string(), "Service shop/web");
        assert!(object.typed::<Service>().is_some());
    }

    #[test]
    fn whatever_an_object_holds_its_event_can_be_decoded() {
        for content in [
            r#"{"metadata": {"name": "web", "resourceVersion": "9"}, "spec": {"selector": 7}}"#,
            r#"{"metadata": {"name": {}, "resourceVersion": "9"}}"#,
            r#"{"metadata": null}"#,
            "[]",
            "null",
        ] {
            let text = format!(r#"{{"type": "ADDED", "object": {content}}}"#);
            let event: WatchEvent<Wire> = serde_json::from_str(&text).unwrap();
            let WatchEvent::Added(wire) = event else {
                panic!("{text}");
            };
            assert_eq!(wire.text.get(), content);
        }
    }

    #[test]
    fn the_resource_version_is_read_although_the_rest_is_not() {
        let wire: Wire = serde_json::from_str(
            r#"{"metadata": {"name": "web", "resourceVersion": "9", "managedFields": [{}]}, "spec": 1}"#,
        )
        .unwrap();
        assert_eq!(wire.resource_version().as_deref(), Some("9"));
        assert!(wire.object(&source(Kind::Service)).is_err());
    }

    #[test]
    fn the_url_is_that_of_the_row() {
        let url = |kind, namespace| Wire::url_path(&source(kind), namespace);
        assert_eq!(url(Kind::Service, None), "/api/v1/services");
        assert_eq!(
            url(Kind::Deployment, Some("shop")),
            "/apis/apps/v1/namespaces/shop/deployments"
        );
    }
}
