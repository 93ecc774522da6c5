//! Values that a later step will replace: `{{ .Values.x }}`, `${APP}`, `$(NAME)`, `<name>`.

use crate::text::{Node, Value};

/// Whether a value holds a placeholder.
pub(super) fn has_placeholder(text: &str) -> bool {
    let after = |mark: &str, fits: fn(char) -> bool| {
        text.match_indices(mark).any(|(at, _)| {
            let rest = text.get(at + mark.len()..).unwrap_or_default();
            rest.starts_with(fits)
        })
    };
    text.contains("{{")
        || text.contains("<%")
        || after("$", |c| {
            matches!(c, '{' | '(' | '_') || c.is_ascii_alphabetic()
        })
        || (text.contains('>') && after("<", char::is_alphabetic))
        || after("#{", |_| true)
        || after("%(", char::is_alphabetic)
}

/// Whether the value in a line starts with a placeholder that no YAML reader takes: `{user}/image`,
/// `[YOUR REGISTRY]/image`, `@NAME@`, `%%%`.
pub(super) fn breaks_by_placeholder(line: &str) -> bool {
    let value = line.split_once(": ").map_or("", |(_, value)| value.trim());
    let closed = |open: char, close: char| {
        let inside = value.strip_prefix(open)?.split_once(close);
        inside.filter(|(word, rest)| {
            !word.contains([':', ',']) && !word.is_empty() && !rest.is_empty()
        })
    };
    value.starts_with(['@', '%']) || closed('{', '}').is_some() || closed('[', ']').is_some()
}

/// Whether a text is a template of ytt, which hides in comments: `#@ load(..)`, `image: #@ name`.
pub(super) fn is_ytt(text: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), b"#@").any(|at| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + 2..).unwrap_or_default();
        let starts = before.is_empty() || before.ends_with([' ', '\n', '\t']);
        starts && after.starts_with([' ', '/'])
    })
}

/// Whether a placeholder stands where rules look: in a name, a namespace, a label, a selector, a
/// port, a reference. Nobody knows what such an object will be. Texts of programs (arguments,
/// environment, data) and what rules do not read may hold any.
pub(super) fn unexpanded(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Str(text) => has_placeholder(text),
        Value::Seq(items) => items.iter().any(unexpanded),
        Value::Map(entries) => entries.iter().any(|entry| {
            has_placeholder(&entry.key)
                || (!UNREAD.contains(&&*entry.key) && unexpanded(&entry.value))
        }),
        _ => false,
    }
}

/// Keys below which a placeholder changes nothing that a rule reads.
const UNREAD: [&str; 40] = [
    "affinity",
    "annotations",
    "apiGroups",
    "args",
    "binaryData",
    "capabilities",
    "command",
    "controller",
    "data",
    "description",
    "emptyDir",
    "env",
    "envFrom",
    "exec",
    "finalizers",
    "host",
    "hostAliases",
    "hostPath",
    "hostnames",
    "hosts",
    "image",
    "imagePullPolicy",
    "imagePullSecrets",
    "ingressClassName",
    "message",
    "nodeSelector",
    "path",
    "priorityClassName",
    "replicas",
    "resourceNames",
    "resources",
    "schedule",
    "secretName",
    "securityContext",
    "storageClassName",
    "tls",
    "tolerations",
    "topologySpreadConstraints",
    "volumeMounts",
    "volumes",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_ytt_are_told_from_others() {
        for text in [
            "#@ load(\"@ytt:data\", \"data\")\n",
            "a: #@ data.values.a",
            "  #@/match-child-defaults missing_ok=True",
        ] {
            assert!(is_ytt(text), "{text}");
        }
        for text in ["# @param a", "a: x#@ b", "#@param", "a: '#@'"] {
            assert!(!is_ytt(text), "{text}");
        }
    }

    #[test]
    fn placeholders_are_told_from_what_looks_alike() {
        for text in [
            "{{ .x }}", "${APP}", "$(NAME)", "$APP-web", "<name>", "#{x}#",
        ] {
            assert!(has_placeholder(text), "{text}");
        }
        for text in ["web", "a$", "$1", "a < b", "x > y", "#1", "100%", "a>b<1"] {
            assert!(!has_placeholder(text), "{text}");
        }
    }
}
