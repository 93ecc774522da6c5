//! One rule set of a Cilium policy as it is written, before it means anything.

use serde::de::IgnoredAny;

use crate::policy::from::lenient::lenient;
use crate::policy::from::selector::LabelSelector;
use crate::text::Word;

lenient! {
    /// `spec` of a Cilium policy, or one of its `specs`.
    pub struct Spec {
        /// The pods it applies to.
        endpoint_selector("endpointSelector"): LabelSelector<'a>,
        /// The nodes it applies to.
        node_selector("nodeSelector"): LabelSelector<'a>,
        /// What is let in.
        ingress("ingress"): Vec<RuleEntry<'a>>,
        /// What is kept out.
        ingress_deny("ingressDeny"): Vec<RuleEntry<'a>>,
        /// What is let out.
        egress("egress"): Vec<RuleEntry<'a>>,
        /// What is kept in.
        egress_deny("egressDeny"): Vec<RuleEntry<'a>>,
        /// Whether what no rule admits is denied.
        enable_default_deny("enableDefaultDeny"): DefaultDeny<'a>,
    }
}

impl Spec<'_> {
    /// The first field of the rule set itself that is not known here, which is ignored.
    pub fn unknown(&self) -> Option<&str> {
        self.unknown.as_deref()
    }

    /// Whether it has no rule at all.
    pub(super) fn is_empty(&self) -> bool {
        let lists = [
            &self.ingress,
            &self.ingress_deny,
            &self.egress,
            &self.egress_deny,
        ];
        let mut rules = lists.into_iter().flatten().flatten();
        rules.next().is_none()
    }
}

lenient! {
    /// `spec` of a `CiliumCIDRGroup`.
    pub struct GroupSpec {
        /// The blocks.
        external_cidrs("externalCIDRs"): Vec<Word<'a>>,
    }
}

lenient! {
    /// `enableDefaultDeny`.
    pub(super) struct DefaultDeny {
        /// Of what is sent to the pods.
        ingress("ingress"): bool,
        /// Of what the pods send.
        egress("egress"): bool,
    }
}

lenient! {
    /// One rule.
    pub(super) struct RuleEntry {
        /// Pods by labels, as sources.
        from_endpoints("fromEndpoints"): Vec<LabelSelector<'a>>,
        /// Addresses, as sources.
        from_cidr("fromCIDR"): Vec<Word<'a>>,
        /// Addresses less others, as sources.
        from_cidr_set("fromCIDRSet"): Vec<CidrRule<'a>>,
        /// Classes of peers, as sources.
        from_entities("fromEntities"): Vec<Word<'a>>,
        /// Nodes by labels, as sources.
        from_nodes("fromNodes"): Vec<LabelSelector<'a>>,
        /// Groups that a provider keeps, as sources.
        from_groups("fromGroups"): Vec<IgnoredAny>,
        /// Pods by labels, as destinations.
        to_endpoints("toEndpoints"): Vec<LabelSelector<'a>>,
        /// Addresses, as destinations.
        to_cidr("toCIDR"): Vec<Word<'a>>,
        /// Addresses less others, as destinations.
        to_cidr_set("toCIDRSet"): Vec<CidrRule<'a>>,
        /// Classes of peers, as destinations.
        to_entities("toEntities"): Vec<Word<'a>>,
        /// Nodes by labels, as destinations.
        to_nodes("toNodes"): Vec<LabelSelector<'a>>,
        /// Groups that a provider keeps, as destinations.
        to_groups("toGroups"): Vec<IgnoredAny>,
        /// Services, as destinations.
        to_services("toServices"): Vec<ServiceEntry<'a>>,
        /// Domain names, as destinations.
        to_fqdns("toFQDNs"): Vec<IgnoredAny>,
        /// The destination's ports.
        to_ports("toPorts"): Vec<PortRule<'a>>,
        /// Kinds of ICMP messages.
        icmps("icmps"): Vec<IgnoredAny>,
        /// Whether both sides must prove who they are.
        authentication("authentication"): Authentication<'a>,
    }
}

lenient! {
    /// `authentication`.
    pub(super) struct Authentication {
        /// `disabled`, `required`, …
        mode("mode"): Word<'a>,
    }
}

lenient! {
    /// One entry of `toCIDRSet`.
    pub(super) struct CidrRule {
        /// The block.
        cidr("cidr"): Word<'a>,
        /// A group of blocks that another object has.
        group("cidrGroupRef"): Word<'a>,
        /// Such groups by their labels.
        groups("cidrGroupSelector"): LabelSelector<'a>,
        /// Blocks taken away from it.
        except("except"): Vec<Word<'a>>,
    }
}

lenient! {
    /// One entry of `toServices`.
    pub(super) struct ServiceEntry {
        /// A Service by its name.
        by_name("k8sService"): NamedService<'a>,
        /// Services by their labels.
        by_labels("k8sServiceSelector"): LabelledServices<'a>,
    }
}

lenient! {
    /// `k8sServiceSelector`.
    pub(super) struct LabelledServices {
        /// The labels.
        selector("selector"): LabelSelector<'a>,
        /// The namespace; every one where it says none.
        namespace("namespace"): Word<'a>,
    }
}

lenient! {
    /// `k8sService`.
    pub(super) struct NamedService {
        /// The name.
        name("serviceName"): Word<'a>,
        /// The namespace; every one where it says none.
        namespace("namespace"): Word<'a>,
    }
}

lenient! {
    /// One entry of `toPorts`.
    pub(super) struct PortRule {
        /// The ports.
        ports("ports"): Vec<PortEntry<'a>>,
        /// What is asked of the requests there.
        rules("rules"): Layer7<'a>,
        /// Names that a client must ask for in TLS.
        server_names("serverNames"): Vec<IgnoredAny>,
        /// TLS that the proxy ends.
        terminating("terminatingTLS"): IgnoredAny,
        /// TLS that the proxy starts.
        originating("originatingTLS"): IgnoredAny,
        /// A proxy that takes over.
        listener("listener"): IgnoredAny,
    }
}

lenient! {
    /// One entry of `ports`.
    pub(super) struct PortEntry {
        /// A number or a name, as text.
        port("port"): Word<'a>,
        /// The end of the range that a number starts.
        end_port("endPort"): i64,
        /// The protocol, or `ANY`.
        protocol("protocol"): Word<'a>,
    }
}

lenient! {
    /// `rules` of one entry of `toPorts`.
    pub(super) struct Layer7 {
        /// Of HTTP requests.
        http("http"): Vec<IgnoredAny>,
        /// Of Kafka requests.
        kafka("kafka"): Vec<IgnoredAny>,
        /// Of DNS requests.
        dns("dns"): Vec<DnsRule<'a>>,
        /// The parser of other protocols.
        proto("l7proto"): IgnoredAny,
        /// Of their requests.
        other("l7"): Vec<IgnoredAny>,
    }
}

lenient! {
    /// One entry of `dns`.
    pub(super) struct DnsRule {
        /// One name.
        name("matchName"): Word<'a>,
        /// Names by a pattern.
        pattern("matchPattern"): Word<'a>,
    }
}
