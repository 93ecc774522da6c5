//! `ServiceAccounts` and RBAC.

use serde_json::{Value, json};

use super::read;
use crate::object::{AccountRef, Binding, Role};

fn role(rules: &Value) -> Role {
    let object = read(&json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
        "metadata": {"name": "system:r"}, "rules": rules,
    }));
    assert!(object.meta.problems.is_empty());
    object.typed::<Role>().unwrap().body.clone()
}

#[test]
fn a_role_grants_if_a_rule_has_verbs() {
    assert!(!role(&json!([])).grants);
    assert!(!role(&json!(null)).grants);
    let rule = json!({"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]});
    assert!(role(&json!([rule])).grants);
    assert!(!role(&json!([rule])).changes_pods);
}

#[test]
fn a_role_changes_pods_by_patch_update_or_everything() {
    let changes = |group: &str, resource: &str, verb: &str| {
        let rule = json!({"apiGroups": [group], "resources": [resource], "verbs": [verb]});
        role(&json!([rule])).changes_pods
    };
    assert!(changes("", "pods", "patch"));
    assert!(changes("*", "*", "*"));
    assert!(!changes("apps", "pods", "update"));
    assert!(!changes("", "pods/status", "update"));
    assert!(!changes("", "services", "update"));
}

#[test]
fn a_binding_names_accounts_in_each_of_their_forms() {
    let object = read(&json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": {"name": "b"}, "roleRef": {"kind": "ClusterRole", "name": "admin"},
        "subjects": [
            {"kind": "ServiceAccount", "name": "a", "namespace": "n"},
            {"kind": "User", "name": "system:serviceaccount:n:b"},
            {"kind": "User", "name": "alice"},
            {"kind": "Group", "name": "system:serviceaccounts:n"},
            {"kind": "Group", "name": "system:serviceaccounts"},
            {"kind": "Group", "name": "system:authenticated"},
        ],
    }));
    let binding = object.typed::<Binding>().unwrap();
    assert!(binding.role.cluster);
    let one = |name: &str| AccountRef::One {
        namespace: Some("n".into()),
        name: name.into(),
    };
    let expected = [
        one("a"),
        one("b"),
        AccountRef::InNamespace("n".into()),
        AccountRef::All,
    ];
    assert_eq!(binding.subjects, expected);
}
