//! A Service as a destination: whether pods, or anything at all, get to what stands behind it.

use std::net::IpAddr;

use super::dns::named_ports;
use super::{
    ApiServer, By, Decision, Egress, Facts, Flow, NamedPort, Outcome, Party, Pod, Reach, Reached,
    endpoints, evaluate_in,
};
use crate::cluster::{Known, View};
use crate::labels::Labels;
use crate::object::{Kind, Of, PodSpec, Service, ServicePort, Target, Template, Workload};
use crate::policy::{Datapath, Direction, Platform, Policy, Protocol};

/// Pods behind a port of a Service, and where they listen.
#[derive(Debug)]
pub struct Behind<'a> {
    /// What makes them.
    pub workload: Of<'a, Workload>,
    /// Their template.
    pub template: &'a Template,
    /// The port that they are asked on.
    pub port: u16,
    protocol: Protocol,
    /// The policies that select them.
    pub policies: Vec<Of<'a, Policy>>,
    labels: Labels,
    namespace_labels: Result<Labels, Labels>,
}

/// Pods that open connections.
#[derive(Debug)]
pub struct Client<'a> {
    namespace: &'a str,
    labels: Labels,
    namespace_labels: Result<Labels, Labels>,
    /// What is let out of them; `None` where everything is.
    egress: Option<Egress<'a>>,
}

/// Where a way is cut, and under which datapath.
pub type Way<'a> = (Reach<'a>, Direction);

/// The ports that a Service's port leads to on a pod.
pub fn targets(port: &ServicePort, pod: &PodSpec) -> Vec<u16> {
    match &port.target {
        Target::Name(name) => pod
            .ports()
            .filter(|it| it.name.as_ref() == Some(name) && it.protocol == port.protocol)
            .map(|it| it.number)
            .collect(),
        Target::Same | Target::Number(_) => port.number().into_iter().collect(),
    }
}

/// Every pod behind a port of a Service, on its own port where `direct` says that it is asked by
/// its own address; `None` where not all of them are known, or not where they listen.
pub fn behind<'a>(
    service: Of<'_, Service>,
    port: &ServicePort,
    direct: Option<u16>,
    view: View<'a>,
) -> Option<Vec<Behind<'a>>> {
    if service.external_name || service.selects.is_empty() {
        return None;
    }
    let found = view.workloads(service.meta.namespace(), &service.selects);
    // The controllers of custom kinds give their pods labels of their own.
    let is_custom = |it: &Of<'_, Workload>| it.meta.kind == Kind::Custom;
    if found.complete == Known::Unknown || found.found.iter().any(is_custom) {
        return None;
    }
    let mut all = Vec::new();
    for workload in found.found {
        // Labels of live pods may differ from those of any template.
        let mut templates = workload.body.templates();
        let shown = templates.any(|it| service.selects.decide(&it.labels, false) != Some(false));
        if !shown {
            return None;
        }
        for template in workload.body.templates() {
            if service.selects.decide(&template.labels, false) == Some(false) {
                continue;
            }
            let targets = direct.map_or_else(|| targets(port, &template.spec), |it| vec![it]);
            if targets.is_empty() {
                return None;
            }
            let new = |number| Behind::new(workload, template, number, port.protocol, view);
            all.extend(targets.into_iter().map(new));
        }
    }
    (!all.is_empty()).then_some(all)
}

impl<'a> Behind<'a> {
    fn new(
        workload: Of<'a, Workload>,
        template: &'a Template,
        port: u16,
        protocol: Protocol,
        view: View<'a>,
    ) -> Self {
        let namespace = workload.meta.namespace();
        let labels = view.with_account(namespace, &template.labels, template.spec.account());
        Self {
            workload,
            template,
            port,
            protocol,
            policies: view.policies_of(namespace, &labels),
            labels,
            namespace_labels: view.namespace_labels(namespace),
        }
    }

    /// The same pods without a policy.
    #[must_use]
    pub fn without(mut self, policy: Of<'_, Policy>) -> Self {
        self.policies
            .retain(|other| !std::ptr::eq(other.body, policy.body));
        self
    }

    /// Whether a policy may stop what comes in.
    fn is_guarded(&self) -> bool {
        let restricts = |policy: &Of<'_, Policy>| policy.restricts(Direction::Ingress);
        !self.template.spec.host_network && self.policies.iter().any(restricts)
    }

    /// Whether what `source` sends comes in.
    fn admits(&self, source: Party<'_>, datapath: Datapath, view: View<'_>) -> Decision<'a> {
        self.with_party(|destination| {
            let flow = Flow {
                source,
                destination,
                protocol: self.protocol,
                port: self.port,
                family: None,
            };
            evaluate_in(&flow, &[], &self.policies, datapath, Some(view)).ingress
        })
    }

    fn with_party<T>(&self, then: impl FnOnce(Party<'_>) -> T) -> T {
        let named: Vec<NamedPort<'_>> = named_ports(&self.template.spec).collect();
        then(Party::Pod(Pod {
            namespace: self.workload.meta.namespace(),
            namespace_labels: Facts::of(&self.namespace_labels),
            name: None,
            labels: Facts::all(&self.labels),
            addresses: &[],
            host_network: self.template.spec.host_network,
            ports: Some(&named),
            node: None,
        }))
    }
}

/// Whether anything at all gets to pods behind a Service, under each datapath in question; nothing
/// where no policy stops anything, or not every policy is known.
pub fn from_anything<'a>(behind: &[Behind<'a>], view: View<'a>) -> Vec<Reach<'a>> {
    if !behind.iter().all(Behind::is_guarded) || !are_policies_known(behind, view) {
        return Vec::new();
    }
    let source = Party::Unknown { may_be_pod: true };
    let under = |datapath: &Datapath| {
        let ways = behind.iter().map(|it| it.admits(source, *datapath, view));
        Some(Reach::new(*datapath, &Decision::one_of(ways)?))
    };
    view.datapaths().iter().filter_map(under).collect()
}

/// Where agents of a hosted API server run, which open its connections to pods: their labels.
const AGENT: (&str, &[(&str, &str)]) = ("kube-system", &[("k8s-app", "konnectivity-agent")]);

/// Whether the API server gets to pods behind a Service, under each datapath in question; nothing
/// where no policy stops anything, or not every policy is known. It is no pod, but where it is
/// hosted an agent may stand in for it.
pub fn from_api_server<'a>(behind: &[Behind<'a>], view: View<'a>) -> Vec<Reach<'a>> {
    if !behind.iter().all(Behind::is_guarded) || !are_policies_known(behind, view) {
        return Vec::new();
    }
    let platform = view.knowledge().platform;
    let server = ApiServer {
        address: None,
        on_node: None,
        may_be_pod: platform != Some(Platform::Eks),
        may_be_on_ovn: platform.is_none_or(|it| it == Platform::Openshift),
    };
    let known = endpoints(view).endpoints;
    let mut addresses: Vec<Option<IpAddr>> = known.iter().map(|it| Some(it.0)).collect();
    if addresses.is_empty() {
        addresses.push(None);
    }
    let of_namespace = view.namespace_labels(AGENT.0);
    let labels: Labels = AGENT.1.iter().copied().collect();
    let agent = Party::Pod(Pod {
        namespace: AGENT.0,
        namespace_labels: Facts::of(&of_namespace),
        name: None,
        labels: Facts::some(&labels),
        addresses: &[],
        host_network: false,
        ports: None,
        node: None,
    });
    let has_agent = matches!(platform, None | Some(Platform::Gke | Platform::Aks));
    let server = |address| Party::ApiServer(ApiServer { address, ..server });
    let mut sources: Vec<Party<'_>> = addresses.into_iter().map(server).collect();
    sources.extend(Some(agent).filter(|_| has_agent));
    let under = |datapath: &Datapath| {
        let ways = behind.iter().flat_map(|pods| {
            let sources = sources.iter();
            sources.map(|source| pods.admits(*source, *datapath, view))
        });
        Some(Reach::new(*datapath, &Decision::one_of(ways)?))
    };
    view.datapaths().iter().filter_map(under).collect()
}

/// Whether the policies over pods are all there are: one that nobody can read may admit anything.
fn are_policies_known(behind: &[Behind<'_>], view: View<'_>) -> bool {
    behind.iter().all(|it| {
        let namespace = it.workload.meta.namespace();
        view.known(Kind::NetworkPolicy, namespace) != Known::Unknown
    })
}

impl<'a> Client<'a> {
    /// The pods of a template; `None` where they use their node's network.
    pub fn of(namespace: &'a str, template: &Template, view: View<'a>) -> Option<Self> {
        if template.spec.host_network {
            return None;
        }
        Some(Self {
            namespace,
            labels: view.with_account(namespace, &template.labels, template.spec.account()),
            namespace_labels: view.namespace_labels(namespace),
            egress: Egress::of(namespace, template, view),
        })
    }

    /// Whether these pods get to pods behind a port of a Service, under each datapath in question,
    /// and on which side they are stopped; nothing where not every policy is known.
    pub fn ways(
        &self,
        service: Of<'_, Service>,
        port: &ServicePort,
        behind: &[Behind<'a>],
        view: View<'a>,
    ) -> Vec<Way<'a>> {
        let is_known = view.known(Kind::NetworkPolicy, self.namespace) != Known::Unknown;
        if !is_known || !are_policies_known(behind, view) {
            return Vec::new();
        }
        let may_stop = self.egress.is_some() || behind.iter().all(Behind::is_guarded);
        let datapaths = view.datapaths().iter().filter(|_| may_stop);
        datapaths
            .map(|datapath| self.way(service, port, behind, (*datapath, view)))
            .collect()
    }

    fn way(
        &self,
        service: Of<'_, Service>,
        port: &ServicePort,
        behind: &[Behind<'a>],
        (datapath, view): (Datapath, View<'a>),
    ) -> Way<'a> {
        let source = Party::Pod(Pod {
            namespace: self.namespace,
            namespace_labels: Facts::of(&self.namespace_labels),
            name: None,
            labels: Facts::all(&self.labels),
            addresses: &[],
            host_network: false,
            ports: None,
            node: None,
        });
        let to_address = self.to_address(service, port, datapath);
        let ways = behind.iter().map(|pods| {
            let decide =
                |party: Party<'_>| self.lets_out(party, pods.protocol, pods.port, datapath);
            let out = [pods.with_party(decide)].into_iter();
            let out = Decision::one_of(out.chain(to_address.clone()));
            let into = pods.admits(source, datapath, view);
            together(&out.unwrap_or(Decision::FREE), &into)
        });
        // One way is enough.
        let rank = |way: &(Reached, _, _)| match way.0 {
            Reached::Yes => 0,
            Reached::Unclear | Reached::Partly { .. } => 1,
            Reached::No => 2,
        };
        let best = ways.min_by_key(rank);
        let (reached, by, direction) = best.unwrap_or((Reached::Unclear, None, Direction::Egress));
        let reach = Reach {
            datapath,
            reached,
            by,
            because: None,
        };
        (reach, direction)
    }

    /// The Service's own address, where that is what a datapath sees.
    fn to_address(
        &self,
        service: Of<'_, Service>,
        port: &ServicePort,
        datapath: Datapath,
    ) -> Option<Decision<'a>> {
        if datapath != Datapath::AwsVpcCni || service.headless {
            return None;
        }
        let to = |party| self.lets_out(party, port.protocol, port.port, datapath);
        let addresses = service.body.cluster_ips.iter();
        let ways = addresses.map(|address: &IpAddr| to(Party::Address(*address)));
        let known = Decision::one_of(ways);
        Some(known.unwrap_or_else(|| to(Party::Unknown { may_be_pod: false })))
    }

    fn lets_out(
        &self,
        party: Party<'_>,
        protocol: Protocol,
        port: u16,
        datapath: Datapath,
    ) -> Decision<'a> {
        let decide = |egress: &Egress<'a>| egress.decide(party, protocol, port, datapath);
        self.egress.as_ref().map_or(Decision::FREE, decide)
    }
}

/// Both sides of one way: who stops it, egress first.
fn together<'a>(out: &Decision<'a>, into: &Decision<'a>) -> (Reached, Option<By<'a>>, Direction) {
    match (&out.outcome, &into.outcome) {
        (Outcome::Denied, _) => (Reached::No, out.by, Direction::Egress),
        (_, Outcome::Denied) => (Reached::No, into.by, Direction::Ingress),
        (Outcome::Allowed, Outcome::Allowed) => (Reached::Yes, into.by, Direction::Ingress),
        _ => (Reached::Unclear, None, Direction::Egress),
    }
}
