//! The `spec` of a `NetworkPolicy` as it is written, before it means anything.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::policy::from::lenient::lenient;
use crate::policy::from::selector::LabelSelector;
use crate::text::Word;

lenient! {
    /// `spec` of a `networking.k8s.io/v1 NetworkPolicy`.
    pub struct Spec {
        /// The pods it applies to.
        pod_selector("podSelector"): LabelSelector<'a>,
        /// `Ingress`, `Egress` or both.
        policy_types("policyTypes"): Vec<Word<'a>>,
        /// Rules on traffic to the pods.
        ingress("ingress"): Vec<RuleEntry<'a>>,
        /// Rules on traffic from the pods.
        egress("egress"): Vec<RuleEntry<'a>>,
    }
}

lenient! {
    /// One entry of `ingress` or `egress`.
    pub(super) struct RuleEntry {
        /// The ports.
        ports("ports"): Vec<PortEntry<'a>>,
        /// The sources, of an ingress rule.
        from("from"): Vec<PeerEntry<'a>>,
        /// The destinations, of an egress rule.
        to("to"): Vec<PeerEntry<'a>>,
    }
}

lenient! {
    /// One entry of `ports`.
    pub(super) struct PortEntry {
        /// `TCP`, `UDP` or `SCTP`.
        protocol("protocol"): Word<'a>,
        /// A number or a name.
        port("port"): IntOrString<'a>,
        /// The end of the range that a numeric port starts.
        end_port("endPort"): i64,
    }
}

lenient! {
    /// One entry of `from` or `to`.
    pub(super) struct PeerEntry {
        /// Pods by labels.
        pod_selector("podSelector"): LabelSelector<'a>,
        /// Namespaces by labels.
        namespace_selector("namespaceSelector"): LabelSelector<'a>,
        /// Addresses.
        ip_block("ipBlock"): IpBlock<'a>,
    }
}

lenient! {
    /// `ipBlock`.
    pub(super) struct IpBlock {
        /// The block.
        cidr("cidr"): Word<'a>,
        /// Blocks taken away from it.
        except("except"): Vec<Word<'a>>,
    }
}

impl Spec<'_> {
    /// The first field of the `spec` itself that is not known here, which is ignored.
    pub fn unknown(&self) -> Option<&str> {
        self.unknown.as_deref()
    }
}

/// `intstr.IntOrString`.
#[derive(Clone, Debug)]
pub(super) enum IntOrString<'a> {
    /// A number.
    Int(i64),
    /// A name.
    String(Word<'a>),
}

impl<'de: 'a, 'a> Deserialize<'de> for IntOrString<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = IntOrString<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a string")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(IntOrString::Int(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                // Beyond any port either way; the range check names it.
                Ok(IntOrString::Int(i64::try_from(number).unwrap_or(i64::MAX)))
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(IntOrString::String(text.into()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(IntOrString::String(Word::owned(text)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}
