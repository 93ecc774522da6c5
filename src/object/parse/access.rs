//! `ServiceAccounts` and RBAC.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Raw;
use super::meta::RawMeta;
use super::wire::{List, Nested, Str, given};
use crate::object::{AccountRef, Binding, Body, Meta, Role, RoleRef, ServiceAccount};

/// A `ServiceAccount` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
pub(super) struct RawAccount<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    automount_service_account_token: Option<bool>,
}

impl<'a> Raw<'a> for RawAccount<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, _: &mut Meta) -> Body {
        Body::ServiceAccount(ServiceAccount {
            automount_token: self.automount_service_account_token,
        })
    }
}

/// A Role or `ClusterRole` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
pub(super) struct RawRole<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    rules: List<Nested<RawRule<'a>>>,
    aggregation_rule: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
struct RawRule<'a> {
    #[serde(borrow)]
    verbs: List<Str<'a>>,
    api_groups: List<Str<'a>>,
    resources: List<Str<'a>>,
}

impl RawRule<'_> {
    fn changes_pods(&self) -> bool {
        let has =
            |list: &List<Str<'_>>, words: &[&str]| list.iter().any(|it| words.contains(&&**it));
        has(&self.api_groups, &["", "*"])
            && has(&self.resources, &["pods", "*"])
            && has(&self.verbs, &["patch", "update", "*"])
    }
}

impl<'a> Raw<'a> for RawRole<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, _: &mut Meta) -> Body {
        Body::Role(Role {
            grants: self.aggregation_rule.is_some()
                || self.rules.iter().any(|rule| !rule.verbs.is_empty()),
            changes_pods: self.rules.iter().any(|rule| rule.changes_pods()),
        })
    }
}

/// A `RoleBinding` or `ClusterRoleBinding` as it is written.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", expecting = "a mapping")]
pub(super) struct RawBinding<'a> {
    #[serde(borrow)]
    metadata: Nested<RawMeta<'a>>,
    role_ref: Nested<RawRoleRef<'a>>,
    subjects: List<Nested<RawSubject<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawRoleRef<'a> {
    #[serde(borrow)]
    kind: Option<Str<'a>>,
    name: Option<Str<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, expecting = "a mapping")]
struct RawSubject<'a> {
    #[serde(borrow)]
    kind: Option<Str<'a>>,
    name: Option<Str<'a>>,
    namespace: Option<Str<'a>>,
}

impl RawSubject<'_> {
    fn account(&self) -> Option<AccountRef> {
        let name = given(self.name.as_ref())?;
        match self.kind.as_deref()? {
            "ServiceAccount" => Some(AccountRef::One {
                namespace: given(self.namespace.as_ref()).map(Into::into),
                name: name.into(),
            }),
            // A user name: how the API server knows the account once it has logged in.
            "User" => {
                let (namespace, name) = name
                    .strip_prefix("system:serviceaccount:")?
                    .split_once(':')?;
                Some(AccountRef::One {
                    namespace: Some(namespace.into()),
                    name: name.into(),
                })
            }
            "Group" => match name.strip_prefix("system:serviceaccounts")? {
                "" => Some(AccountRef::All),
                rest => Some(AccountRef::InNamespace(rest.strip_prefix(':')?.into())),
            },
            _ => None,
        }
    }
}

impl<'a> Raw<'a> for RawBinding<'a> {
    fn metadata(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn body(&self, _: &mut Meta) -> Body {
        Body::Binding(Box::new(Binding {
            role: RoleRef {
                cluster: self.role_ref.kind.as_deref() == Some("ClusterRole"),
                name: self.role_ref.name.as_deref().unwrap_or_default().into(),
            },
            subjects: self
                .subjects
                .iter()
                .filter_map(|subject| subject.account())
                .collect(),
        }))
    }
}
