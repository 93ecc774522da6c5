//! Writes a snapshot: the same cluster gives the same bytes, a line an object.

use std::collections::BTreeMap;
use std::io;

use serde_json::{Map, Value, json};

use super::prune::prune;
use super::{ANNOTATION, Claim};
use crate::cluster::Store;
use crate::object::{Key, Kind, TABLE};

/// Kinds in the order of the table, unknown ones behind them, and last of all the pods, which
/// share what they have in common with what makes them once that is read.
type Order = (usize, String, String);

/// The objects of a cluster as they are gathered.
#[derive(Debug, Default)]
pub struct Gathering {
    /// By kind, namespace and name, pruned.
    objects: BTreeMap<Order, BTreeMap<(String, String), Box<str>>>,
}

impl Gathering {
    /// Adds an object as the API server sent it. In lists objects carry no kind: the source says
    /// it. What is no object, and a `Secret` wherever it came from, is passed over.
    pub fn add(&mut self, api_version: &str, kind: &str, text: &str) {
        let Ok(Value::Object(mut object)) = serde_json::from_str(text) else {
            return;
        };
        if kind == "Secret" {
            return;
        }
        prune(&mut object, kind, true);
        object.insert("apiVersion".to_owned(), api_version.into());
        object.insert("kind".to_owned(), kind.into());
        let key = key(&object);
        let order = (
            place(api_version, kind),
            api_version.to_owned(),
            kind.to_owned(),
        );
        let text = Value::Object(object).to_string();
        self.objects
            .entry(order)
            .or_default()
            .insert(key, text.into());
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.objects.values().map(BTreeMap::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Writes them as a List with its claim. `store` holds the same objects: it tells which
    /// `ConfigMaps` something refers to, and only those keep their values.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, out: &mut impl io::Write, claim: &Claim, store: &Store) -> io::Result<()> {
        let metadata = json!({"annotations": {ANNOTATION: claim.text()}});
        write!(
            out,
            r#"{{"apiVersion":"v1","kind":"List","metadata":{metadata},"items":["#
        )?;
        let mut between = "\n";
        for ((_, _, kind), objects) in &self.objects {
            for ((namespace, name), text) in objects {
                out.write_all(between.as_bytes())?;
                between = ",\n";
                let map = Key::new(Kind::ConfigMap, namespace.as_str(), name.as_str());
                if kind == "ConfigMap" && store.asking_for(&map).is_empty() {
                    out.write_all(without_values(text).as_bytes())?;
                } else {
                    out.write_all(text.as_bytes())?;
                }
            }
        }
        out.write_all(b"\n]}\n")
    }
}

fn without_values(text: &str) -> String {
    let mut object: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    prune(&mut object, "ConfigMap", false);
    Value::Object(object).to_string()
}

fn key(object: &Map<String, Value>) -> (String, String) {
    let metadata = object.get("metadata");
    let text = |field| {
        let value = metadata.and_then(|it| it.get(field));
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    (text("namespace"), text("name"))
}

fn place(api_version: &str, kind: &str) -> usize {
    let found = Kind::find(api_version, kind);
    match TABLE.iter().position(|row| row.kind == found) {
        _ if found == Kind::Pod => TABLE.len() + 1,
        Some(place) => place,
        None => TABLE.len(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::object::parse;

    const DEPLOYMENT: &str = r#"{"metadata":{"name":"web","namespace":"shop","uid":"1","managedFields":[{}],"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}},"spec":{"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"a"}],"volumes":[{"name":"c","configMap":{"name":"used"}}]}}},"status":{"conditions":[]}}"#;
    const POD: &str = r#"{"metadata":{"name":"web-1","namespace":"shop","resourceVersion":"7"},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running","podIP":"10.0.0.1","containerStatuses":[{"image":"x"}]}}"#;

    fn config_map(name: &str) -> String {
        format!(
            r#"{{"metadata":{{"name":"{name}","namespace":"shop"}},"data":{{"url":"http://web:80"}},"binaryData":{{"b":"AAAA"}}}}"#
        )
    }

    fn written(objects: &[(&str, &str, String)]) -> String {
        let (mut gathering, mut store) = (Gathering::default(), Store::default());
        for (api_version, kind, text) in objects {
            gathering.add(api_version, kind, text);
            let mut json = serde_json::Deserializer::from_str(text);
            store.put(Arc::new(parse(api_version, kind, &mut json).unwrap()));
        }
        let mut out = Vec::new();
        gathering
            .write(&mut out, &Claim::default(), &store)
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_snapshot_is_a_list_in_one_order_without_what_nobody_reads() {
        let mut objects = vec![
            ("v1", "Pod", POD.to_owned()),
            ("v1", "ConfigMap", config_map("used")),
            ("apps/v1", "Deployment", DEPLOYMENT.to_owned()),
            (
                "v1",
                "Secret",
                r#"{"metadata":{"name":"s","namespace":"shop"},"data":{"a":"b"}}"#.to_owned(),
            ),
            ("v1", "ConfigMap", config_map("other")),
        ];
        let text = written(&objects);
        objects.reverse();
        assert_eq!(text, written(&objects));
        let list: Value = serde_json::from_str(&text).unwrap();
        let names: Vec<&str> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["metadata"]["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["web", "other", "used", "web-1"]);
        assert_eq!(text.lines().count(), 6);
        for word in [
            "managedFields",
            "uid",
            "last-applied",
            "resourceVersion",
            "Secret",
            "containerStatuses",
            "binaryData",
            "conditions",
        ] {
            assert!(!text.contains(word), "{word}: {text}");
        }
        assert_eq!(list["items"][1].get("data"), None);
        assert_eq!(list["items"][2]["data"]["url"], "http://web:80");
        assert_eq!(list["items"][3]["status"]["podIP"], "10.0.0.1");
    }
}
