//! What a `kustomization.yaml` makes of the files beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::gap::{Gap, Missing};
use super::source::Source;
use super::walk::Entry;
use crate::text::{Node, chunks, parse};

/// What the kustomizations among the inputs say about other files.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Patches, generators' input and components: no objects.
    excluded: BTreeSet<PathBuf>,
    /// What becomes of the namespaces in a file.
    namespaces: BTreeMap<PathBuf, Override>,
    /// What the kustomizations take from elsewhere.
    pub gaps: Vec<Gap>,
}

/// What becomes of the namespaces in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Override {
    /// They stay as they are.
    #[default]
    Keep,
    /// All become this one.
    Set(Arc<str>),
    /// It depends on who includes the file.
    Varies,
}

/// One kustomization.
#[derive(Debug, Default)]
struct Kustomization {
    folder: PathBuf,
    namespace: Option<Arc<str>>,
    resources: Vec<PathBuf>,
    inputs: Vec<PathBuf>,
    components: Vec<PathBuf>,
    /// Whether it takes objects from where nobody looks: a remote base, a Helm chart.
    remote: bool,
}

const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

impl Plan {
    /// Reads the kustomizations among the files.
    pub(super) fn of(files: &[Entry]) -> Self {
        let all: Vec<Kustomization> = files.iter().filter_map(Kustomization::read).collect();
        if all.is_empty() {
            return Self::default();
        }
        let mut plan = Self::default();
        let overrides = overrides(&all);
        for (kustomization, value) in all.iter().zip(&overrides) {
            plan.excluded.extend(kustomization.inputs.iter().cloned());
            for path in &kustomization.resources {
                let value = value.clone().unwrap_or_default();
                match plan.namespaces.get_mut(path) {
                    Some(old) if *old != value => *old = Override::Varies,
                    Some(_) => {}
                    None => {
                        plan.namespaces.insert(path.clone(), value);
                    }
                }
            }
        }
        // What someone lists as a resource is one, whatever else it is used for.
        let listed = &plan.namespaces;
        plan.excluded.retain(|path| !listed.contains_key(path));
        plan.leave_out_components(&all, files);
        plan.find_gaps(&all, &overrides, files);
        plan
    }

    /// Whether a file holds no objects.
    pub(super) fn excludes(&self, path: &Path) -> bool {
        self.excluded.contains(path)
    }

    /// Whether a kustomization takes the objects of a file, to give them names and labels.
    pub(super) fn takes(&self, path: &Path) -> bool {
        self.namespaces.contains_key(path)
    }

    /// What becomes of the namespaces in a file.
    pub(super) fn namespace(&self, path: &Path) -> Override {
        self.namespaces.get(path).cloned().unwrap_or_default()
    }

    fn leave_out_components(&mut self, all: &[Kustomization], files: &[Entry]) {
        let folders: BTreeSet<&Path> = all
            .iter()
            .flat_map(|it| &it.components)
            .map(PathBuf::as_path)
            .filter(|path| !self.namespaces.contains_key(*path))
            .collect();
        let inside = |path: &Path| path.ancestors().any(|it| folders.contains(it));
        let files = files.iter().filter(|file| inside(&file.path));
        self.excluded.extend(files.map(|file| file.path.clone()));
        // What a component adds is somewhere in the result.
        if all
            .iter()
            .any(|it| !it.resources.is_empty() && inside(&it.folder))
        {
            self.gaps.push(Gap::anywhere(Missing::Anything));
        }
    }

    fn find_gaps(
        &mut self,
        all: &[Kustomization],
        overrides: &[Option<Override>],
        files: &[Entry],
    ) {
        let folders: BTreeSet<&Path> = all.iter().map(|it| it.folder.as_path()).collect();
        let files: BTreeSet<&Path> = files.iter().map(|it| it.path.as_path()).collect();
        for (kustomization, value) in all.iter().zip(overrides) {
            let mut paths = kustomization.resources.iter();
            let outside = |path: &PathBuf| !files.contains(&**path) && !folders.contains(&**path);
            if kustomization.remote || paths.any(outside) {
                self.gaps.push(Gap {
                    missing: Missing::Anything,
                    namespace: match value {
                        Some(Override::Set(namespace)) => Some(namespace.clone()),
                        _ => None,
                    },
                });
            }
        }
    }
}

/// What becomes of the namespaces below each kustomization: the outermost one that names a
/// namespace decides, and where several are outermost and disagree, nobody can say.
fn overrides(all: &[Kustomization]) -> Vec<Option<Override>> {
    let by_folder: BTreeMap<&Path, usize> = all
        .iter()
        .enumerate()
        .map(|(index, it)| (it.folder.as_path(), index))
        .collect();
    let children = |it: &Kustomization| -> Vec<usize> {
        let folders = it.resources.iter();
        folders
            .filter_map(|path| by_folder.get(&**path).copied())
            .collect()
    };
    let mut has_parent = vec![false; all.len()];
    for child in all.iter().flat_map(children) {
        if let Some(flag) = has_parent.get_mut(child) {
            *flag = true;
        }
    }
    let mut values: Vec<Option<Override>> = vec![None; all.len()];
    let mut todo: Vec<(usize, Override)> = (0..all.len())
        .filter(|index| has_parent.get(*index) == Some(&false))
        .map(|index| (index, Override::Keep))
        .collect();
    // A value only ever goes from nothing to one to "varies": this ends, cycles or not.
    while let Some((index, above)) = todo.pop() {
        let (Some(kustomization), Some(value)) = (all.get(index), values.get_mut(index)) else {
            continue;
        };
        let new = match (above, &kustomization.namespace) {
            (Override::Keep, Some(namespace)) => Override::Set(namespace.clone()),
            (above, _) => above,
        };
        let joined = match value {
            Some(old) if *old == new => continue,
            Some(Override::Varies) => continue,
            Some(_) => Override::Varies,
            None => new,
        };
        *value = Some(joined.clone());
        todo.extend(
            children(kustomization)
                .into_iter()
                .map(|child| (child, joined.clone())),
        );
    }
    values
}

impl Kustomization {
    fn read(entry: &Entry) -> Option<Self> {
        let name = entry.path.file_name()?.to_str()?;
        if !NAMES.contains(&name) {
            return None;
        }
        let (source, _) = Source::read(&entry.name, &entry.path, entry.named);
        let chunk = chunks(&source.text).find(|chunk| !chunk.is_blank())?;
        let document = parse(&chunk).ok()?;
        let folder = entry.path.parent()?.to_owned();
        Self::of(&document.root, folder)
    }

    fn of(root: &Node<'_>, folder: PathBuf) -> Option<Self> {
        // Flux has a Kustomization of its own, which is an object.
        let ours = root.get("apiVersion").is_none_or(|version| {
            let text = version.as_str().unwrap_or_default();
            text.starts_with("kustomize.config.k8s.io/")
        });
        root.as_map().filter(|_| ours)?;
        let named = |keys: &[&str]| -> Vec<&str> {
            let lists = keys.iter().filter_map(|key| root.get(key)?.as_seq());
            lists.flatten().filter_map(Node::as_str).collect()
        };
        let found = |names: Vec<&str>| -> Vec<Option<PathBuf>> {
            let paths = names.into_iter();
            paths
                .map(|name| fs::canonicalize(folder.join(name)).ok())
                .collect()
        };
        let resources = found(named(&["resources", "bases"]));
        let components = found(named(&["components"]));
        let remote = ["helmCharts", "helmChartInflationGenerator", "generators"];
        Some(Self {
            remote: resources.contains(&None)
                || components.contains(&None)
                || remote.iter().any(|key| root.get(key).is_some()),
            resources: resources.into_iter().flatten().collect(),
            components: components.into_iter().flatten().collect(),
            inputs: found(inputs(root)).into_iter().flatten().collect(),
            namespace: root
                .get("namespace")
                .and_then(Node::as_str)
                .filter(|it| !it.is_empty())
                .map(Arc::from),
            folder,
        })
    }
}

/// The files that a kustomization names for anything but the objects in them.
fn inputs<'n>(root: &'n Node<'_>) -> Vec<&'n str> {
    let items = |key: &str| root.get(key).and_then(Node::as_seq).unwrap_or_default();
    let plain = [
        "patchesStrategicMerge",
        "configurations",
        "transformers",
        "generators",
        "validators",
        "crds",
    ];
    let plain = plain
        .iter()
        .flat_map(|key| items(key))
        .filter_map(Node::as_str);
    let by_path = ["patches", "patchesJson6902", "replacements"];
    let by_path = by_path
        .iter()
        .flat_map(|key| items(key))
        .filter_map(|item| item.get("path")?.as_str());
    let generators = ["configMapGenerator", "secretGenerator"];
    let generators = generators.iter().flat_map(|key| items(key));
    let generated = generators.flat_map(|generator| {
        let lists = ["files", "envs"].into_iter();
        let lists = lists.filter_map(|key| generator.get(key)?.as_seq());
        let env = generator.get("env").and_then(Node::as_str);
        lists
            .flatten()
            .filter_map(Node::as_str)
            .map(|file| file.split_once('=').map_or(file, |(_, path)| path))
            .chain(env)
    });
    let charts = items("helmCharts").iter();
    let values = charts.filter_map(|chart| chart.get("valuesFile")?.as_str());
    // An inline patch is no path: it leads nowhere, so it excludes nothing.
    plain
        .chain(by_path)
        .chain(generated)
        .chain(values)
        .collect()
}
