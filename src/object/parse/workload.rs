//! The built-in controllers that make pods.

use std::sync::Arc;

use serde::Deserialize;

use super::Raw;
use super::meta::{RawMeta, TemplateMeta};
use super::names::check_labels;
use super::pod::RawPodSpec;
use super::problems::{At, Problems};
use super::selector::{LabelSelector, RawSelector};
use super::wire::{Int, Nested, Pairs};
use crate::finding::FieldPath;
use crate::labels::Selector;
use crate::object::{Body, Kind, Meta, Template, Workload};

/// Deployment, `StatefulSet`, `DaemonSet`, `ReplicaSet` or Job.
pub(super) type RawController<'a> = Controller<'a, Nested<LabelSelector<'a>>>;

/// `ReplicationController`, whose selector is a plain map.
pub(super) type RawReplicationController<'a> = Controller<'a, Pairs<'a>>;

/// Anything with `spec.selector`, `spec.replicas` and `spec.template`, as it is written.
#[derive(Default, Deserialize)]
#[serde(
    default,
    expecting = "a mapping",
    bound(deserialize = "'de: 'a, S: Deserialize<'de> + Default")
)]
pub(super) struct Controller<'a, S> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Nested<RawSpec<'a, S>>,
}

#[derive(Default, Deserialize)]
#[serde(
    default,
    expecting = "a mapping",
    bound(deserialize = "'de: 'a, S: Deserialize<'de> + Default")
)]
struct RawSpec<'a, S> {
    selector: Option<S>,
    replicas: Option<Int>,
    #[serde(borrow)]
    template: Nested<RawTemplate<'a>>,
}

/// A pod template as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawTemplate<'a> {
    #[serde(borrow)]
    metadata: Nested<TemplateMeta<'a>>,
    spec: Nested<RawPodSpec<'a>>,
}

impl RawTemplate<'_> {
    /// The template; the paths of problems start at the template.
    pub(super) fn read(&self, at: FieldPath, problems: &mut Problems) -> Template {
        let labels = &self.metadata.labels;
        let labels_at = At::Root.key("metadata");
        check_labels(labels, &labels_at.key("labels"), problems);
        Template {
            at,
            labels: Arc::new(labels.iter().collect()),
            annotations: self.metadata.annotations.0.clone(),
            spec: self.spec.read(problems).into(),
        }
    }

    fn read_into(&self, at: &str, meta: &mut Meta) -> Template {
        let mut problems = Problems::default();
        let template = self.read(FieldPath::of(at), &mut problems);
        meta.problems.extend(problems.under(&template.at));
        template
    }
}

impl<'a, S: RawSelector + Deserialize<'a> + Default> Raw<'a> for Controller<'a, S> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let template = self.spec.template.read_into("spec.template", meta);
        let mut problems = Problems::default();
        let at = At::Root.key("spec");
        let selector = self
            .spec
            .selector
            .as_ref()
            .map(|selector| selector.read(&at.key("selector"), &mut problems));
        let unfit = check_selector(selector.as_ref(), &template, meta);
        if let Some(message) = unfit {
            problems.add(&at.key("selector"), message);
        }
        let replicas = self.spec.replicas.map(|Int(replicas)| {
            if replicas < 0 {
                let message = format!("replicas {replicas} is negative");
                problems.add(&at.key("replicas"), message);
            }
            u32::try_from(replicas).ok()
        });
        meta.problems.extend(problems.into_vec());
        Body::Workload(Arc::new(Workload {
            template,
            selector,
            replicas: replicas.flatten(),
            more: Vec::new(),
        }))
    }
}

/// What is wrong between a controller's selector and its template; of versions before `apps/v1`,
/// which fill the selector in, nothing.
fn check_selector(
    selector: Option<&Selector>,
    template: &Template,
    meta: &Meta,
) -> Option<&'static str> {
    let selects = matches!(
        meta.kind,
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet | Kind::ReplicaSet
    );
    if !selects || &*meta.reference.api_version != "apps/v1" {
        return None;
    }
    match selector {
        None => Some("selector is missing"),
        Some(selector) if selector.is_empty() => Some("selector is empty"),
        Some(selector) if !selector.matches(&template.labels) => {
            Some("selector does not match the labels of the template")
        }
        Some(_) => None,
    }
}

/// A `CronJob` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawCronJob<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Nested<RawCronSpec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawCronSpec<'a> {
    #[serde(borrow)]
    job_template: Nested<RawJobTemplate<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawJobTemplate<'a> {
    #[serde(borrow)]
    spec: Nested<RawJobSpec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawJobSpec<'a> {
    #[serde(borrow)]
    template: Nested<RawTemplate<'a>>,
}

impl<'a> Raw<'a> for RawCronJob<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let template = &self.spec.job_template.spec.template;
        Body::Workload(Arc::new(Workload {
            template: template.read_into("spec.jobTemplate.spec.template", meta),
            selector: None,
            replicas: None,
            more: Vec::new(),
        }))
    }
}
