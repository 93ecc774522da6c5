//! What a snapshot claims to hold completely: of each kind, where.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{Known, Store, View};
use crate::object::{Kind, Row, TABLE};

/// The annotation of the List that carries the claim.
pub const ANNOTATION: &str = "portcullis.dev/coverage";

/// What stands for every namespace; also for a kind that has none.
const EVERYWHERE: &str = "*";

/// What stands for every kind beside those of the table that may make pods.
const CUSTOM: &str = "customresources";

/// The groups that every API server has; other kinds may not be installed.
const BUILT_IN: [&str; 6] = [
    "",
    "apps",
    "batch",
    "discovery.k8s.io",
    "networking.k8s.io",
    "rbac.authorization.k8s.io",
];

/// Of each kind, the namespaces in which everything there is is held: `{"services": ["*"],
/// "deployments.apps": ["shop"]}`. Of kinds that are not named nothing is known but what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim(BTreeMap<String, BTreeSet<String>>);

impl Claim {
    /// What a View knows completely, everywhere or in some of `namespaces`.
    pub fn of(view: View<'_>, namespaces: &BTreeSet<&str>) -> Self {
        // Nothing is called so: what is known of it is known of every namespace.
        let everywhere = |kind| view.known(kind, EVERYWHERE) == Known::All;
        let places = kinds().filter_map(|(kind, name)| {
            let places: BTreeSet<String> = if everywhere(kind) {
                [EVERYWHERE.to_owned()].into()
            } else {
                let all = namespaces.iter().copied();
                all.filter(|namespace| view.known(kind, namespace) == Known::All)
                    .map(str::to_owned)
                    .collect()
            };
            (!places.is_empty()).then_some((name, places))
        });
        Self(places.collect())
    }

    /// Reads the annotation's value.
    ///
    /// # Errors
    /// Where it is not JSON of this form.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).map(Self)
    }

    /// The annotation's value.
    pub fn text(&self) -> String {
        let entries = self.0.iter().map(|(kind, places)| {
            let places = places.iter().map(|place| (*place.as_str()).into());
            (kind.clone(), serde_json::Value::Array(places.collect()))
        });
        serde_json::Value::Object(entries.collect()).to_string()
    }

    /// The claim of two parts of a cluster, told by several lists.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (kind, places) in other.0 {
            self.0.entry(kind).or_default().extend(places);
        }
        self
    }

    /// Whether it claims nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The kinds that are complete in some namespaces only, by resource.
    pub fn within(&self) -> Vec<&str> {
        let kinds = self.0.iter();
        let within = kinds.filter(|(_, places)| !places.contains(EVERYWHERE));
        within.map(|(kind, _)| kind.as_str()).collect()
    }

    /// The same claim where of kinds that live in namespaces only one is held.
    #[must_use]
    pub fn only_in(mut self, namespace: &str) -> Self {
        let namespaced = TABLE.iter().filter(|row| row.namespaced).map(resource);
        for kind in namespaced.chain([CUSTOM.to_owned()]) {
            if let Some(places) = self.0.get_mut(&kind) {
                let held = places.contains(EVERYWHERE) || places.contains(namespace);
                *places = held.then(|| namespace.to_owned()).into_iter().collect();
            }
        }
        self.0.retain(|_, places| !places.is_empty());
        self
    }

    /// Says in a Store that what the claim names is all there is.
    pub fn cover(&self, store: &mut Store) {
        for (kind, name) in kinds() {
            for place in self.0.get(&name).into_iter().flatten() {
                let namespace = Some(place.as_str()).filter(|place| *place != EVERYWHERE);
                store.cover(Some(kind), namespace, Known::All);
            }
        }
    }

    /// The kinds that every cluster has but that are not claimed at all, by resource.
    pub fn lacking(&self) -> Vec<String> {
        let built_in = TABLE.iter().filter(|row| BUILT_IN.contains(&row.group));
        let built_in = built_in.map(|row| (row.kind, resource(row)));
        let mut lacking: Vec<(Kind, String)> = built_in.collect();
        let claimed: BTreeSet<Kind> = lacking
            .iter()
            .filter(|(_, name)| self.0.contains_key(name))
            .map(|(kind, _)| *kind)
            .collect();
        lacking.retain(|(kind, _)| !claimed.contains(kind));
        lacking.dedup_by_key(|(kind, _)| *kind);
        lacking.into_iter().map(|(_, name)| name).collect()
    }
}

/// Every kind by its resource: `deployments.apps`. Some kinds have two.
fn kinds() -> impl Iterator<Item = (Kind, String)> {
    let rows = TABLE.iter().map(|row| (row.kind, resource(row)));
    rows.chain([(Kind::Custom, CUSTOM.to_owned())])
}

/// A kind's resource as RBAC and kubectl name it.
fn resource(row: &Row) -> String {
    if row.group.is_empty() {
        row.plural.to_owned()
    } else {
        format!("{}.{}", row.plural, row.group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Knowledge;

    #[test]
    fn a_claim_tells_what_a_store_knows_and_another_store_learns_it() {
        let mut store = Store::default();
        store.cover(Some(Kind::Service), None, Known::All);
        store.cover(Some(Kind::Deployment), Some("shop"), Known::All);
        store.cover(Some(Kind::Node), None, Known::Unknown);
        let knowledge = Knowledge::default();
        let claim = Claim::of(View::new(&store, &knowledge), &["shop", "other"].into());
        assert_eq!(
            claim.text(),
            r#"{"deployments.apps":["shop"],"services":["*"]}"#
        );
        let read = Claim::parse(&claim.text()).unwrap();
        assert_eq!(read, claim);
        let mut again = Store::default();
        read.cover(&mut again);
        let view = View::new(&again, &knowledge);
        assert_eq!(view.known(Kind::Service, "any"), Known::All);
        assert_eq!(view.known(Kind::Deployment, "shop"), Known::All);
        assert_eq!(view.known(Kind::Deployment, "other"), Known::Unknown);
        assert_eq!(view.known(Kind::Node, ""), Known::Unknown);
        assert!(claim.lacking().contains(&"nodes".to_owned()));
        assert!(!claim.lacking().contains(&"services".to_owned()));
    }
}
