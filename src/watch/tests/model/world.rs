//! The truth: what is in the cluster of the model, and everything that it ever was.

use std::collections::{BTreeMap, BTreeSet};

use kube::Resource as _;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::random::Random;
use crate::cluster::{Known, Store, View};
use crate::object::{self, Kind, row_of};
use crate::watch::crd::definitions;
use crate::watch::source::Source;
use crate::watch::wire::Wire;

const NAMESPACES: [&str; 2] = ["a", "b"];
const NAMES: [&str; 4] = ["one", "two", "three", "four"];

/// What happened to an object.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) version: u64,
    pub(super) what: &'static str,
    pub(super) object: Value,
}

/// One resource, with its history.
pub(super) struct Resource {
    pub(super) source: Source,
    /// Whether the API server serves it.
    pub(super) served: bool,
    /// Whether it may be listed.
    pub(super) permitted: bool,
    pub(super) objects: BTreeMap<(String, String), Value>,
    pub(super) log: Vec<Event>,
    /// What happened up to here is forgotten.
    pub(super) forgotten: u64,
    /// Counts how often every watch of it was ended.
    pub(super) cuts: u64,
    /// The versions of its objects at every time.
    states: BTreeSet<Vec<String>>,
}

/// Everything in the cluster.
pub(super) struct World {
    random: Random,
    pub(super) version: u64,
    /// By path.
    pub(super) resources: BTreeMap<String, Resource>,
    /// Tells everybody who waits that something happened.
    pub(super) news: watch::Sender<()>,
}

/// A custom kind that makes pods.
fn rollouts() -> Source {
    Source {
        kind: Kind::Custom,
        group: "argoproj.io".into(),
        version: "v1alpha1".into(),
        name: "Rollout".into(),
        plural: "rollouts".into(),
        namespaced: true,
    }
}

impl World {
    pub(super) fn new(random: Random, kinds: &[Kind]) -> Self {
        let table = kinds
            .iter()
            .map(|kind| Source::from(row_of(*kind).unwrap()));
        let sources = table.chain([definitions(), rollouts()]);
        let resources = sources.map(|source| {
            let resource = Resource {
                served: true,
                permitted: true,
                objects: BTreeMap::new(),
                log: Vec::new(),
                forgotten: 0,
                cuts: 0,
                states: BTreeSet::from([Vec::new()]),
                source,
            };
            (Wire::url_path(&resource.source, None), resource)
        });
        let mut world = Self {
            resources: resources.collect(),
            random,
            version: 1,
            news: watch::Sender::default(),
        };
        for source in [Source::from(row_of(Kind::HttpRoute).unwrap()), rollouts()] {
            let installed = world.random.percent(50);
            world.install(&source, installed);
        }
        for _ in 0..world.random.below(12) {
            world.write();
        }
        world
    }

    /// Something happens.
    pub(super) fn step(&mut self) {
        match self.random.below(100) {
            0..80 => self.write(),
            80..84 => self.forget(),
            84..88 => self.cut_all(),
            88..92 => self.flip_permission(),
            92..96 => self.flip_route(),
            _ => self.flip_rollouts(),
        }
        self.news.send_replace(());
    }

    fn resource(&mut self, source: &Source) -> &mut Resource {
        self.resources
            .get_mut(&Wire::url_path(source, None))
            .unwrap()
    }

    /// An object is created, replaced or deleted.
    fn write(&mut self) {
        let paths: Vec<String> = self
            .resources
            .iter()
            .filter(|(_, it)| it.served && it.source != definitions())
            .map(|(path, _)| path.clone())
            .collect();
        let path = self.random.one(&paths).clone();
        let namespace = *self.random.one(&NAMESPACES);
        let name = *self.random.one(&NAMES);
        let delete = self.random.percent(25);
        let spec = spec(&self.resources[&path].source, &self.random);
        self.version += 1;
        let version = self.version;
        let resource = self.resources.get_mut(&path).unwrap();
        let key = (namespace.to_owned(), name.to_owned());
        let object = (!delete).then(|| with_version(spec, (namespace, name), version));
        resource.put(key, object, version);
    }

    fn install(&mut self, source: &Source, installed: bool) {
        self.version += 1;
        let version = self.version;
        let definition = installed.then(|| {
            let mut definition = definition(source);
            definition["metadata"]["resourceVersion"] = json!(version.to_string());
            definition
        });
        let name = (String::new(), source.to_string());
        self.resource(&definitions()).put(name, definition, version);
        let resource = self.resource(source);
        if !installed {
            let there: Vec<_> = resource.objects.keys().cloned().collect();
            for key in there {
                resource.put(key, None, version);
            }
        }
        resource.served = installed;
        resource.cuts += 1;
        resource.forgotten = version;
    }

    fn flip_route(&mut self) {
        let source = Source::from(row_of(Kind::HttpRoute).unwrap());
        let installed = !self.resource(&source).served;
        self.install(&source, installed);
    }

    fn flip_rollouts(&mut self) {
        let installed = !self.resource(&rollouts()).served;
        self.install(&rollouts(), installed);
    }

    fn flip_permission(&mut self) {
        let paths: Vec<String> = self.resources.keys().cloned().collect();
        let path = self.random.one(&paths).clone();
        let resource = self.resources.get_mut(&path).unwrap();
        resource.permitted = !resource.permitted;
        resource.cuts += 1;
    }

    /// What is older than now is forgotten: watches from before expire.
    fn forget(&mut self) {
        let version = self.version;
        for resource in self.resources.values_mut() {
            resource.forgotten = version;
        }
        if self.random.percent(50) {
            self.cut_all();
        }
    }

    /// The API server restarts: every connection is lost.
    fn cut_all(&mut self) {
        self.resources.values_mut().for_each(|it| it.cuts += 1);
    }

    /// Whether the watch should know all of a kind now.
    pub(super) fn is_known(&self, kind: Kind) -> bool {
        let of_kind = self.resources.values().filter(|it| it.source.kind == kind);
        let mut of_kind = of_kind.filter(|it| it.served || kind != Kind::Custom);
        of_kind.all(|it| it.served && it.permitted)
    }

    /// A Store of everything that may be seen.
    pub(super) fn store(&self) -> Store {
        let mut store = Store::default();
        let crds = self.resources[&Wire::url_path(&definitions(), None)].permitted;
        let seen = self.resources.values().filter(|it| {
            let told_of = it.source.kind != Kind::Custom || crds;
            it.served && it.permitted && told_of && it.source != definitions()
        });
        for resource in seen {
            for object in resource.objects.values() {
                store.put(parsed(&resource.source, object).into());
            }
        }
        store
    }

    /// A kind of which all is said to be known, in a state in which it never was. Pods that are
    /// owned leave no more than their shapes, which have no version.
    pub(super) fn never_was(&self, store: &Store) -> Option<String> {
        let knowledge = crate::cluster::Knowledge::default();
        let view = View::new(store, &knowledge);
        self.resources.values().find_map(|resource| {
            let kind = resource.source.kind;
            if matches!(kind, Kind::Pod | Kind::Custom) || view.known(kind, "a") != Known::All {
                return None;
            }
            let objects = NAMESPACES
                .iter()
                .flat_map(|namespace| store.of_kind(kind, namespace));
            let mut state: Vec<String> = objects
                .map(|object| object.meta.labels.get("version").unwrap_or("").to_owned())
                .collect();
            state.sort();
            (!resource.states.contains(&state)).then(|| format!("{}: {state:?}", resource.source))
        })
    }
}

impl Resource {
    fn put(&mut self, key: (String, String), object: Option<Value>, version: u64) {
        let (what, object) = match object {
            Some(object) => {
                let before = self.objects.insert(key, object.clone());
                (
                    if before.is_some() {
                        "MODIFIED"
                    } else {
                        "ADDED"
                    },
                    object,
                )
            }
            None => match self.objects.remove(&key) {
                Some(mut object) => {
                    object["metadata"]["resourceVersion"] = json!(version.to_string());
                    ("DELETED", object)
                }
                None => return,
            },
        };
        self.log.push(Event {
            version,
            what,
            object,
        });
        let versions = self.objects.values().map(|it| {
            it["metadata"]["labels"]["version"]
                .as_str()
                .unwrap_or("")
                .to_owned()
        });
        let mut state: Vec<String> = versions.collect();
        state.sort();
        self.states.insert(state);
    }
}

fn parsed(source: &Source, value: &Value) -> object::Object {
    let text = value.to_string();
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    object::parse(&source.api_version(), &source.name, &mut deserializer).unwrap()
}

/// An object with its identity. Pods have no label that tells their version, so that they may be of
/// one shape.
fn with_version(mut object: Value, (namespace, name): (&str, &str), version: u64) -> Value {
    let version = version.to_string();
    let is_pod = object["spec"]["containers"].is_array();
    let metadata = &mut object["metadata"];
    metadata["name"] = json!(name);
    metadata["namespace"] = json!(namespace);
    metadata["resourceVersion"] = json!(version);
    if !is_pod {
        metadata["labels"]["version"] = json!(version);
    }
    object
}

fn definition(source: &Source) -> Value {
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let containers = object(json!({"containers": {"type": "array"}}));
    let template = object(json!({"metadata": {}, "spec": containers}));
    let schema = object(json!({"spec": object(json!({"template": template}))}));
    json!({
        "metadata": {"name": source.to_string()},
        "spec": {
            "group": *source.group, "scope": "Namespaced",
            "names": {"plural": *source.plural, "kind": *source.name},
            "versions": [{"name": *source.version, "served": true, "storage": true,
                          "schema": {"openAPIV3Schema": schema}}],
        },
    })
}

/// An object of a source without its identity, some owned and some not.
fn spec(source: &Source, random: &Random) -> Value {
    let app = *random.one(&["x", "y"]);
    let port = *random.one(&[80, 8080]);
    let pod = json!({"containers": [{"name": "c", "ports": [{"containerPort": port}]}]});
    let template = json!({"metadata": {"labels": {"app": app}}, "spec": pod});
    let owned = |kind: &str| json!([{"apiVersion": "apps/v1", "kind": kind, "name": random.one(&NAMES), "controller": true}]);
    match source.kind {
        Kind::Service => json!({"spec": {"selector": {"app": app}, "ports": [{"port": port}]}}),
        Kind::Pod if random.percent(70) => json!({
            "metadata": {"labels": {"app": app}, "ownerReferences": owned("ReplicaSet")}, "spec": pod,
        }),
        Kind::Pod => json!({"metadata": {"labels": {"app": app}}, "spec": pod}),
        Kind::ReplicaSet if random.percent(70) => json!({
            "metadata": {"ownerReferences": owned("Deployment")},
            "spec": {"template": template},
        }),
        Kind::NetworkPolicy => json!({"spec": {"podSelector": {"matchLabels": {"app": app}}}}),
        Kind::HttpRoute => {
            json!({"spec": {"rules": [{"backendRefs": [{"name": "one", "port": port}]}]}})
        }
        _ => json!({"spec": {"template": template}}),
    }
}
