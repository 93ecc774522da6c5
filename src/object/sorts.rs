//! Sorts of kinds: those that make pods, and network policies.

use super::Kind;

impl Kind {
    /// Whether objects of this kind make pods.
    pub const fn makes_pods(self) -> bool {
        matches!(
            self,
            Self::Pod
                | Self::Deployment
                | Self::StatefulSet
                | Self::DaemonSet
                | Self::ReplicaSet
                | Self::ReplicationController
                | Self::Job
                | Self::CronJob
        )
    }

    /// Whether objects of this kind are network policies.
    pub const fn is_policy(self) -> bool {
        matches!(
            self,
            Self::NetworkPolicy
                | Self::AdminNetworkPolicy
                | Self::BaselineAdminNetworkPolicy
                | Self::ClusterNetworkPolicy
                | Self::AwsClusterNetworkPolicy
                | Self::CiliumNetworkPolicy
                | Self::CiliumClusterwideNetworkPolicy
                | Self::CalicoNetworkPolicy
                | Self::GlobalNetworkPolicy
        )
    }
}
