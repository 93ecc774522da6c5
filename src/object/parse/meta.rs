//! `metadata`: identity, labels, the annotations that something reads, and the owner.

use std::fmt;
use std::sync::Arc;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::names::{check_labels, dns_label_flaw, dns_subdomain_flaw};
use super::problems::{At, Problems};
use super::wire::{List, Nested, Pairs, Str, given};
use crate::finding::ObjectRef;
use crate::labels::Labels;
use crate::object::{Kind, Meta, Owner, row_of};

/// Annotations that are kept: those whose keys start so. Everything else (the last applied
/// configuration above all) is passed over.
const KEPT_ANNOTATIONS: [&str; 12] = [
    "portcullis.dev/",
    "sidecar.istio.io/",
    "linkerd.io/",
    "config.linkerd.io/",
    "dapr.io/",
    "vault.hashicorp.com/",
    "nginx.ingress.kubernetes.io/canary",
    "prometheus.io/port",
    "kubernetes.io/ingress.class",
    "service.kubernetes.io/",
    "service.alpha.kubernetes.io/",
    "service.beta.openshift.io/",
];

/// `metadata` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
pub(super) struct RawMeta<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    generate_name: Option<Str<'a>>,
    namespace: Option<Str<'a>>,
    labels: Pairs<'a>,
    annotations: Annotations,
    owner_references: List<Nested<RawOwner<'a>>>,
    deletion_timestamp: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawOwner<'a> {
    #[serde(borrow)]
    api_version: Option<Str<'a>>,
    kind: Option<Str<'a>>,
    name: Option<Str<'a>>,
    controller: Option<bool>,
}

/// `metadata` of a pod template.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct TemplateMeta<'a> {
    #[serde(borrow)]
    pub(super) labels: Pairs<'a>,
    pub(super) annotations: Annotations,
}

/// The annotations that something reads.
#[derive(Debug, Default)]
pub(super) struct Annotations(pub(super) Labels);

impl<'de> Deserialize<'de> for Annotations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<Kept>::deserialize(deserializer)
            .map(|kept| Self(kept.map(|kept| kept.0).unwrap_or_default()))
    }
}

struct Kept(Labels);

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnnotationsVisitor).map(Self)
    }
}

struct AnnotationsVisitor;

impl<'de> Visitor<'de> for AnnotationsVisitor {
    type Value = Labels;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Labels, A::Error> {
        let mut kept: Vec<(String, String)> = Vec::new();
        while let Some(key) = map.next_key::<Str<'de>>()? {
            if KEPT_ANNOTATIONS.iter().any(|start| key.starts_with(start)) {
                let value = map.next_value::<Option<Str<'de>>>()?.unwrap_or_default();
                kept.push((key.to_string(), value.to_string()));
            } else {
                map.next_value::<Option<Text>>()?;
            }
        }
        Ok(kept.into_iter().collect())
    }
}

/// A string that is only looked at for being one.
struct Text;

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Text, E> {
                Ok(Text)
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

impl RawMeta<'_> {
    /// The metadata of an object, with what the API server would refuse in it.
    pub(super) fn to_meta(&self, api_version: &str, kind_name: &str) -> Meta {
        let kind = Kind::find(api_version, kind_name);
        let namespaced = row_of(kind).is_none_or(|row| row.namespaced);
        let name = given(self.name.as_ref());
        let named = name.or(given(self.generate_name.as_ref()));
        let mut problems = Problems::default();
        let at = At::Root;
        let at = at.key("metadata");
        match name {
            None if named.is_none() => problems.add(&at.key("name"), "metadata.name is missing"),
            Some(name) => check_name(kind, name, &at.key("name"), &mut problems),
            None => {}
        }
        check_labels(&self.labels, &at.key("labels"), &mut problems);
        Meta {
            kind,
            reference: ObjectRef {
                api_version: api_version.into(),
                kind: kind_name.into(),
                namespace: given(self.namespace.as_ref())
                    .filter(|_| namespaced)
                    .map(Arc::from),
                name: named.unwrap_or_default().into(),
            },
            labels: Arc::new(self.labels.iter().collect()),
            annotations: self.annotations.0.clone(),
            owner: self.owner(),
            deleting: self.deletion_timestamp.is_some(),
            problems: problems.into_vec(),
        }
    }

    fn owner(&self) -> Option<Owner> {
        let text = |text: &Option<Str<'_>>| Arc::from(text.as_deref().unwrap_or_default());
        self.owner_references
            .iter()
            .find(|owner| owner.controller == Some(true))
            .map(|owner| Owner {
                api_version: text(&owner.api_version),
                kind: text(&owner.kind),
                name: text(&owner.name),
            })
    }
}

/// Checks a name as strictly as every supported version does.
fn check_name(kind: Kind, name: &str, at: &At<'_>, problems: &mut Problems) {
    let flaw = match kind {
        Kind::Service | Kind::Namespace => dns_label_flaw(name),
        // RBAC takes any path segment, and of custom kinds nobody knows.
        Kind::Role
        | Kind::ClusterRole
        | Kind::RoleBinding
        | Kind::ClusterRoleBinding
        | Kind::Custom => None,
        _ => dns_subdomain_flaw(name),
    };
    if let Some(flaw) = flaw {
        problems.add(at, format!("name {name:?} is not valid: {flaw}"));
    }
}
