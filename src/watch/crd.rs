//! Custom kinds that make pods: those whose CRD embeds a pod template in its schema.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::source::Source;
use crate::manifest;
use crate::object::Kind;

/// The source that tells which custom kinds there are.
pub(super) fn definitions() -> Source {
    Source {
        kind: Kind::Custom,
        group: "apiextensions.k8s.io".into(),
        version: "v1".into(),
        name: "CustomResourceDefinition".into(),
        plural: "customresourcedefinitions".into(),
        namespaced: false,
    }
}

/// What a CRD says of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    /// Its kind, in a version that is served.
    pub(super) source: Source,
    /// Whether its objects may hold pod templates, and are read for that alone.
    pub(super) makes_pods: bool,
}

impl Definition {
    /// Reads a CRD; `None` where it serves no version, or says nothing that can be read.
    pub(super) fn read(text: &str) -> Option<Self> {
        let Definitions { spec } = serde_json::from_str(text).ok()?;
        let served = || spec.versions.iter().filter(|version| version.served);
        let version = served()
            .find(|version| version.storage)
            .or_else(|| served().next())?;
        let api_version = format!("{}/{}", spec.group, version.name);
        let kind = Kind::find(&api_version, &spec.names.kind);
        let makes_pods = kind == Kind::Custom
            && version.schema.root.within
            && !manifest::is_inert(&api_version, &spec.names.kind);
        Some(Self {
            source: Source {
                kind,
                group: spec.group.into(),
                version: version.name.as_str().into(),
                name: spec.names.kind.into(),
                plural: spec.names.plural.into(),
                namespaced: spec.scope == "Namespaced",
            },
            makes_pods,
        })
    }
}

/// A CRD as it is written.
#[derive(Deserialize)]
struct Definitions {
    spec: Spec,
}

#[derive(Deserialize)]
struct Spec {
    group: String,
    names: Names,
    scope: String,
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Names {
    plural: String,
    kind: String,
}

#[derive(Deserialize)]
struct Version {
    name: String,
    #[serde(default)]
    served: bool,
    #[serde(default)]
    storage: bool,
    #[serde(default)]
    schema: Schema,
}

#[derive(Default, Deserialize)]
struct Schema {
    #[serde(default, rename = "openAPIV3Schema")]
    root: Node,
}

/// What a schema says of pod templates. It is read without being kept: some are a megabyte long.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts of a schema, none of which is a state"
)]
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// It has a property `containers`.
    containers: bool,
    /// It has properties `metadata` and `spec`, and the latter has `containers`.
    template: bool,
    /// There is a pod template below it.
    within: bool,
    /// It takes whatever it is given.
    open: bool,
}

impl Node {
    fn has_below(&mut self, child: Self) {
        self.within |= child.within || child.template;
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a schema")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut node = Node::default();
        let mut properties = Properties::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "properties" => properties = map.next_value()?,
                "items" | "additionalProperties" => node.has_below(map.next_value()?),
                "x-kubernetes-preserve-unknown-fields" => {
                    node.open = map.next_value::<Option<bool>>()?.unwrap_or_default();
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        node.containers = properties.containers;
        node.template = properties.spec_has_containers && (properties.metadata || node.open);
        node.within |= properties.within;
        Ok(node)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut node = Node::default();
        while let Some(child) = seq.next_element()? {
            node.has_below(child);
        }
        Ok(node)
    }
}

/// The properties of a schema.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts of a schema, none of which is a state"
)]
#[derive(Default)]
struct Properties {
    metadata: bool,
    containers: bool,
    spec_has_containers: bool,
    within: bool,
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PropertiesVisitor)
    }
}

struct PropertiesVisitor;

impl<'de> Visitor<'de> for PropertiesVisitor {
    type Value = Properties;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of schemas")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
        let mut properties = Properties::default();
        while let Some((name, node)) = map.next_entry::<String, Node>()? {
            properties.within |= node.within || node.template;
            match name.as_str() {
                "metadata" => properties.metadata = true,
                "containers" => properties.containers = true,
                "spec" => properties.spec_has_containers = node.containers,
                // Schemas of pods are long: some CRDs leave them out and take any template.
                name if node.open && is_template(name) => properties.within = true,
                _ => {}
            }
        }
        Ok(properties)
    }
}

fn is_template(name: &str) -> bool {
    name == "template" || name.ends_with("Template")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn crd(group: &str, kind: &str, schema: &Value) -> Option<Definition> {
        let text = json!({
            "metadata": {"name": "x"},
            "spec": {
                "group": group, "scope": "Namespaced",
                "names": {"plural": "rollouts", "kind": kind},
                "versions": [
                    {"name": "v1alpha1", "served": true, "schema": {}},
                    {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}},
                ],
            },
        });
        Definition::read(&text.to_string())
    }

    fn object(properties: &Value) -> Value {
        json!({"type": "object", "properties": properties})
    }

    fn pod_template() -> Value {
        let containers = json!({"type": "array", "items": object(&json!({}))});
        object(&json!({
            "metadata": {"type": "object"},
            "spec": object(&json!({"containers": containers})),
        }))
    }

    fn makes_pods(schema: &Value) -> bool {
        crd("example.com", "Rollout", schema).unwrap().makes_pods
    }

    #[test]
    fn a_kind_whose_schema_embeds_a_pod_template_makes_pods() {
        let spec = |spec: &Value| object(&json!({"metadata": {}, "spec": spec}));
        let template = object(&json!({"template": pod_template()}));
        assert!(makes_pods(&spec(&template)));
        let list = object(&json!({"groups": {"type": "array", "items": template}}));
        assert!(makes_pods(&spec(&list)));
        let map = json!({"type": "object", "additionalProperties": template});
        assert!(makes_pods(&spec(&map)));
    }

    #[test]
    fn a_template_of_any_content_counts_and_any_content_elsewhere_does_not() {
        let open = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
        let spec = |name: &str| object(&json!({"spec": object(&json!({name: open}))}));
        assert!(makes_pods(&spec("template")));
        assert!(makes_pods(&spec("podTemplate")));
        assert!(!makes_pods(&spec("values")));
    }

    #[test]
    fn a_kind_that_is_like_a_pod_itself_embeds_no_template() {
        assert!(!makes_pods(&pod_template()));
        assert!(!makes_pods(&object(&json!({"spec": object(&json!({}))}))));
    }

    #[test]
    fn the_version_that_is_stored_is_asked_for() {
        let definition = crd("example.com", "Rollout", &json!({})).unwrap();
        let source = definition.source;
        assert_eq!(source.to_string(), "rollouts.example.com");
        assert_eq!(source.api_version(), "example.com/v1");
        assert!(source.namespaced);
    }

    #[test]
    fn kinds_with_a_parser_and_inert_ones_are_not_read_for_their_templates() {
        let schema = object(&json!({"spec": object(&json!({"template": pod_template()}))}));
        let of = |group, kind| crd(group, kind, &schema).unwrap();
        assert!(of("argoproj.io", "Rollout").makes_pods);
        assert!(!of("cilium.io", "CiliumNetworkPolicy").makes_pods);
        assert!(!of("cert-manager.io", "Certificate").makes_pods);
        assert_eq!(
            of("cilium.io", "CiliumNetworkPolicy").source.kind,
            Kind::CiliumNetworkPolicy
        );
    }

    #[test]
    fn what_is_no_crd_is_passed_over() {
        for text in ["{}", "[]", "{\"spec\": {\"versions\": []}}", "not json"] {
            assert_eq!(Definition::read(text), None);
        }
    }
}
