//! How kinds without a parser are regarded: which are passed over unread, which may hold policies
//! nobody can read, and which may make pods nobody can see.

use crate::object::Kind;

/// What is done with an object by its kind alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Regard {
    /// It is the file of some tool, and no object.
    Tool,
    /// It is read.
    Read,
    /// It neither makes pods nor is read by a rule: counted, not read.
    Passed,
    /// It is a network policy in a dialect without a parser.
    Policy,
    /// Unless a pod template turns up in it, it may make pods that nobody can see.
    Unknown,
}

/// How the kind of an API version is regarded.
pub(super) fn regard(api_version: &str, kind: &str) -> Regard {
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    if Kind::find(api_version, kind) != Kind::Custom {
        Regard::Read
    } else if TOOLS.binary_search(&group).is_ok() {
        Regard::Tool
    } else if POLICIES.contains(&(group, kind)) {
        Regard::Policy
    } else if makes_pods(group, kind) {
        Regard::Unknown
    } else if INERT_GROUPS.binary_search(&group).is_ok()
        || INERT_SUFFIXES.iter().any(|suffix| group.ends_with(suffix))
        || INERT_KINDS
            .iter()
            .any(|(g, kinds)| *g == group && kinds.contains(&kind))
    {
        Regard::Passed
    } else {
        Regard::Unknown
    }
}

/// Whether objects of a kind are passed over: they neither make pods nor does a rule read them.
pub fn is_inert(api_version: &str, kind: &str) -> bool {
    regard(api_version, kind) == Regard::Passed
}

/// Kinds of otherwise inert groups that make pods.
fn makes_pods(group: &str, kind: &str) -> bool {
    matches!(
        (group, kind),
        (
            "gateway.networking.k8s.io" | "gateway.networking.x-k8s.io",
            "Gateway"
        ) | (
            "monitoring.coreos.com",
            "Prometheus" | "PrometheusAgent" | "Alertmanager" | "ThanosRuler"
        ) | ("triggers.tekton.dev", "EventListener")
            | ("projectcontour.io", "ContourDeployment")
            | (
                "kubernetes.crossplane.io" | "helm.crossplane.io" | "pkg.crossplane.io",
                _
            )
            | ("" | "template.openshift.io", "Template")
    )
}

/// Network policies of dialects that nothing here translates yet.
const POLICIES: [(&str, &str); 2] = [
    ("crd.antrea.io", "NetworkPolicy"),
    ("crd.antrea.io", "ClusterNetworkPolicy"),
];

/// Groups no kind of which makes pods that a Service could mean, but for those of [`makes_pods`];
/// sorted. Kinds with a parser are not concerned.
const INERT_GROUPS: [&str; 102] = [
    "",
    "access.smi-spec.io",
    "acme.cert-manager.io",
    "admissionregistration.k8s.io",
    "apiextensions.crossplane.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "app.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "authorization.openshift.io",
    "autoscaling",
    "autoscaling.k8s.io",
    "batch",
    "bitnami.com",
    "build.openshift.io",
    "cert-manager.io",
    "certificates.k8s.io",
    "chaos-mesh.org",
    "cilium.io",
    "cloud.google.com",
    "cluster.x-k8s.io",
    "config.gatekeeper.sh",
    "config.karmada.io",
    "config.openshift.io",
    "configuration.konghq.com",
    "console.openshift.io",
    "constraints.gatekeeper.sh",
    "coordination.k8s.io",
    "crd.antrea.io",
    "crd.projectcalico.org",
    "discovery.k8s.io",
    "elbv2.k8s.aws",
    "eventing.knative.dev",
    "events.k8s.io",
    "extensions",
    "extensions.istio.io",
    "external-secrets.io",
    "externaldns.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "gateway.envoyproxy.io",
    "gateway.networking.k8s.io",
    "gateway.networking.x-k8s.io",
    "generators.external-secrets.io",
    "getambassador.io",
    "image.openshift.io",
    "image.toolkit.fluxcd.io",
    "internal.apiserver.k8s.io",
    "isindir.github.com",
    "k8s.cni.cncf.io",
    "k8s.nginx.org",
    "karpenter.k8s.aws",
    "karpenter.sh",
    "kyverno.io",
    "linkerd.io",
    "machineconfiguration.openshift.io",
    "messaging.knative.dev",
    "meta.k8s.io",
    "metallb.io",
    "metrics.k8s.io",
    "monitoring.coreos.com",
    "mutations.gatekeeper.sh",
    "networking.gke.io",
    "networking.istio.io",
    "networking.k8s.io",
    "nfd.k8s-sigs.io",
    "node.k8s.io",
    "notification.toolkit.fluxcd.io",
    "oauth.openshift.io",
    "onepassword.com",
    "policies.kyverno.io",
    "policy",
    "policy.cert-manager.io",
    "policy.linkerd.io",
    "policy.networking.k8s.io",
    "project.openshift.io",
    "projectcalico.org",
    "projectcontour.io",
    "quota.openshift.io",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "route.openshift.io",
    "scheduling.k8s.io",
    "secrets-store.csi.x-k8s.io",
    "secrets.infisical.com",
    "security.istio.io",
    "security.openshift.io",
    "snapshot.storage.k8s.io",
    "source.toolkit.fluxcd.io",
    "specs.smi-spec.io",
    "split.smi-spec.io",
    "storage.k8s.io",
    "storagemigration.k8s.io",
    "tekton.dev",
    "telemetry.istio.io",
    "templates.gatekeeper.sh",
    "traefik.containo.us",
    "traefik.io",
    "triggers.tekton.dev",
    "trust.cert-manager.io",
    "velero.io",
];

/// Groups of files that tools read and no API server ever sees; sorted.
const TOOLS: [&str; 22] = [
    "apiserver.config.k8s.io",
    "apiserver.k8s.io",
    "audit.k8s.io",
    "backstage.io",
    "builtin",
    "chainsaw.kyverno.io",
    "cli.kyverno.io",
    "client.authentication.k8s.io",
    "config.k8s.io",
    "controller-runtime.sigs.k8s.io",
    "ctlptl.dev",
    "eksctl.io",
    "k3d.io",
    "kind.x-k8s.io",
    "kubeadm.k8s.io",
    "kubectl.config.k8s.io",
    "kubelet.config.k8s.io",
    "kubeproxy.config.k8s.io",
    "kubescheduler.config.k8s.io",
    "kustomize.config.k8s.io",
    "kuttl.dev",
    "troubleshoot.sh",
];

/// Endings of groups that only describe things outside the cluster.
const INERT_SUFFIXES: [&str; 5] = [
    ".services.k8s.aws",
    ".cnrm.cloud.google.com",
    ".crossplane.io",
    ".upbound.io",
    ".cluster.x-k8s.io",
];

/// Inert kinds of groups that also have kinds that make pods.
const INERT_KINDS: [(&str, &[&str]); 17] = [
    (
        "argoproj.io",
        &[
            "AnalysisTemplate",
            "AppProject",
            "ClusterAnalysisTemplate",
            "ClusterWorkflowTemplate",
            "CronWorkflow",
            "Workflow",
            "WorkflowEventBinding",
            "WorkflowTemplate",
        ],
    ),
    ("ceph.rook.io", &["CephBlockPool", "CephObjectStoreUser"]),
    (
        "grafana.integreatly.org",
        &[
            "GrafanaAlertRuleGroup",
            "GrafanaContactPoint",
            "GrafanaDashboard",
            "GrafanaDatasource",
            "GrafanaFolder",
        ],
    ),
    (
        "kafka.strimzi.io",
        &[
            "KafkaConnector",
            "KafkaRebalance",
            "KafkaTopic",
            "KafkaUser",
        ],
    ),
    (
        "keda.sh",
        &[
            "ClusterTriggerAuthentication",
            "ScaledObject",
            "TriggerAuthentication",
        ],
    ),
    (
        "logging.banzaicloud.io",
        &["ClusterFlow", "ClusterOutput", "Flow", "Output"],
    ),
    ("helm.cattle.io", &["HelmChartConfig"]),
    ("longhorn.io", &["BackingImage", "RecurringJob", "Setting"]),
    ("multicluster.linkerd.io", &["Link"]),
    ("multicluster.x-k8s.io", &["ServiceExport", "ServiceImport"]),
    ("opentelemetry.io", &["Instrumentation"]),
    (
        "operator.victoriametrics.com",
        &[
            "VMAlertmanagerConfig",
            "VMNodeScrape",
            "VMPodScrape",
            "VMProbe",
            "VMRule",
            "VMScrapeConfig",
            "VMServiceScrape",
            "VMStaticScrape",
            "VMUser",
        ],
    ),
    ("operators.coreos.com", &["OperatorGroup"]),
    (
        "postgresql.cnpg.io",
        &["Backup", "Database", "ImageCatalog", "ScheduledBackup"],
    ),
    (
        "rabbitmq.com",
        &[
            "Binding",
            "Exchange",
            "Permission",
            "Policy",
            "Queue",
            "User",
            "Vhost",
        ],
    ),
    ("upgrade.cattle.io", &["Plan"]),
    (
        "volsync.backube",
        &["ReplicationDestination", "ReplicationSource"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_are_sorted_so_that_each_is_found() {
        assert!(INERT_GROUPS.is_sorted());
        assert!(TOOLS.is_sorted());
    }

    #[test]
    fn kinds_are_regarded_by_group_and_kind() {
        let cases = [
            ("v1", "Service", Regard::Read),
            ("serving.knative.dev/v1", "Service", Regard::Unknown),
            ("v1", "Secret", Regard::Passed),
            ("v1", "Template", Regard::Unknown),
            ("monitoring.coreos.com/v1", "ServiceMonitor", Regard::Passed),
            ("monitoring.coreos.com/v1", "Prometheus", Regard::Unknown),
            ("gateway.networking.k8s.io/v1", "GRPCRoute", Regard::Read),
            (
                "gateway.networking.k8s.io/v1alpha2",
                "UDPRoute",
                Regard::Read,
            ),
            ("gateway.networking.k8s.io/v1", "HTTPRoute", Regard::Read),
            (
                "gateway.networking.k8s.io/v1",
                "GatewayClass",
                Regard::Passed,
            ),
            ("gateway.networking.k8s.io/v1", "Gateway", Regard::Unknown),
            ("networking.istio.io/v1", "Gateway", Regard::Passed),
            ("helm.toolkit.fluxcd.io/v2", "HelmRelease", Regard::Unknown),
            (
                "kustomize.toolkit.fluxcd.io/v1",
                "Kustomization",
                Regard::Unknown,
            ),
            ("argoproj.io/v1alpha1", "Application", Regard::Unknown),
            ("argoproj.io/v1alpha1", "Rollout", Regard::Unknown),
            ("cilium.io/v2", "CiliumNetworkPolicy", Regard::Read),
            ("crd.antrea.io/v1beta1", "NetworkPolicy", Regard::Policy),
            ("projectcalico.org/v3", "NetworkPolicy", Regard::Read),
            (
                "projectcalico.org/v3",
                "StagedNetworkPolicy",
                Regard::Passed,
            ),
            ("s3.aws.upbound.io/v1", "Bucket", Regard::Passed),
            ("helm.crossplane.io/v1", "Release", Regard::Unknown),
            ("kustomize.config.k8s.io/v1", "Kustomization", Regard::Tool),
            ("example.com/v1", "Thing", Regard::Unknown),
        ];
        for (api_version, kind, expected) in cases {
            assert_eq!(regard(api_version, kind), expected, "{api_version} {kind}");
        }
    }
}
