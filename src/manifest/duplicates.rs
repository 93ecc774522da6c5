//! Objects given twice: the same one again, or variants of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::gap::{Gap, Missing};
use super::place::Place;
use super::scan::{DUPLICATE_OBJECT, report};
use crate::finding::{FieldPath, Finding, Report, Severity};
use crate::object::{Key, Object};

/// What was found among the objects.
pub(super) struct Duplicates {
    /// Those that repeat an earlier one in all that rules read.
    pub repeated: BTreeSet<Place>,
    /// Those that share an identity but differ.
    pub groups: Vec<Vec<(Arc<Object>, Place)>>,
    /// One notice a group.
    pub findings: Vec<(Report, Place)>,
    /// One gap a group: which of them will be there, nobody knows.
    pub gaps: Vec<Gap>,
}

/// How many other files a message names.
const MOST_NAMED: usize = 3;

impl Duplicates {
    /// Compares objects of one identity. Those that the API server will name are none.
    pub(super) fn among<'s>(
        objects: &[(Arc<Object>, Place)],
        generated: &BTreeSet<Place>,
        file: impl Fn(Place) -> &'s str,
    ) -> Self {
        let mut by_key: BTreeMap<Key, Vec<(Arc<Object>, Place)>> = BTreeMap::new();
        let mut repeated = BTreeSet::new();
        for (object, place) in objects {
            if generated.contains(place) || object.meta.name().is_empty() {
                continue;
            }
            let same = by_key.entry(object.meta.key()).or_default();
            if same.iter().any(|(other, _)| other == object) {
                repeated.insert(*place);
            } else {
                same.push((object.clone(), *place));
            }
        }
        let groups: Vec<_> = by_key.into_values().filter(|it| it.len() > 1).collect();
        Self {
            findings: groups.iter().filter_map(|it| notice(it, &file)).collect(),
            gaps: groups.iter().filter_map(|it| gap(it)).collect(),
            repeated,
            groups,
        }
    }
}

fn notice<'s>(
    group: &[(Arc<Object>, Place)],
    file: impl Fn(Place) -> &'s str,
) -> Option<(Report, Place)> {
    let ((object, place), others) = group.split_first()?;
    let own = file(*place);
    let mut files: Vec<&str> = others.iter().map(|(_, place)| file(*place)).collect();
    files.retain(|name| *name != own);
    files.dedup();
    let times = group.len();
    let message = match (files.get(..MOST_NAMED), files.as_slice()) {
        (_, []) => format!("is given {times} times, each time otherwise, in this file"),
        (Some(named), all) if all.len() > MOST_NAMED => format!(
            "is given {times} times, each time otherwise: also in {} and {} more",
            named.join(", "),
            all.len() - MOST_NAMED
        ),
        (_, all) => format!(
            "is given {times} times, each time otherwise: also in {}",
            all.join(", ")
        ),
    };
    let finding = Finding::new(Severity::Notice, FieldPath::default(), message).help(
        "these look like variants: pass the rendered output of one of them, \
         such as that of kustomize build or helm template",
    );
    let reference = object.meta.reference.clone();
    Some((report(DUPLICATE_OBJECT, Some(reference), finding), *place))
}

fn gap(group: &[(Arc<Object>, Place)]) -> Option<Gap> {
    let (object, _) = group.first()?;
    Some(Gap {
        missing: Missing::of(object.meta.kind),
        namespace: object.meta.reference.namespace.clone(),
    })
}
