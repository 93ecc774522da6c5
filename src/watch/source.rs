//! A source: one resource of the API that is listed and watched, from the table of kinds or a CRD.

use std::fmt;
use std::sync::Arc;

use crate::object::{Kind, Row, TABLE};

/// One resource of the API that is listed and watched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// Its row in the table of kinds; [`Kind::Custom`] for any other.
    pub kind: Kind,
    /// The API group; empty for the core group.
    pub group: Arc<str>,
    /// The version that is asked for.
    pub version: Arc<str>,
    /// The kind's name: `Service`.
    pub name: Arc<str>,
    /// The resource's name in URLs and RBAC: `services`.
    pub plural: Arc<str>,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

impl Source {
    /// `apps/v1`, as objects have it.
    pub fn api_version(&self) -> String {
        match &*self.group {
            "" => self.version.to_string(),
            group => format!("{group}/{}", self.version),
        }
    }
}

impl fmt::Display for Source {
    /// `deployments.apps`, as RBAC and kubectl have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.group {
            "" => f.write_str(&self.plural),
            group => write!(f, "{}.{group}", self.plural),
        }
    }
}

impl From<&Row> for Source {
    fn from(row: &Row) -> Self {
        Self {
            kind: row.kind,
            group: row.group.into(),
            version: row.version.into(),
            name: row.name.into(),
            plural: row.plural.into(),
            namespaced: row.namespaced,
        }
    }
}

/// Something to list: one source, or one of several forms of the same kind, the preferred one
/// first. Of several forms that are served only one is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The form that is preferred.
    pub(super) preferred: Source,
    /// Other forms, for where that one cannot be listed.
    pub(super) others: Vec<Source>,
}

impl From<Source> for Wanted {
    fn from(preferred: Source) -> Self {
        Self {
            preferred,
            others: Vec::new(),
        }
    }
}

/// A kind that holds pod templates and is served without a CRD.
fn deployment_configs() -> Source {
    Source {
        kind: Kind::Custom,
        group: "apps.openshift.io".into(),
        version: "v1".into(),
        name: "DeploymentConfig".into(),
        plural: "deploymentconfigs".into(),
        namespaced: true,
    }
}

/// What no CRD has to tell of; `ConfigMaps`, which may hold anything, only where they are asked for.
pub(super) fn wanted(config_maps: bool) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for row in &TABLE {
        let skipped = match row.kind {
            Kind::ConfigMap => !config_maps,
            // Where there is an API server, EndpointSlices mirror what people write here.
            Kind::Endpoints => true,
            _ => false,
        };
        if skipped {
            continue;
        }
        let source = Source::from(row);
        match wanted.iter_mut().find(|it| it.preferred.kind == row.kind) {
            Some(wanted) => wanted.others.push(source),
            None => wanted.push(source.into()),
        }
    }
    wanted.push(deployment_configs().into());
    // Pods share what they have in common with the Workloads above them, where those are there.
    wanted.sort_by_key(|wanted| wanted.preferred.kind == Kind::Pod);
    wanted
}
