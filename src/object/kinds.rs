//! The one table of kinds: what identifies each, its plural and scope, and how it is parsed. The
//! watch, RBAC and the webhook's rules come from it.

/// A kind that something here reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `v1 Service`.
    Service,
    /// `discovery.k8s.io/v1 EndpointSlice`.
    EndpointSlice,
    /// `v1 Endpoints`, read as an `EndpointSlice` that somebody else fills in.
    Endpoints,
    /// `v1 Pod`.
    Pod,
    /// `apps/v1 Deployment`.
    Deployment,
    /// `apps/v1 StatefulSet`.
    StatefulSet,
    /// `apps/v1 DaemonSet`.
    DaemonSet,
    /// `apps/v1 ReplicaSet`.
    ReplicaSet,
    /// `v1 ReplicationController`.
    ReplicationController,
    /// `batch/v1 Job`.
    Job,
    /// `batch/v1 CronJob`.
    CronJob,
    /// `v1 Namespace`.
    Namespace,
    /// `v1 Node`.
    Node,
    /// `networking.k8s.io/v1 NetworkPolicy`.
    NetworkPolicy,
    /// `policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy`.
    AdminNetworkPolicy,
    /// `policy.networking.k8s.io/v1alpha1 BaselineAdminNetworkPolicy`.
    BaselineAdminNetworkPolicy,
    /// `policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy`.
    ClusterNetworkPolicy,
    /// `networking.k8s.aws/v1alpha1 ClusterNetworkPolicy`.
    AwsClusterNetworkPolicy,
    /// `cilium.io/v2 CiliumNetworkPolicy`.
    CiliumNetworkPolicy,
    /// `cilium.io/v2 CiliumClusterwideNetworkPolicy`.
    CiliumClusterwideNetworkPolicy,
    /// `cilium.io/v2 CiliumCIDRGroup`, and v2alpha1.
    CiliumCidrGroup,
    /// `v1 ServiceAccount`.
    ServiceAccount,
    /// `rbac.authorization.k8s.io/v1 Role`.
    Role,
    /// `rbac.authorization.k8s.io/v1 ClusterRole`.
    ClusterRole,
    /// `rbac.authorization.k8s.io/v1 RoleBinding`.
    RoleBinding,
    /// `rbac.authorization.k8s.io/v1 ClusterRoleBinding`.
    ClusterRoleBinding,
    /// `networking.k8s.io/v1 Ingress`.
    Ingress,
    /// `gateway.networking.k8s.io/v1 HTTPRoute`.
    HttpRoute,
    /// `gateway.networking.k8s.io/v1 GRPCRoute`.
    GrpcRoute,
    /// `gateway.networking.k8s.io/v1alpha2 TCPRoute`.
    TcpRoute,
    /// `gateway.networking.k8s.io/v1alpha2 TLSRoute`.
    TlsRoute,
    /// `gateway.networking.k8s.io/v1alpha2 UDPRoute`.
    UdpRoute,
    /// `gateway.networking.k8s.io/v1beta1 ReferenceGrant`.
    ReferenceGrant,
    /// `v1 ConfigMap`.
    ConfigMap,
    /// `projectcalico.org/v3 NetworkPolicy`, also as Calico stores it.
    CalicoNetworkPolicy,
    /// `projectcalico.org/v3 GlobalNetworkPolicy`, also as Calico stores it.
    GlobalNetworkPolicy,
    /// `projectcalico.org/v3 Tier`, also as Calico stores it.
    Tier,
    /// `projectcalico.org/v3 NetworkSet`, also as Calico stores it.
    NetworkSet,
    /// `projectcalico.org/v3 GlobalNetworkSet`, also as Calico stores it.
    GlobalNetworkSet,
    /// `admissionregistration.k8s.io/v1 MutatingWebhookConfiguration`.
    MutatingWebhooks,
    /// `admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration`.
    ValidatingWebhooks,
    /// `apiregistration.k8s.io/v1 APIService`.
    ApiService,
    /// Any other kind.
    Custom,
}

/// What the table says of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The kind.
    pub kind: Kind,
    /// Its API group; empty for the core group.
    pub group: &'static str,
    /// The version that is asked for; objects of other versions of the group are read too.
    pub version: &'static str,
    /// The kind's name: `Service`.
    pub name: &'static str,
    /// The resource's name in URLs and RBAC: `services`.
    pub plural: &'static str,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

const fn row(
    kind: Kind,
    group: &'static str,
    name: &'static str,
    plural: &'static str,
    namespaced: bool,
) -> Row {
    Row {
        kind,
        group,
        version: "v1",
        name,
        plural,
        namespaced,
    }
}

/// The row of a policy, or of what policies refer to, of another group than `networking.k8s.io`.
const fn policy(
    kind: Kind,
    (group, version): (&'static str, &'static str),
    (name, plural): (&'static str, &'static str),
    namespaced: bool,
) -> Row {
    Row {
        version,
        ..row(kind, group, name, plural, namespaced)
    }
}

/// A kind of Calico's, whose stored form is the one that every cluster with Calico serves.
const fn calico(
    kind: Kind,
    stored: bool,
    name: &'static str,
    plural: &'static str,
    namespaced: bool,
) -> Row {
    let group = if stored {
        ("crd.projectcalico.org", "v1")
    } else {
        ("projectcalico.org", "v3")
    };
    policy(kind, group, (name, plural), namespaced)
}

/// A kind of the Gateway API, by its name and plural.
const fn gateway(kind: Kind, version: &'static str, [name, plural]: [&'static str; 2]) -> Row {
    Row {
        version,
        ..row(kind, "gateway.networking.k8s.io", name, plural, true)
    }
}

/// Every kind that has a parser of its own.
pub const TABLE: [Row; 47] = [
    row(Kind::Service, "", "Service", "services", true),
    row(
        Kind::EndpointSlice,
        "discovery.k8s.io",
        "EndpointSlice",
        "endpointslices",
        true,
    ),
    row(Kind::Endpoints, "", "Endpoints", "endpoints", true),
    row(Kind::Pod, "", "Pod", "pods", true),
    row(Kind::Deployment, "apps", "Deployment", "deployments", true),
    row(
        Kind::StatefulSet,
        "apps",
        "StatefulSet",
        "statefulsets",
        true,
    ),
    row(Kind::DaemonSet, "apps", "DaemonSet", "daemonsets", true),
    row(Kind::ReplicaSet, "apps", "ReplicaSet", "replicasets", true),
    row(
        Kind::ReplicationController,
        "",
        "ReplicationController",
        "replicationcontrollers",
        true,
    ),
    row(Kind::Job, "batch", "Job", "jobs", true),
    row(Kind::CronJob, "batch", "CronJob", "cronjobs", true),
    row(Kind::Namespace, "", "Namespace", "namespaces", false),
    row(Kind::Node, "", "Node", "nodes", false),
    row(
        Kind::NetworkPolicy,
        "networking.k8s.io",
        "NetworkPolicy",
        "networkpolicies",
        true,
    ),
    policy(
        Kind::AdminNetworkPolicy,
        ("policy.networking.k8s.io", "v1alpha1"),
        ("AdminNetworkPolicy", "adminnetworkpolicies"),
        false,
    ),
    policy(
        Kind::BaselineAdminNetworkPolicy,
        ("policy.networking.k8s.io", "v1alpha1"),
        ("BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies"),
        false,
    ),
    policy(
        Kind::ClusterNetworkPolicy,
        ("policy.networking.k8s.io", "v1alpha2"),
        ("ClusterNetworkPolicy", "clusternetworkpolicies"),
        false,
    ),
    policy(
        Kind::AwsClusterNetworkPolicy,
        ("networking.k8s.aws", "v1alpha1"),
        ("ClusterNetworkPolicy", "clusternetworkpolicies"),
        false,
    ),
    policy(
        Kind::CiliumNetworkPolicy,
        ("cilium.io", "v2"),
        ("CiliumNetworkPolicy", "ciliumnetworkpolicies"),
        true,
    ),
    policy(
        Kind::CiliumClusterwideNetworkPolicy,
        ("cilium.io", "v2"),
        (
            "CiliumClusterwideNetworkPolicy",
            "ciliumclusterwidenetworkpolicies",
        ),
        false,
    ),
    policy(
        Kind::CiliumCidrGroup,
        ("cilium.io", "v2"),
        ("CiliumCIDRGroup", "ciliumcidrgroups"),
        false,
    ),
    row(
        Kind::ServiceAccount,
        "",
        "ServiceAccount",
        "serviceaccounts",
        true,
    ),
    row(
        Kind::Role,
        "rbac.authorization.k8s.io",
        "Role",
        "roles",
        true,
    ),
    row(
        Kind::ClusterRole,
        "rbac.authorization.k8s.io",
        "ClusterRole",
        "clusterroles",
        false,
    ),
    row(
        Kind::RoleBinding,
        "rbac.authorization.k8s.io",
        "RoleBinding",
        "rolebindings",
        true,
    ),
    row(
        Kind::ClusterRoleBinding,
        "rbac.authorization.k8s.io",
        "ClusterRoleBinding",
        "clusterrolebindings",
        false,
    ),
    row(
        Kind::Ingress,
        "networking.k8s.io",
        "Ingress",
        "ingresses",
        true,
    ),
    gateway(Kind::HttpRoute, "v1", ["HTTPRoute", "httproutes"]),
    gateway(Kind::GrpcRoute, "v1", ["GRPCRoute", "grpcroutes"]),
    gateway(Kind::TcpRoute, "v1alpha2", ["TCPRoute", "tcproutes"]),
    gateway(Kind::TlsRoute, "v1alpha2", ["TLSRoute", "tlsroutes"]),
    gateway(Kind::UdpRoute, "v1alpha2", ["UDPRoute", "udproutes"]),
    gateway(
        Kind::ReferenceGrant,
        "v1beta1",
        ["ReferenceGrant", "referencegrants"],
    ),
    row(Kind::ConfigMap, "", "ConfigMap", "configmaps", true),
    row(
        Kind::MutatingWebhooks,
        "admissionregistration.k8s.io",
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
        false,
    ),
    row(
        Kind::ValidatingWebhooks,
        "admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        false,
    ),
    row(
        Kind::ApiService,
        "apiregistration.k8s.io",
        "APIService",
        "apiservices",
        false,
    ),
    calico(
        Kind::CalicoNetworkPolicy,
        true,
        "NetworkPolicy",
        "networkpolicies",
        true,
    ),
    calico(
        Kind::GlobalNetworkPolicy,
        true,
        "GlobalNetworkPolicy",
        "globalnetworkpolicies",
        false,
    ),
    calico(Kind::Tier, true, "Tier", "tiers", false),
    calico(Kind::NetworkSet, true, "NetworkSet", "networksets", true),
    calico(
        Kind::GlobalNetworkSet,
        true,
        "GlobalNetworkSet",
        "globalnetworksets",
        false,
    ),
    calico(
        Kind::CalicoNetworkPolicy,
        false,
        "NetworkPolicy",
        "networkpolicies",
        true,
    ),
    calico(
        Kind::GlobalNetworkPolicy,
        false,
        "GlobalNetworkPolicy",
        "globalnetworkpolicies",
        false,
    ),
    calico(Kind::Tier, false, "Tier", "tiers", false),
    calico(Kind::NetworkSet, false, "NetworkSet", "networksets", true),
    calico(
        Kind::GlobalNetworkSet,
        false,
        "GlobalNetworkSet",
        "globalnetworksets",
        false,
    ),
];

/// Groups whose kinds moved: old manifests still say `extensions/v1beta1`.
const FORMER_GROUPS: [&str; 1] = ["extensions"];

impl Kind {
    /// The kind of an API version and a kind's name; the version itself does not matter, so that
    /// `batch/v1beta1` and even `extensions/v1beta1` are read.
    pub fn find(api_version: &str, name: &str) -> Self {
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        TABLE
            .iter()
            .find(|row| row.name == name && (row.group == group || row.was_in(group)))
            .map_or(Self::Custom, |row| row.kind)
    }
}

impl Row {
    fn was_in(&self, group: &str) -> bool {
        FORMER_GROUPS.contains(&group) && matches!(self.group, "apps" | "networking.k8s.io")
    }
}

/// The row of a kind; `None` for [`Kind::Custom`].
pub fn row_of(kind: Kind) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.kind == kind)
}
