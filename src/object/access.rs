//! `ServiceAccounts` and RBAC: who may ask the API server for something.

/// `v1 ServiceAccount`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceAccount {
    /// `automountServiceAccountToken`, where it says.
    pub automount_token: Option<bool>,
}

/// Role or `ClusterRole`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// Whether it grants anything; an aggregated role counts as granting.
    pub grants: bool,
    /// Whether it may change pods, so that its holder may label them at run time.
    pub changes_pods: bool,
}

/// `RoleBinding` or `ClusterRoleBinding`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The role that it grants.
    pub role: RoleRef,
    /// The `ServiceAccounts` it names, directly or through a group of accounts.
    pub subjects: Vec<AccountRef>,
}

/// The role of a binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRef {
    /// Whether it is a `ClusterRole`.
    pub cluster: bool,
    /// Its name.
    pub name: Box<str>,
}

/// Accounts that a binding names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountRef {
    /// One account; an omitted namespace is the binding's own.
    One {
        /// Its namespace.
        namespace: Option<Box<str>>,
        /// Its name.
        name: Box<str>,
    },
    /// Every account of one namespace: group `system:serviceaccounts:NS`.
    InNamespace(Box<str>),
    /// Every account: group `system:serviceaccounts`.
    All,
}
