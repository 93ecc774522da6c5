//! The cluster's DNS as a destination.

use std::net::{IpAddr, Ipv4Addr};

use super::{Decision, Egress, Facts, NamedPort, Outcome, Party, Pod, Reach, targets};
use crate::cluster::View;
use crate::labels::Labels;
use crate::object::{DnsPolicy, EndpointSlice, Kind, Of, PodSpec, Service, Workload};
use crate::policy::{Datapath, Namespaces, Peer, Peers, Platform, PortMatch, Ports, Protocol};

/// The port of DNS.
const PORT: u16 = 53;

/// The Services that installers give to the cluster's DNS, by namespace and name.
const SERVICES: [(&str, &str); 4] = [
    ("kube-system", "kube-dns"),
    ("openshift-dns", "dns-default"),
    ("kube-system", "coredns"),
    ("kube-system", "rke2-coredns-rke2-coredns"),
];

/// Ports that DNS pods are known to listen on.
const TARGETS: [u16; 4] = [PORT, 5353, 1053, 8053];

/// Ports that the DNS pods of a platform are known to listen on.
const fn targets_of(platform: Option<Platform>) -> &'static [u16] {
    match platform {
        Some(Platform::Openshift) => &[5353],
        _ => &TARGETS,
    }
}

/// What is known of the cluster's DNS.
#[derive(Clone, Debug)]
pub struct Dns<'a> {
    /// Its Service, where it is in view.
    pub service: Option<Of<'a, Service>>,
    /// The pods behind it.
    pub pods: Vec<Of<'a, Workload>>,
    /// The addresses of those pods.
    addresses: Vec<IpAddr>,
}

impl<'a> Dns<'a> {
    /// What a View knows of it.
    pub fn of(view: View<'a>) -> Self {
        let service = SERVICES
            .iter()
            .find_map(|(ns, name)| view.get::<Service>(Kind::Service, ns, name).found());
        let Some(found) = service else {
            return Self {
                service,
                pods: Vec::new(),
                addresses: Vec::new(),
            };
        };
        let (namespace, name) = (found.meta.namespace(), found.meta.name());
        let pods = if found.selects.is_empty() {
            Vec::new()
        } else {
            view.workloads(namespace, &found.body.selects).found
        };
        let slices = view.asking_for::<EndpointSlice>(Kind::Service, namespace, name);
        let addresses = slices.iter().flat_map(|slice| &slice.body.addresses);
        Self {
            service,
            pods,
            addresses: addresses.copied().collect(),
        }
    }

    /// The ports that the Service leads to on a pod, over one protocol.
    pub fn targets(&self, pod: &PodSpec, protocol: Protocol) -> Vec<u16> {
        let ports = self.service.iter().flat_map(|service| &service.body.ports);
        ports
            .filter(|port| port.protocol == protocol && port.port == PORT)
            .flat_map(|port| targets(port, pod))
            .collect()
    }
}

/// Whether a pod reaches its DNS over one protocol, under each datapath in question; nothing
/// where it is not known whom it asks.
pub fn dns<'a>(
    egress: &Egress<'a>,
    spec: &PodSpec,
    protocol: Protocol,
    known: &Dns<'_>,
    view: View<'_>,
) -> Vec<Reach<'a>> {
    let asks_cluster = match spec.dns_policy {
        DnsPolicy::ClusterFirst | DnsPolicy::ClusterFirstWithHostNet => true,
        DnsPolicy::None if !spec.nameservers.is_empty() => false,
        // The node's own nameservers are not known.
        DnsPolicy::Default | DnsPolicy::None => return Vec::new(),
    };
    let datapaths = view.datapaths().iter();
    datapaths
        .filter_map(|datapath| {
            let way = Way {
                egress,
                protocol,
                datapath: *datapath,
                known,
                view,
            };
            let cluster = asks_cluster.then(|| way.cluster()).into_iter().flatten();
            let others = spec
                .nameservers
                .iter()
                .map(|address| way.nameserver(*address));
            let decision = Decision::one_of(cluster.chain(others))?;
            Some(Reach::new(*datapath, &decision))
        })
        .collect()
}

/// One question about DNS.
struct Way<'w, 'a> {
    egress: &'w Egress<'a>,
    protocol: Protocol,
    datapath: Datapath,
    known: &'w Dns<'w>,
    view: View<'w>,
}

impl<'a> Way<'_, 'a> {
    fn decide(&self, party: Party<'_>, port: u16) -> Decision<'a> {
        self.egress
            .decide(party, self.protocol, port, self.datapath)
    }

    /// Every way to the cluster's DNS.
    fn cluster(&self) -> Vec<Decision<'a>> {
        let mut ways = self.pods();
        if ways.is_empty() {
            ways = self.unknown_pods();
        }
        ways.extend(self.service());
        ways.extend(self.caches());
        ways
    }

    /// A nameserver by its address: an address may be a Service's, and then stand for pods.
    fn nameserver(&self, address: IpAddr) -> Decision<'a> {
        let service = self.known.service.map(|service| service.body);
        if service.is_some_and(|service| service.cluster_ips.contains(&address)) {
            let ways = Decision::one_of(self.cluster());
            return ways.unwrap_or(Decision::FREE);
        }
        let outside = match address {
            IpAddr::V4(four) => !(four.is_private() || four.is_link_local() || is_shared(four)),
            IpAddr::V6(six) => !(six.is_unique_local() || six.is_unicast_link_local()),
        };
        if outside && !address.is_loopback() {
            return self.decide(Party::Address(address), PORT);
        }
        let ports = TARGETS.iter();
        let ways = ports.map(|port| self.decide(Party::Unknown { may_be_pod: true }, *port));
        Decision::one_of(ways).unwrap_or(Decision::FREE)
    }

    /// The DNS pods in view.
    fn pods(&self) -> Vec<Decision<'a>> {
        let Some(service) = self.known.service else {
            return Vec::new();
        };
        let namespace = service.meta.namespace();
        let of_namespace = self.view.namespace_labels(namespace);
        let mut ways = Vec::new();
        for workload in &self.known.pods {
            let template = &workload.body.template;
            let named: Vec<NamedPort<'_>> = named_ports(&template.spec).collect();
            let pod = Pod {
                namespace,
                namespace_labels: Facts::of(&of_namespace),
                name: None,
                labels: Facts::all(&template.labels),
                addresses: &self.known.addresses,
                host_network: template.spec.host_network,
                ports: Some(&named),
                node: None,
            };
            let targets = self.known.targets(&template.spec, self.protocol);
            ways.extend(
                targets
                    .iter()
                    .map(|port| self.decide(Party::Pod(pod), *port)),
            );
        }
        ways
    }

    /// Pods of which no more is known than in which namespaces they may be.
    fn unknown_pods(&self) -> Vec<Decision<'a>> {
        let nothing = Labels::default();
        let platform = self.view.knowledge().platform;
        let targets = targets_of(platform);
        let mut ways = Vec::new();
        for namespace in self.namespaces() {
            let of_namespace = self.view.namespace_labels(namespace);
            let pod = Pod {
                namespace,
                namespace_labels: Facts::of(&of_namespace),
                name: None,
                labels: Facts::some(&nothing),
                addresses: &self.known.addresses,
                host_network: false,
                ports: None,
                node: None,
            };
            ways.extend(
                targets
                    .iter()
                    .map(|port| self.decide(Party::Pod(pod), *port)),
            );
        }
        // OpenShift's DNS is always where it is; others may be anywhere.
        let settled = platform == Some(Platform::Openshift) || self.known.service.is_some();
        if !settled && self.egress.rules().any(aims_at_dns) {
            ways.extend(targets.iter().map(|port| {
                let elsewhere = Party::Unknown { may_be_pod: true };
                self.decide(elsewhere, *port)
            }));
        }
        ways
    }

    fn namespaces(&self) -> Vec<&'static str> {
        let found = self.known.service.map(|service| service.meta.namespace());
        let platform = self.view.knowledge().platform;
        let all = ["kube-system", "openshift-dns"].into_iter();
        all.filter(|namespace| match (found, platform) {
            (Some(found), _) => found == *namespace,
            (None, Some(Platform::Openshift)) => *namespace == "openshift-dns",
            (None, Some(_)) => *namespace == "kube-system",
            (None, None) => true,
        })
        .collect()
    }

    /// The Service's own address, where that is what a datapath sees.
    fn service(&self) -> Vec<Decision<'a>> {
        if self.datapath != Datapath::AwsVpcCni {
            return Vec::new();
        }
        let known = self.known.service.iter();
        let addresses = known.flat_map(|service| &service.body.cluster_ips);
        let mut ways: Vec<_> = addresses
            .map(|address| self.decide(Party::Address(*address), PORT))
            .collect();
        if ways.is_empty() {
            ways.push(self.decide(Party::Unknown { may_be_pod: false }, PORT));
        }
        ways
    }

    /// Caches on the pod's own node, which may or may not be there: only a rule that means them
    /// is a way, or any that holds their addresses where the cluster's own DNS is not in view.
    fn caches(&self) -> Vec<Decision<'a>> {
        let hidden =
            self.known.pods.is_empty() || self.view.knowledge().platform == Some(Platform::Gke);
        let means_them = self.egress.rules().any(|rule| match &rule.peers {
            Peers::OneOf(peers) => peers.iter().any(is_link_local),
            Peers::Any => false,
        });
        let by_address = hidden || means_them;
        let addresses = CACHES.iter().filter(|_| by_address);
        let mut ways: Vec<_> = addresses
            .map(|address| self.decide(Party::Address((*address).into()), PORT))
            .collect();
        ways.push(self.cache_pod());
        // Where nothing decides about them nobody meant them either.
        ways.retain(|way| way.by.is_some());
        for way in &mut ways {
            if way.outcome == Outcome::Allowed {
                way.outcome = Outcome::Depends(super::Because::Address);
            }
        }
        ways
    }

    /// The cache as a pod that the datapath redirects to.
    fn cache_pod(&self) -> Decision<'a> {
        let of_namespace = self.view.namespace_labels("kube-system");
        let labels: Labels = [("k8s-app", "node-local-dns")].into_iter().collect();
        let pod = Pod {
            namespace: "kube-system",
            namespace_labels: Facts::of(&of_namespace),
            name: None,
            labels: Facts::all(&labels),
            addresses: &[],
            host_network: !matches!(self.datapath, Datapath::Cilium | Datapath::CiliumNodes),
            ports: None,
            node: None,
        };
        self.decide(Party::Pod(pod), PORT)
    }
}

/// Where node-local caches listen.
const CACHES: [Ipv4Addr; 4] = [
    Ipv4Addr::new(169, 254, 20, 10),
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 10, 10),
    Ipv4Addr::new(169, 254, 10, 11),
];

/// 100.64.0.0/10, which providers give to pods and Services.
fn is_shared(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [100, second, ..] if (64..128).contains(&second))
}

fn is_link_local(peer: &Peer) -> bool {
    match peer {
        Peer::Net { net, .. } | Peer::Network(net) => {
            matches!(net, ipnet::IpNet::V4(four) if four.addr().is_link_local() && four.prefix_len() >= 16)
        }
        _ => false,
    }
}

/// Whether a rule names the port of DNS towards pods of other namespaces: whoever wrote it knows
/// where the cluster's DNS is.
fn aims_at_dns(rule: &crate::policy::Rule) -> bool {
    let Ports::OneOf(ports) = &rule.ports else {
        return false;
    };
    let names_it = ports.iter().any(|port| match &port.matches {
        PortMatch::Range { first, last, .. } => first == last && TARGETS.contains(first),
        PortMatch::Named { name, .. } => name.contains("dns"),
    });
    let elsewhere = rule.peers.every().into_iter().any(
        |peer| matches!(peer, Peer::Pods { set, .. } if matches!(set.namespaces, Namespaces::Matching(_))),
    );
    names_it && elsewhere
}

pub(super) fn named_ports(spec: &PodSpec) -> impl Iterator<Item = NamedPort<'_>> {
    spec.ports().filter_map(|port| {
        Some(NamedPort {
            name: port.name.as_deref()?,
            number: port.number,
            protocol: port.protocol,
        })
    })
}
