//! Custom kinds: whatever they are, the pod templates within them are found by their form.

use std::fmt;
use std::sync::Arc;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::Raw;
use super::meta::RawMeta;
use super::problems::{At, Problems};
use super::selector::{LabelSelector, RawSelector};
use super::tree::Tree;
use super::wire::{Nested, Pairs, Str};
use super::workload::RawTemplate;
use crate::finding::FieldPath;
use crate::labels::Selector;
use crate::object::{Body, Meta, Template, Workload};

/// Kinds that hold pod templates and yet make no pods.
const ONLY_HOLD: [&str; 4] = [
    "ControllerRevision",
    "CustomResourceDefinition",
    "PodTemplate",
    "Template",
];

/// How many templates one object may have; more is no kind that anybody has seen.
const MOST_TEMPLATES: usize = 64;

/// An object of any kind as it is written, without its status.
#[derive(Default)]
pub(super) struct RawCustom<'a> {
    metadata: Nested<RawMeta<'a>>,
    rest: Map<String, Value>,
}

impl<'de: 'a, 'a> Deserialize<'de> for RawCustom<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CustomVisitor)
    }
}

struct CustomVisitor;

impl<'de> Visitor<'de> for CustomVisitor {
    type Value = RawCustom<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawCustom<'de>, A::Error> {
        let mut raw = RawCustom::default();
        while let Some(key) = map.next_key::<Str<'de>>()? {
            match &*key {
                "metadata" => raw.metadata = map.next_value()?,
                "status" => {
                    map.next_value::<IgnoredAny>()?;
                }
                key => {
                    let value = map.next_value_seed(Tree::WHOLE)?;
                    raw.rest.insert(key.to_owned(), value);
                }
            }
        }
        Ok(raw)
    }
}

impl<'a> Raw<'a> for RawCustom<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        if ONLY_HOLD.contains(&&*meta.reference.kind) {
            return Body::Opaque;
        }
        let mut templates = Vec::new();
        let top = FieldPath::default();
        for (key, value) in &self.rest {
            find(value, &top.key(key), &mut templates);
        }
        if templates.is_empty() {
            return Body::Opaque;
        }
        let template = templates.remove(0);
        let is_main = template.at == FieldPath::of("spec.template") && templates.is_empty();
        let spec = self.rest.get("spec").filter(|_| is_main);
        Body::Workload(Arc::new(Workload {
            template,
            selector: spec.and_then(|spec| selector(spec.get("selector")?)),
            replicas: spec.and_then(|spec| spec.get("replicas")?.as_u64()?.try_into().ok()),
            more: templates,
        }))
    }
}

/// Adds every pod template in `value`; the tree is of bounded depth.
fn find(value: &Value, at: &FieldPath, templates: &mut Vec<Template>) {
    if templates.len() >= MOST_TEMPLATES {
        return;
    }
    match value {
        Value::Object(entries) => {
            if let Some(template) = template(value, at) {
                templates.push(template);
                return;
            }
            for (key, value) in entries.iter().filter(|(_, value)| is_branch(value)) {
                find(value, &at.key(key), templates);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate().filter(|(_, item)| is_branch(item)) {
                find(value, &at.index(index), templates);
            }
        }
        _ => {}
    }
}

fn is_branch(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// The value as a pod template, if it has the form of one. What does not read as one is none: the
/// schema of a custom kind is its own.
fn template(value: &Value, at: &FieldPath) -> Option<Template> {
    let containers = value.get("spec")?.get("containers")?.as_array()?;
    if containers.is_empty() || !containers.iter().all(Value::is_object) {
        return None;
    }
    let Nested(raw) = Nested::<RawTemplate<'_>>::deserialize(value).ok()?;
    Some(raw.read(at.clone(), &mut Problems::default()))
}

/// A selector in either form, if it is one.
fn selector(value: &Value) -> Option<Selector> {
    let mut problems = Problems::default();
    let entries = value.as_object()?;
    let is_typed = entries.contains_key("matchLabels") || entries.contains_key("matchExpressions");
    if is_typed {
        let raw = Nested::<LabelSelector<'_>>::deserialize(value).ok()?;
        Some(raw.read(&At::Root, &mut problems))
    } else {
        let raw = Pairs::deserialize(value).ok()?;
        (!entries.is_empty()).then(|| raw.read(&At::Root, &mut problems))
    }
}
