//! The rules: one a file, one page a rule, one explicit list.

mod aim;
mod api_server_peer;
mod amend;
mod api_client;
mod backends;
mod blocked;
mod by_service;
mod callbacks;
mod cut_flows;
mod exemptions;
mod injection;
mod manifests;
mod meant;
mod mending;
mod named;
mod namespace_labels;
mod nearest;
mod policies;
mod presence;
mod published;
mod routed;
mod routes;
mod run_time;
mod service_port;
mod stray_dash;
mod services;
mod variants;
mod whole;
mod words;
mod workloads;
mod writing;

use std::sync::LazyLock;

pub(crate) use amend::Amended;
pub(crate) use backends::{Backend, backends};
pub(crate) use words::listed;
pub(crate) use workloads::{rule_for_dns, rules_for_api_server};
pub(crate) use writing::{Other, Writing};

pub(crate) use exemptions::unknown;

use crate::cluster::View;
use crate::finding::Finding;
use crate::object::{Callback, ConfigMap, Meta, Of, Route, Service, Workload};
use crate::policy::Policy;

/// A rule: a pure function of an object and a View, and the page that explains and tests it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name, stable for ever: it names the bad thing.
    pub id: &'static str,
    /// Its page, Markdown.
    pub page: &'static str,
    /// What it looks at, and how.
    pub check: Check,
    /// What a policy that brings it about does to Workloads, to gather them in one line:
    /// `blocks API-server egress of`; empty where there is nothing to gather.
    pub gathers: &'static str,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Each Service.
    Service(fn(Of<'_, Service>, View<'_>) -> Vec<Finding>),
    /// Each Workload that no other object in view owns.
    Workload(fn(Of<'_, Workload>, View<'_>) -> Vec<Finding>),
    /// Each policy.
    Policy(fn(Of<'_, Policy>, View<'_>) -> Vec<Finding>),
    /// Each Ingress or route.
    Route(fn(Of<'_, Route>, View<'_>) -> Vec<Finding>),
    /// Each Workload that no other object in view owns, and each `ConfigMap`: what programs read.
    Texts {
        /// Each such Workload.
        workload: fn(Of<'_, Workload>, View<'_>) -> Vec<Finding>,
        /// Each `ConfigMap`.
        config_map: fn(Of<'_, ConfigMap>, View<'_>) -> Vec<Finding>,
    },
    /// Each webhook configuration and `APIService`.
    Callback(fn(Of<'_, Callback>, View<'_>) -> Vec<Finding>),
    /// The metadata of every object but Workloads that another one owns.
    Meta(fn(&Meta, View<'_>) -> Vec<Finding>),
    /// Nothing by itself: the manifests that an input gives, as they are read.
    Manifest,
}

/// Every rule, by group and in the order of the documentation.
pub fn all() -> &'static [Rule] {
    static ALL: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        [
            &services::RULES[..],
            &workloads::RULES[..],
            &policies::RULES[..],
            &routes::RULES[..],
            &callbacks::RULES[..],
            &manifests::RULES[..],
            &exemptions::RULES[..],
        ]
        .concat()
    });
    &ALL
}

/// The rule of a name.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().iter().find(|rule| rule.id == id)
}
