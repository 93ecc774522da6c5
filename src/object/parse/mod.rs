//! From a document of any format to an Object.

mod access;
mod calico;
mod callback;
mod cilium;
mod configmap;
mod container;
mod custom;
mod endpoints;
mod evidence;
mod gateway;
mod grant;
mod hosts;
mod meta;
mod names;
mod node;
mod pod;
mod policy;
mod probe;
mod problems;
mod route;
mod selector;
mod service;
mod tree;
mod volume;
mod wire;
mod workload;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Deserializer};

use self::meta::RawMeta;
use self::wire::Nested;
use super::{Body, Kind, Meta, Object, PodState};

/// Reads one object from any deserializer: admission JSON and manifests come the same way.
///
/// # Errors
/// Where a field that rules read has a type that the API server would refuse.
pub fn parse<'de, D: Deserializer<'de>>(
    api_version: &str,
    kind: &str,
    deserializer: D,
) -> Result<Object, D::Error> {
    match Kind::find(api_version, kind) {
        Kind::Service => read::<service::RawService, D>(api_version, kind, deserializer),
        Kind::EndpointSlice => read::<endpoints::RawSlice, D>(api_version, kind, deserializer),
        Kind::Endpoints => read::<endpoints::RawEndpoints, D>(api_version, kind, deserializer),
        Kind::Pod => read::<pod::RawPod, D>(api_version, kind, deserializer),
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet | Kind::ReplicaSet | Kind::Job => {
            read::<workload::RawController, D>(api_version, kind, deserializer)
        }
        Kind::ReplicationController => {
            read::<workload::RawReplicationController, D>(api_version, kind, deserializer)
        }
        Kind::CronJob => read::<workload::RawCronJob, D>(api_version, kind, deserializer),
        Kind::Namespace => read::<RawNamespace, D>(api_version, kind, deserializer),
        Kind::Node => read::<node::RawNode, D>(api_version, kind, deserializer),
        Kind::NetworkPolicy => read::<policy::RawPolicy, D>(api_version, kind, deserializer),
        Kind::CalicoNetworkPolicy | Kind::GlobalNetworkPolicy => {
            read::<calico::RawPolicy, D>(api_version, kind, deserializer)
        }
        Kind::Tier => read::<calico::RawTier, D>(api_version, kind, deserializer),
        Kind::NetworkSet | Kind::GlobalNetworkSet => {
            read::<calico::RawSet, D>(api_version, kind, deserializer)
        }
        Kind::AdminNetworkPolicy
        | Kind::BaselineAdminNetworkPolicy
        | Kind::ClusterNetworkPolicy
        | Kind::AwsClusterNetworkPolicy => {
            read::<policy::RawTiered, D>(api_version, kind, deserializer)
        }
        Kind::CiliumNetworkPolicy | Kind::CiliumClusterwideNetworkPolicy => {
            read::<cilium::RawPolicy, D>(api_version, kind, deserializer)
        }
        Kind::CiliumCidrGroup => read::<cilium::RawGroup, D>(api_version, kind, deserializer),
        Kind::ServiceAccount => read::<access::RawAccount, D>(api_version, kind, deserializer),
        Kind::Role | Kind::ClusterRole => {
            read::<access::RawRole, D>(api_version, kind, deserializer)
        }
        Kind::RoleBinding | Kind::ClusterRoleBinding => {
            read::<access::RawBinding, D>(api_version, kind, deserializer)
        }
        Kind::Ingress => read::<route::RawIngress, D>(api_version, kind, deserializer),
        Kind::HttpRoute | Kind::GrpcRoute | Kind::TcpRoute | Kind::TlsRoute | Kind::UdpRoute => {
            read::<gateway::RawRoute, D>(api_version, kind, deserializer)
        }
        Kind::ReferenceGrant => read::<grant::RawGrant, D>(api_version, kind, deserializer),
        Kind::ConfigMap => read::<configmap::RawConfigMap, D>(api_version, kind, deserializer),
        Kind::MutatingWebhooks | Kind::ValidatingWebhooks => {
            read::<callback::RawWebhooks, D>(api_version, kind, deserializer)
        }
        Kind::ApiService => read::<callback::RawApiService, D>(api_version, kind, deserializer),
        Kind::Custom => read::<custom::RawCustom, D>(api_version, kind, deserializer),
    }
}

/// One family of kinds as the wire has it.
trait Raw<'a>: Deserialize<'a> + Default {
    /// Its `metadata`.
    fn metadata(&self) -> &RawMeta<'a>;

    /// What rules read of it; what the API server would refuse goes to the problems of `meta`.
    fn body(&self, meta: &mut Meta) -> Body;

    /// What only a live Pod has.
    fn pod(&self) -> Option<Box<PodState>> {
        None
    }
}

fn read<'de, R: Raw<'de>, D: Deserializer<'de>>(
    api_version: &str,
    kind: &str,
    deserializer: D,
) -> Result<Object, D::Error> {
    let Nested(raw) = Nested::<R>::deserialize(deserializer)?;
    let mut meta = raw.metadata().to_meta(api_version, kind);
    let body = raw.body(&mut meta);
    let pod = raw.pod();
    Ok(Object { meta, body, pod })
}

/// A kind of which only the metadata matters.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawNamespace<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
}

impl<'a> Raw<'a> for RawNamespace<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, _: &mut Meta) -> Body {
        Body::Namespace
    }
}
