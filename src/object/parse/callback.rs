//! Webhook configurations and `APIServices`.

use serde::Deserialize;

use super::Raw;
use super::meta::RawMeta;
use super::names::port_number;
use super::problems::At;
use super::wire::{Int, List, Nested, Str, given};
use crate::object::{Body, Call, Callback, Meta};

/// The port that is called where none is said.
const PORT: u16 = 443;

/// A configuration of admission webhooks as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawWebhooks<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    webhooks: List<Nested<RawWebhook<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawWebhook<'a> {
    #[serde(borrow)]
    client_config: Nested<RawClient<'a>>,
    failure_policy: Option<Str<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawClient<'a> {
    #[serde(borrow)]
    service: Nested<RawService<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawService<'a> {
    #[serde(borrow)]
    namespace: Option<Str<'a>>,
    name: Option<Str<'a>>,
    port: Option<Int>,
}

impl RawService<'_> {
    fn read(&self, refuses: bool, at: &At<'_>) -> Option<Call> {
        let number = self.port.and_then(|Int(number)| port_number(number));
        Some(Call {
            namespace: given(self.namespace.as_ref())?.into(),
            service: given(self.name.as_ref())?.into(),
            port: number.unwrap_or(PORT),
            says_port: number.is_some(),
            refuses,
            at: at.path(),
        })
    }
}

impl<'a> Raw<'a> for RawWebhooks<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, meta: &mut Meta) -> Body {
        let mut calls = Vec::new();
        // What is not said means another thing in each version.
        let by_default = meta.reference.api_version.ends_with("/v1");
        let at = At::Root.key("webhooks");
        for (index, webhook) in self.webhooks.iter().enumerate() {
            let policy = given(webhook.failure_policy.as_ref());
            let refuses = policy.map_or(by_default, |policy| policy == "Fail");
            let at = at.index(index);
            let at = at.key("clientConfig");
            let service = &webhook.client_config.service;
            calls.extend(service.read(refuses, &at.key("service")));
        }
        Body::Callback(Box::new(Callback { calls }))
    }
}

/// An `APIService` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
pub(super) struct RawApiService<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    spec: Nested<RawClient<'a>>,
}

impl<'a> Raw<'a> for RawApiService<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, _: &mut Meta) -> Body {
        let at = At::Root.key("spec");
        let call = self.spec.service.read(true, &at.key("service"));
        Body::Callback(Box::new(Callback {
            calls: call.into_iter().collect(),
        }))
    }
}
