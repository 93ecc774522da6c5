//! The `spec` of the policies of administrators as it is written: what their dialects share, and
//! the fields in which they differ.

use crate::policy::from::lenient::lenient;
use crate::policy::from::selector::LabelSelector;
use crate::text::Word;

lenient! {
    /// `spec` of a policy of the administrator's.
    pub struct Spec {
        /// `Admin` or `Baseline`.
        tier("tier"): Word<'a>,
        /// Which of the tier's policies is asked first: the lowest.
        priority("priority"): i64,
        /// The pods it applies to.
        subject("subject"): Subject<'a>,
        /// Rules on traffic to the pods.
        ingress("ingress"): Vec<RuleEntry<'a>>,
        /// Rules on traffic from the pods.
        egress("egress"): Vec<RuleEntry<'a>>,
    }
}

impl Spec<'_> {
    /// The first field of the `spec` itself that is not known here, which is ignored.
    pub fn unknown(&self) -> Option<&str> {
        self.unknown.as_deref()
    }
}

lenient! {
    /// `subject`.
    pub(super) struct Subject {
        /// Every pod of some namespaces.
        namespaces("namespaces"): LabelSelector<'a>,
        /// Some pods of some namespaces.
        pods("pods"): NamespacedPod<'a>,
    }
}

lenient! {
    /// Pods by their namespaces' labels and their own.
    pub(super) struct NamespacedPod {
        /// In which namespaces.
        namespace_selector("namespaceSelector"): LabelSelector<'a>,
        /// Which pods there.
        pod_selector("podSelector"): LabelSelector<'a>,
    }
}

lenient! {
    /// One entry of `ingress` or `egress`.
    pub(super) struct RuleEntry {
        /// Its name.
        name("name"): Word<'a>,
        /// What it does.
        action("action"): Word<'a>,
        /// The sources, of an ingress rule.
        from("from"): Vec<PeerEntry<'a>>,
        /// The destinations, of an egress rule.
        to("to"): Vec<PeerEntry<'a>>,
        /// The ports, as the first dialects have them.
        ports("ports"): Vec<PortEntry<'a>>,
        /// The protocols, as the last one has them.
        protocols("protocols"): Vec<ProtocolEntry<'a>>,
    }
}

lenient! {
    /// One entry of `from` or `to`: one of its fields.
    pub(super) struct PeerEntry {
        /// Every pod of some namespaces.
        namespaces("namespaces"): LabelSelector<'a>,
        /// Some pods of some namespaces.
        pods("pods"): NamespacedPod<'a>,
        /// Nodes, of an egress rule.
        nodes("nodes"): LabelSelector<'a>,
        /// Blocks of addresses, of an egress rule.
        networks("networks"): Vec<Word<'a>>,
        /// Domain names, of an egress rule.
        domain_names("domainNames"): Vec<Word<'a>>,
    }
}

lenient! {
    /// One entry of `ports`: one of its fields.
    pub(super) struct PortEntry {
        /// A number.
        port_number("portNumber"): PortNumber<'a>,
        /// A name.
        named_port("namedPort"): Word<'a>,
        /// A range.
        port_range("portRange"): PortRange<'a>,
    }
}

lenient! {
    /// `portNumber`.
    pub(super) struct PortNumber {
        /// The protocol.
        protocol("protocol"): Word<'a>,
        /// The number.
        port("port"): i64,
    }
}

lenient! {
    /// A range of ports, both ends included.
    pub(super) struct PortRange {
        /// The protocol, where the range itself says it.
        protocol("protocol"): Word<'a>,
        /// The first.
        start("start"): i64,
        /// The last.
        end("end"): i64,
    }
}

lenient! {
    /// One entry of `protocols`: one of its fields.
    pub(super) struct ProtocolEntry {
        /// TCP.
        tcp("tcp"): Transport<'a>,
        /// UDP.
        udp("udp"): Transport<'a>,
        /// SCTP.
        sctp("sctp"): Transport<'a>,
        /// A port of any protocol by the name that the destination gives it.
        named("destinationNamedPort"): Word<'a>,
    }
}

lenient! {
    /// What is asked of one protocol.
    pub(super) struct Transport {
        /// The destination's port.
        destination_port("destinationPort"): Destination<'a>,
    }
}

lenient! {
    /// `destinationPort`: one of its fields.
    pub(super) struct Destination {
        /// A number.
        number("number"): i64,
        /// A range.
        range("range"): PortRange<'a>,
    }
}
