//! A patch as a command that a person can paste.

use crate::finding::{Mend, printable};
use crate::object::{Kind, row_of};

/// The command that applies a patch, an operation a line.
pub(super) fn patch(mend: &Mend) -> String {
    let object = &mend.object;
    let operations = mend.patch.0.iter();
    let operations: Vec<String> = operations
        .filter_map(|operation| serde_json::to_string(operation).ok())
        .map(|operation| printable(&operation).into_owned())
        .collect();
    let namespace = object
        .namespace
        .as_deref()
        .map_or_else(String::new, |namespace| {
            format!(" -n {}", quoted(namespace))
        });
    format!(
        "kubectl patch {} {}{namespace} --type=json -p={}",
        resource(mend),
        quoted(&object.name),
        quoted(&format!("[{}]", operations.join(",\n")))
    )
}

/// What kubectl calls the kind, without a doubt as to its group.
fn resource(mend: &Mend) -> String {
    let object = &mend.object;
    let group = object.api_version.split_once('/').map(|(group, _)| group);
    let kind = Kind::find(&object.api_version, &object.kind);
    let plural =
        row_of(kind).map_or_else(|| object.kind.to_lowercase(), |row| row.plural.to_owned());
    match (kind, group) {
        (Kind::NetworkPolicy, _) => "networkpolicy".to_owned(),
        (_, Some(group)) => quoted(&format!("{plural}.{group}")),
        (_, None) => quoted(&plural),
    }
}

/// A word as a shell takes it, whatever it holds.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let word = word.replace(|c: char| c.is_control() && c != '\n', "");
    if !word.is_empty() && word.chars().all(plain) {
        return word;
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{FieldPath, ObjectRef};

    fn of(api_version: &str, kind: &str, name: &str) -> Mend {
        Mend::of(ObjectRef {
            api_version: api_version.into(),
            kind: kind.into(),
            namespace: Some("shop".into()),
            name: name.into(),
        })
    }

    #[test]
    fn a_patch_is_a_command_with_an_operation_a_line() {
        let mend = of("networking.k8s.io/v1", "NetworkPolicy", "web")
            .test(&FieldPath::of("metadata.name"), "web")
            .add(&FieldPath::of("spec.egress"), vec!["it's"]);
        assert_eq!(
            patch(&mend),
            r#"kubectl patch networkpolicy web -n shop --type=json -p='[{"op":"test","path":"/metadata/name","value":"web"},
{"op":"add","path":"/spec/egress","value":["it'\''s"]}]'"#
        );
        let calico = of("crd.projectcalico.org/v1", "NetworkPolicy", "web");
        assert!(
            patch(&calico).starts_with("kubectl patch networkpolicies.crd.projectcalico.org web ")
        );
    }

    #[test]
    fn no_name_leaves_its_quotes() {
        let mend = of("v1", "NetworkPolicy; rm", "a'; rm -rf / #");
        assert!(
            patch(&mend).contains(r"'a'\''; rm -rf / #'"),
            "{}",
            patch(&mend)
        );
    }
}
