//! Calico's `spec`s as they are written, before they mean anything.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, Visitor};

use crate::policy::from::lenient::lenient;
use crate::text::Word;

lenient! {
    /// `spec` of a `NetworkPolicy` or a `GlobalNetworkPolicy`.
    pub struct Spec {
        /// The name of its tier.
        tier("tier"): Word<'a>,
        /// Its place in the tier.
        order("order"): f64,
        /// The pods it applies to.
        selector("selector"): Word<'a>,
        /// The namespaces of those pods, of a global policy.
        namespace_selector("namespaceSelector"): Word<'a>,
        /// The accounts of those pods.
        service_account_selector("serviceAccountSelector"): Word<'a>,
        /// `Ingress`, `Egress` or both.
        types("types"): Vec<Word<'a>>,
        /// Rules on traffic to the pods.
        ingress("ingress"): Vec<RuleEntry<'a>>,
        /// Rules on traffic from the pods.
        egress("egress"): Vec<RuleEntry<'a>>,
        /// Whether it applies before connections are tracked, and to hosts only.
        do_not_track("doNotTrack"): bool,
        /// Whether it applies before addresses are translated, and to hosts only.
        pre_dnat("preDNAT"): bool,
        /// Whether it applies to what hosts forward, too.
        _apply_on_forward("applyOnForward"): IgnoredAny,
        /// What helps its enforcement and never changes it.
        _performance_hints("performanceHints"): IgnoredAny,
    }
}

lenient! {
    /// One entry of `ingress` or `egress`.
    pub(super) struct RuleEntry {
        /// What becomes of what it matches.
        action("action"): Word<'a>,
        /// 4 or 6.
        ip_version("ipVersion"): i64,
        /// The protocol.
        protocol("protocol"): Scalar<'a>,
        /// Every protocol but this.
        not_protocol("notProtocol"): Scalar<'a>,
        /// What it asks of ICMP.
        icmp("icmp"): IgnoredAny,
        /// What it asks ICMP not to be.
        _not_icmp("notICMP"): IgnoredAny,
        /// Who opens the connection.
        source("source"): Entity<'a>,
        /// To whom.
        destination("destination"): Entity<'a>,
        /// What it asks of HTTP.
        http("http"): IgnoredAny,
        /// Annotations.
        _metadata("metadata"): IgnoredAny,
    }
}

lenient! {
    /// `source` or `destination`.
    pub(super) struct Entity {
        /// Blocks of addresses, or single ones.
        nets("nets"): Vec<Word<'a>>,
        /// Addresses that it is none of.
        not_nets("notNets"): Vec<Word<'a>>,
        /// Endpoints by labels.
        selector("selector"): Word<'a>,
        /// Endpoints that it is none of.
        not_selector("notSelector"): Word<'a>,
        /// The namespaces of the endpoints.
        namespace_selector("namespaceSelector"): Word<'a>,
        /// The accounts of the endpoints.
        service_accounts("serviceAccounts"): Accounts<'a>,
        /// A Service whose endpoints are meant.
        services("services"): ServiceEntry<'a>,
        /// Ports and ranges.
        ports("ports"): Vec<Scalar<'a>>,
        /// Ports that it is none of.
        not_ports("notPorts"): Vec<Scalar<'a>>,
    }
}

lenient! {
    /// `serviceAccounts`.
    pub(super) struct Accounts {
        /// By name.
        names("names"): Vec<Word<'a>>,
        /// By labels.
        selector("selector"): Word<'a>,
    }
}

lenient! {
    /// `services`.
    pub(super) struct ServiceEntry {
        /// Its name.
        name("name"): Word<'a>,
        /// Its namespace.
        namespace("namespace"): Word<'a>,
    }
}

lenient! {
    /// `spec` of a `Tier`.
    pub struct TierSpec {
        /// Its place among the tiers.
        order("order"): f64,
        /// What becomes of what no rule of it matches.
        default_action("defaultAction"): Word<'a>,
    }
}

lenient! {
    /// `spec` of a `NetworkSet` or a `GlobalNetworkSet`.
    pub struct SetSpec {
        /// Blocks of addresses, or single ones.
        nets("nets"): Vec<Word<'a>>,
        /// Domains, which only some editions know.
        allowed_egress_domains("allowedEgressDomains"): Vec<Word<'a>>,
    }
}

impl TierSpec<'_> {
    /// Its place among the tiers; without one it comes last.
    pub fn order(&self) -> Option<f64> {
        self.order
    }
}

impl SetSpec<'_> {
    /// Whether it names domains too.
    pub fn has_domains(&self) -> bool {
        self.allowed_egress_domains
            .as_ref()
            .is_some_and(|domains| !domains.is_empty())
    }
}

impl RuleEntry<'_> {
    /// The first field in it that is not known here.
    pub(super) fn unknown(&self) -> Option<&str> {
        let entities = [&self.source, &self.destination];
        let below = entities.into_iter().flatten().find_map(|entity| {
            let accounts = entity.service_accounts.as_ref();
            let service = entity.services.as_ref();
            entity
                .unknown
                .as_deref()
                .or_else(|| accounts.and_then(|it| it.unknown.as_deref()))
                .or_else(|| service.and_then(|it| it.unknown.as_deref()))
        });
        self.unknown.as_deref().or(below)
    }
}

/// A number or a text.
#[derive(Clone, Debug)]
pub(super) enum Scalar<'a> {
    /// A number.
    Int(i64),
    /// A text.
    Text(Word<'a>),
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a string")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Scalar::Int(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Scalar::Int(i64::try_from(number).unwrap_or(i64::MAX)))
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(text.into()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Word::owned(text)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}
