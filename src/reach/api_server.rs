//! The API server as a destination.

use std::net::IpAddr;

use super::{ApiServer, Because, Decision, Egress, Outcome, Party, Reach, Reached};
use crate::cluster::{Known, View};
use crate::object::{EndpointSlice, Kind, Node, Service};
use crate::policy::{Datapath, Platform, Protocol};

/// The Service that leads to the API server.
const SERVICE: (&str, &str) = ("default", "kubernetes");

/// Its port, in every cluster.
const SERVICE_PORT: u16 = 443;

/// What is known of where the API server listens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Each endpoint; none where they are not known.
    pub endpoints: Vec<(IpAddr, u16)>,
    /// The addresses of its Service; none where they are not known.
    pub service: Vec<IpAddr>,
    /// The Service's port.
    pub service_port: u16,
}

/// Where the API server listens, as far as is known.
pub fn endpoints(view: View<'_>) -> Endpoints {
    let slices = view.asking_for::<EndpointSlice>(Kind::Service, SERVICE.0, SERVICE.1);
    let mut endpoints: Vec<(IpAddr, u16)> = slices
        .iter()
        .filter(|slice| slice.meta.kind == Kind::EndpointSlice)
        .flat_map(|slice| {
            let ports = slice.body.ports.iter();
            let tcp = ports.filter(|port| port.protocol == Protocol::Tcp);
            tcp.filter_map(|port| port.port).flat_map(|port| {
                let addresses = slice.body.addresses.iter();
                addresses.map(move |address| (*address, port))
            })
        })
        .collect();
    endpoints.sort_unstable();
    endpoints.dedup();
    let service = view
        .get::<Service>(Kind::Service, SERVICE.0, SERVICE.1)
        .found();
    Endpoints {
        endpoints,
        service: service.map_or_else(Vec::new, |service| service.cluster_ips.clone()),
        service_port: service
            .and_then(|service| service.ports.first().map(|port| port.port))
            .unwrap_or(SERVICE_PORT),
    }
}

/// Whether the API server is reached, under each datapath in question.
pub fn api_server<'a>(egress: &Egress<'a>, known: &Endpoints, view: View<'_>) -> Vec<Reach<'a>> {
    let datapaths = view.datapaths().iter();
    let guessed = view.knowledge().datapath.is_none();
    datapaths
        .filter(|datapath| !(guessed && is_ruled_out(**datapath, known)))
        .map(|datapath| under(egress, known, *datapath, view))
        .collect()
}

/// Whether the endpoints tell that a datapath is not the cluster's: that of EKS leads to port 443.
fn is_ruled_out(datapath: Datapath, known: &Endpoints) -> bool {
    let mut ports = known.endpoints.iter().map(|(_, port)| *port);
    datapath == Datapath::AwsVpcCni
        && !known.endpoints.is_empty()
        && ports.all(|port| port != SERVICE_PORT)
}

fn under<'a>(
    egress: &Egress<'a>,
    known: &Endpoints,
    datapath: Datapath,
    view: View<'_>,
) -> Reach<'a> {
    let at_endpoints = at_endpoints(egress, known, datapath, view);
    if datapath != Datapath::AwsVpcCni {
        return at_endpoints;
    }
    // Clients ask for the Service, whose address this datapath sees; whoever knows the endpoints
    // may ask them.
    let at_service = Reach::new(datapath, &at_service(egress, known, datapath));
    match (at_service.reached, at_endpoints.reached) {
        (Reached::Yes, _) | (Reached::No, Reached::No) => at_service,
        _ => Reach {
            reached: Reached::Unclear,
            because: at_service.because.or(at_endpoints.because),
            ..at_service
        },
    }
}

fn at_service<'a>(egress: &Egress<'a>, known: &Endpoints, datapath: Datapath) -> Decision<'a> {
    let decide = |party| egress.decide(party, Protocol::Tcp, known.service_port, datapath);
    let addresses = known.service.iter().map(|address| Party::Address(*address));
    Decision::one_of(addresses.map(decide))
        .unwrap_or_else(|| decide(Party::Unknown { may_be_pod: false }))
}

fn at_endpoints<'a>(
    egress: &Egress<'a>,
    known: &Endpoints,
    datapath: Datapath,
    view: View<'_>,
) -> Reach<'a> {
    let platform = view.knowledge().platform;
    let server = somewhere(platform);
    if known.endpoints.is_empty() {
        let decide = |port| egress.decide(Party::ApiServer(server), Protocol::Tcp, port, datapath);
        let ports = ports(platform).iter().map(|port| decide(*port));
        let decision = Decision::among(ports, &Because::Listens).unwrap_or(Decision::FREE);
        return Reach::new(datapath, &decision);
    }
    let decide = |(address, port): &(IpAddr, u16)| {
        let mut server = ApiServer {
            address: Some(*address),
            ..server
        };
        let decision = egress.decide(Party::ApiServer(server), Protocol::Tcp, *port, datapath);
        // Whose address it is costs a look at every node, so only where it matters.
        if !matches!(decision.outcome, Outcome::Depends(_)) || server.on_node.is_some() {
            return decision;
        }
        server.on_node = is_node(*address, view);
        egress.decide(Party::ApiServer(server), Protocol::Tcp, *port, datapath)
    };
    let decisions: Vec<Decision<'a>> = known.endpoints.iter().map(decide).collect();
    together(datapath, &decisions)
}

/// The API server as far as the platform tells.
fn somewhere(platform: Option<Platform>) -> ApiServer {
    ApiServer {
        address: None,
        on_node: platform.filter(|it| is_hosted(*it)).map(|_| false),
        may_be_pod: platform != Some(Platform::Eks),
        may_be_on_ovn: platform.is_none_or(|it| it == Platform::Openshift),
    }
}

/// The endpoint of the API server at an address.
pub fn endpoint_at(address: IpAddr, view: View<'_>) -> ApiServer {
    let server = somewhere(view.knowledge().platform);
    ApiServer {
        address: Some(address),
        on_node: server.on_node.or_else(|| is_node(address, view)),
        ..server
    }
}

/// The ports that it may listen on, as far as is known: those of its endpoints, or else those of
/// its platform.
pub fn listens_on(known: &Endpoints, platform: Option<Platform>) -> Vec<u16> {
    if known.endpoints.is_empty() {
        return ports(platform).to_vec();
    }
    let mut all: Vec<u16> = known.endpoints.iter().map(|(_, port)| *port).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// All endpoints together: one is enough, but those are missed that are denied for certain.
fn together<'a>(datapath: Datapath, decisions: &[Decision<'a>]) -> Reach<'a> {
    let count = |outcome: &Outcome| {
        let same = decisions.iter().filter(|it| it.outcome == *outcome);
        same.count()
    };
    let (reached, denied, of) = (
        count(&Outcome::Allowed),
        count(&Outcome::Denied),
        decisions.len(),
    );
    let first = |outcome: &Outcome| {
        let found = decisions.iter().find(|it| it.outcome == *outcome);
        found.and_then(|it| it.by)
    };
    let (all, by) = if denied == of {
        (Reached::No, first(&Outcome::Denied))
    } else if denied > 0 {
        let reached = of - denied;
        (Reached::Partly { reached, of }, first(&Outcome::Denied))
    } else if reached == of {
        (Reached::Yes, first(&Outcome::Allowed))
    } else {
        (Reached::Unclear, None)
    };
    let unclear = decisions.iter().find_map(|it| match &it.outcome {
        Outcome::Depends(because) => Some(because.clone()),
        Outcome::Allowed | Outcome::Denied => None,
    });
    Reach {
        datapath,
        reached: all,
        by,
        because: unclear.filter(|_| all == Reached::Unclear),
    }
}

/// Whether the provider runs the API server, outside the cluster's nodes.
const fn is_hosted(platform: Platform) -> bool {
    matches!(platform, Platform::Eks | Platform::Gke | Platform::Aks)
}

/// The ports that it may listen on.
const fn ports(platform: Option<Platform>) -> &'static [u16] {
    match platform {
        Some(Platform::Eks | Platform::Gke | Platform::Aks) => &[443],
        Some(Platform::Openshift) => &[6443],
        Some(Platform::Kubeadm) => &[6443, 8443],
        Some(Platform::K3s) => &[6443, 6444],
        None => &[443, 6443, 6444, 8443, 16443],
    }
}

/// Whether an address is a node's.
pub(super) fn is_node(address: IpAddr, view: View<'_>) -> Option<bool> {
    let nodes = view.all::<Node>(Kind::Node, "");
    let found = nodes.iter().any(|node| node.addresses.contains(&address));
    (found || view.known(Kind::Node, "") == Known::All).then_some(found)
}
