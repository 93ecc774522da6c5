//! A pod's volumes: which `ConfigMaps` they mount, and whether one holds a token for the API server.

use serde::Deserialize;

use super::wire::{List, Nested, Str, given};

/// What the API server's own injected volumes are called, before a random suffix.
const INJECTED: &str = "kube-api-access-";

/// A volume as it is written.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
pub(super) struct RawVolume<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
    config_map: Option<Nested<RawConfigMapRef<'a>>>,
    projected: Nested<RawProjected<'a>>,
}

/// A reference to a `ConfigMap`.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawConfigMapRef<'a> {
    #[serde(borrow)]
    name: Option<Str<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawProjected<'a> {
    #[serde(borrow)]
    sources: List<Nested<RawSource<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawSource<'a> {
    #[serde(borrow)]
    config_map: Option<Nested<RawConfigMapRef<'a>>>,
    service_account_token: Option<Nested<RawToken<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawToken<'a> {
    #[serde(borrow)]
    audience: Option<Str<'a>>,
}

impl RawToken<'_> {
    /// Whether the API server takes it: without an audience it is meant for nobody else.
    fn is_for_api_server(&self) -> bool {
        given(self.audience.as_ref()).is_none_or(|audience| {
            let host = audience.strip_prefix("https://").unwrap_or(audience);
            let rest = host.strip_prefix("kubernetes.default.svc");
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':', '/']))
        })
    }
}

impl RawConfigMapRef<'_> {
    /// Adds the name, where there is one.
    pub(super) fn add_to(&self, names: &mut Vec<Box<str>>) {
        names.extend(given(self.name.as_ref()).map(Box::from));
    }
}

impl RawVolume<'_> {
    /// Whether it holds a token for the API server's own audience.
    pub(super) fn projects_token(&self) -> bool {
        let tokens = self.projected.sources.iter();
        tokens
            .filter_map(|source| source.service_account_token.as_ref())
            .any(|token| token.is_for_api_server())
    }

    /// Adds the `ConfigMaps` that it mounts. What the API server injects is no wish of the author.
    pub(super) fn config_maps(&self, names: &mut Vec<Box<str>>) {
        if self
            .name
            .as_deref()
            .is_some_and(|name| name.starts_with(INJECTED))
        {
            return;
        }
        let projected = self
            .projected
            .sources
            .iter()
            .map(|source| &source.config_map);
        for map in [&self.config_map].into_iter().chain(projected).flatten() {
            map.add_to(names);
        }
    }
}
