//! Whether a pod is a client of the API server: evidence from its token and its account's roles.

use crate::cluster::{Answer, Known, View};
use crate::object::{AccountRef, Binding, Kind, Of, PodSpec, Role, ServiceAccount};

/// What speaks for a pod asking the API server for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// It has a token, and its account may do more than every account.
    Yes,
    /// It has a token.
    HasToken,
    /// It has none, or that is not known.
    No,
}

/// Roles that every account has, or that only the image registry asks for.
const DEFAULT_ROLES: [&str; 5] = [
    "system:basic-user",
    "system:discovery",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
    "system:image-puller",
];

/// What speaks for the pods of `spec` in `namespace` asking the API server for something.
pub(super) fn client(namespace: &str, spec: &PodSpec, view: View<'_>) -> Client {
    if !has_token(namespace, spec, view) {
        Client::No
    } else if has_role(namespace, spec.account(), view) {
        Client::Yes
    } else {
        Client::HasToken
    }
}

fn has_token(namespace: &str, spec: &PodSpec, view: View<'_>) -> bool {
    if spec.projects_token {
        return true;
    }
    if let Some(mounted) = spec.automount_token {
        return mounted;
    }
    let account = spec.account();
    match view.get::<ServiceAccount>(Kind::ServiceAccount, namespace, account) {
        Answer::Found(account) => account.automount_token.unwrap_or(true),
        // The default account exists in every namespace, whatever was loaded of them.
        Answer::Absent => account == "default",
        Answer::Unknown => {
            account == "default" && view.known(Kind::ServiceAccount, namespace) >= Known::Files
        }
    }
}

fn has_role(namespace: &str, account: &str, view: View<'_>) -> bool {
    let by_name = view.asking_for::<Binding>(Kind::ServiceAccount, namespace, account);
    if by_name.into_iter().any(|binding| grants(binding, view)) {
        return true;
    }
    let to_groups = view
        .all::<Binding>(Kind::RoleBinding, namespace)
        .into_iter()
        .chain(view.all::<Binding>(Kind::ClusterRoleBinding, ""));
    to_groups
        .filter(|binding| {
            binding.subjects.iter().any(|subject| match subject {
                AccountRef::One { .. } => false,
                AccountRef::InNamespace(of) => &**of == namespace,
                AccountRef::All => true,
            })
        })
        .any(|binding| grants(binding, view))
}

/// Whether a binding gives anything that not every account has. A role that is not in view was
/// bound for a reason.
fn grants(binding: Of<'_, Binding>, view: View<'_>) -> bool {
    let role = &binding.body.role;
    let (kind, namespace) = if role.cluster {
        (Kind::ClusterRole, "")
    } else {
        (Kind::Role, binding.meta.namespace())
    };
    if role.cluster && DEFAULT_ROLES.contains(&&*role.name) {
        return false;
    }
    match view.get::<Role>(kind, namespace, &role.name) {
        Answer::Found(role) => role.grants,
        Answer::Absent => false,
        Answer::Unknown => true,
    }
}
