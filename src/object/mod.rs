//! Kubernetes objects, typed, slim, parsed once at the edge.

mod access;
mod asks;
mod callback;
mod configmap;
mod endpoints;
mod grant;
mod ignore;
mod kinds;
mod mentions;
mod meta;
mod network_set;
mod node;
mod parse;
mod route;
mod service;
mod sorts;
mod tier;
mod workload;

use std::sync::Arc;

pub use access::{AccountRef, Binding, Role, RoleRef, ServiceAccount};
pub use asks::{Ask, Sought, asks, sought};
pub use callback::{Call, Callback};
pub use configmap::ConfigMap;
pub use endpoints::{EndpointPort, EndpointSlice};
pub use grant::{GrantedFrom, ReferenceGrant};
pub use ignore::{IGNORE, IGNORE_REASON, IGNORE_UNTIL, Ignore, Until};
pub use kinds::{Kind, Row, TABLE, row_of};
pub use mentions::{Mentions, ServiceMention};
pub use meta::{Key, Meta, Owner, Problem};
pub use network_set::NetworkSet;
pub use node::Node;
pub use parse::parse;
pub use route::{Backend, BackendForm, BackendPort, Route};
pub use service::{Service, ServicePort, Target};
pub use tier::TierOrder;
pub use workload::{
    Container, ContainerPort, ContainerRole, DnsPolicy, PodSpec, PodState, PortReference, Template,
    Workload,
};

use crate::policy::Policy;

/// One Kubernetes object: what rules read of it, and nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Name, labels and owner.
    pub meta: Meta,
    /// What its kind says.
    pub body: Body,
    /// What only a live Pod has; `None` for every other kind.
    pub pod: Option<Box<PodState>>,
}

/// What an object's kind says.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// `v1 Service`.
    Service(Box<Service>),
    /// `discovery.k8s.io/v1 EndpointSlice`.
    EndpointSlice(Box<EndpointSlice>),
    /// Anything that makes pods, and a Pod itself.
    Workload(Arc<Workload>),
    /// `v1 Namespace`: its labels are those of the metadata.
    Namespace,
    /// `v1 Node`.
    Node(Box<Node>),
    /// The network policies of any dialect that one object holds: one as a rule, several where it
    /// has `specs`, none where it concerns no pod.
    Policy(Box<[Policy]>),
    /// `v1 ServiceAccount`.
    ServiceAccount(ServiceAccount),
    /// Role or `ClusterRole`.
    Role(Role),
    /// `RoleBinding` or `ClusterRoleBinding`.
    Binding(Box<Binding>),
    /// Ingress or a Gateway API route.
    Route(Box<Route>),
    /// Which routes of other namespaces may lead to Services of this one.
    ReferenceGrant(Box<ReferenceGrant>),
    /// `v1 ConfigMap`.
    ConfigMap(Box<ConfigMap>),
    /// What the API server itself calls.
    Callback(Box<Callback>),
    /// The place of a tier of policies.
    TierOrder(TierOrder),
    /// Addresses that policies choose by labels.
    NetworkSet(Box<NetworkSet>),
    /// An object that no rule reads, which still may make pods that nobody can see.
    Opaque,
}

/// A kind of body that a [`Body`] may hold: what a View can be asked for by type.
pub trait Typed: Sized {
    /// The body as this type, if it is one.
    fn of(body: &Body) -> Option<&Self>;
}

macro_rules! typed {
    ($($name:ident),*) => {$(
        impl Typed for $name {
            fn of(body: &Body) -> Option<&Self> {
                match body {
                    Body::$name(it) => Some(it),
                    _ => None,
                }
            }
        }
    )*};
}
typed!(
    Service,
    EndpointSlice,
    Workload,
    Node,
    ServiceAccount,
    Role,
    Binding,
    ReferenceGrant,
    Route,
    ConfigMap,
    Callback,
    TierOrder,
    NetworkSet
);

/// An object of a known type: its metadata and its body, borrowed together.
#[derive(Debug)]
pub struct Of<'a, T> {
    /// Name, labels and owner.
    pub meta: &'a Meta,
    /// What its kind says.
    pub body: &'a T,
}

impl<T> Clone for Of<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Of<'_, T> {}

impl<T> std::ops::Deref for Of<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.body
    }
}

impl Object {
    /// The object as one of type `T`, if its body is.
    pub fn typed<T: Typed>(&self) -> Option<Of<'_, T>> {
        Some(Of {
            meta: &self.meta,
            body: T::of(&self.body)?,
        })
    }

    /// The network policies that it holds.
    pub fn policies(&self) -> impl Iterator<Item = Of<'_, Policy>> {
        let bodies = match &self.body {
            Body::Policy(policies) => &**policies,
            _ => &[],
        };
        let meta = &self.meta;
        bodies.iter().map(move |body| Of { meta, body })
    }

    /// Whether its pods are gone or on their way out, so that it is evidence of nothing: an old
    /// `ReplicaSet`, or a Pod that Succeeded or Failed.
    pub fn is_over(&self) -> bool {
        let replicas = self
            .typed::<Workload>()
            .and_then(|workload| workload.replicas);
        let old =
            self.meta.kind == Kind::ReplicaSet && self.meta.owner.is_some() && replicas == Some(0);
        old || self.pod.as_ref().is_some_and(|pod| pod.over)
    }
}
