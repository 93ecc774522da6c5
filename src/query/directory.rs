//! Everyone in a View by name and by address, found once so that each question costs a look-up.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{Member, member, word};
use crate::cluster::View;
use crate::object::{Kind, Node, Of, Service, Workload};
use crate::policy::Family;
use crate::reach::endpoints;

/// Everyone in a View.
#[derive(Clone, Debug)]
pub struct Directory<'a> {
    /// Every Workload that speaks for itself, by namespace, kind and name.
    workloads: Vec<Of<'a, Workload>>,
    /// The same by name.
    by_name: ByName<'a, Workload>,
    /// What something else owns, by name.
    owned: ByName<'a, Workload>,
    services: ByName<'a, Service>,
    addresses: BTreeMap<IpAddr, Owner<'a>>,
    families: Vec<Family>,
}

type ByName<'a, T> = BTreeMap<&'a str, Vec<Of<'a, T>>>;

/// Whose an address is.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    /// A pod's, with a network of its own.
    Pod(Of<'a, Workload>),
    /// A node's, by its name.
    Node(&'a str),
    /// A Service's.
    Service(Of<'a, Service>),
    /// An endpoint of the API server.
    ApiServer,
}

impl<'a> Directory<'a> {
    /// Everyone in `view`.
    pub fn of(view: View<'a>) -> Self {
        let namespaces = view.namespaces_with_workloads().into_iter();
        let workloads: Vec<Of<'a, Workload>> = namespaces
            .flat_map(|namespace| view.workloads_of(namespace))
            .collect();
        let owned = view.every::<Workload>().into_iter();
        let addresses = addresses(view);
        Self {
            families: families(&addresses),
            by_name: by_name(workloads.iter().copied()),
            owned: by_name(owned.filter(|it| !view.speaks(*it))),
            services: by_name(view.every::<Service>().into_iter()),
            addresses,
            workloads,
        }
    }

    /// Everyone who may ask or be asked: Workloads and the pods that nothing owns, by namespace,
    /// kind and name, and then the API server, the cluster's DNS and the world.
    pub fn members(&self) -> impl Iterator<Item = Member<'a>> {
        let workloads = self.workloads.iter().map(|it| Member::Pods(*it));
        workloads.chain([Member::ApiServer, Member::Dns, Member::World])
    }

    /// What a member is called, so that the same words find it: `shop/web`, or `shop/deploy/web`
    /// where another Workload of the namespace has the same name.
    pub fn name(&self, member: &Member<'a>) -> String {
        match member {
            Member::Pods(workload) => self.name_of(*workload),
            Member::Address(address) => address.to_string(),
            Member::Service(service, port) => {
                let named = format!("{}/{}:{}", word::SERVICE, service.meta.name(), port.port);
                within(service.meta.namespace(), &named)
            }
            Member::ApiServer => member::API_SERVER.to_owned(),
            Member::Dns => member::DNS.to_owned(),
            Member::World => member::WORLD.to_owned(),
        }
    }

    fn name_of(&self, workload: Of<'a, Workload>) -> String {
        let (namespace, name) = (workload.meta.namespace(), workload.meta.name());
        let mut namesakes = self.called(name).iter().filter(|other| {
            other.meta.namespace() == namespace && other.meta.reference != workload.meta.reference
        });
        let needs_kind =
            namesakes.next().is_some() || (namespace.is_empty() && Member::of_word(name).is_some());
        if needs_kind {
            within(namespace, &format!("{}/{name}", word::of(workload.meta)))
        } else {
            within(namespace, name)
        }
    }

    /// Every Workload that speaks for itself, by namespace, kind and name.
    pub(super) fn workloads(&self) -> &[Of<'a, Workload>] {
        &self.workloads
    }

    /// The Workloads of a name that speak for themselves, in any namespace.
    pub(super) fn called(&self, name: &str) -> &[Of<'a, Workload>] {
        of_name(&self.by_name, name)
    }

    /// What something else owns and has a name, in any namespace.
    pub(super) fn owned(&self, name: &str) -> &[Of<'a, Workload>] {
        of_name(&self.owned, name)
    }

    /// Every Service, by name.
    pub(super) fn services(&self) -> impl Iterator<Item = Of<'a, Service>> {
        self.services.values().flatten().copied()
    }

    /// The Services of a name, in any namespace.
    pub(super) fn services_called(&self, name: &str) -> &[Of<'a, Service>] {
        of_name(&self.services, name)
    }

    /// The families of addresses that there are: IPv4 where nothing tells.
    pub(super) fn families(&self) -> &[Family] {
        &self.families
    }

    /// Whose an address is, as far as is known.
    pub fn owner(&self, address: IpAddr) -> Option<Owner<'a>> {
        self.addresses.get(&address).copied()
    }
}

fn by_name<'a, T>(all: impl Iterator<Item = Of<'a, T>>) -> ByName<'a, T> {
    let mut by_name = ByName::new();
    for one in all {
        by_name.entry(one.meta.name()).or_default().push(one);
    }
    by_name
}

fn of_name<'d, 'a, T>(all: &'d ByName<'a, T>, name: &str) -> &'d [Of<'a, T>] {
    all.get(name).map_or(&[], Vec::as_slice)
}

/// `shop/web`, or the name alone where no namespace is given.
pub(super) fn within(namespace: &str, name: &str) -> String {
    if namespace.is_empty() {
        name.to_owned()
    } else {
        format!("{namespace}/{name}")
    }
}

fn families(addresses: &BTreeMap<IpAddr, Owner<'_>>) -> Vec<Family> {
    let known: Vec<IpAddr> = addresses.keys().copied().collect();
    let there = |family: &Family| !family.among(&known).is_empty();
    let found: Vec<Family> = Family::ALL.into_iter().filter(there).collect();
    if found.is_empty() {
        vec![Family::V4]
    } else {
        found
    }
}

/// The owner of each address: of several that claim one, that which comes last here is asked for
/// as such, as the API server may run on a node and a node's pods share its address.
fn addresses(view: View<'_>) -> BTreeMap<IpAddr, Owner<'_>> {
    let mut owners = BTreeMap::new();
    for workload in view.every::<Workload>() {
        let object = view.object_of(&workload.meta.key());
        let state = object.and_then(|object| object.pod.as_deref());
        if workload.body.template.spec.host_network || workload.meta.kind != Kind::Pod {
            continue;
        }
        for address in state.into_iter().flat_map(|state| &state.addresses) {
            owners.insert(*address, Owner::Pod(workload));
        }
    }
    for service in view.every::<Service>() {
        for address in &service.body.cluster_ips {
            owners.insert(*address, Owner::Service(service));
        }
    }
    for node in view.every::<Node>() {
        for address in &node.body.addresses {
            owners.insert(*address, Owner::Node(node.meta.name()));
        }
    }
    for (address, _) in endpoints(view).endpoints {
        owners.insert(address, Owner::ApiServer);
    }
    owners
}
