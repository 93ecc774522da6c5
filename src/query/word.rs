//! The words by which people call kinds: those of kubectl.

use crate::object::{Kind, Meta, row_of};

/// The short names of kinds that make pods, as kubectl has them.
const SHORT: [(&str, Kind); 8] = [
    ("po", Kind::Pod),
    ("deploy", Kind::Deployment),
    ("sts", Kind::StatefulSet),
    ("ds", Kind::DaemonSet),
    ("rs", Kind::ReplicaSet),
    ("rc", Kind::ReplicationController),
    ("job", Kind::Job),
    ("cj", Kind::CronJob),
];

/// The short name of Services.
pub(super) const SERVICE: &str = "svc";

/// What kubectl calls the kind of an object: its short name, or `kind.group` where it has none.
pub(super) fn of(meta: &Meta) -> String {
    let short = SHORT.iter().find(|(_, kind)| *kind == meta.kind);
    short.map_or_else(|| full(meta), |(short, _)| (*short).to_owned())
}

fn full(meta: &Meta) -> String {
    let reference = &meta.reference;
    let kind = reference.kind.to_lowercase();
    match reference.api_version.split_once('/') {
        Some((group, _)) => format!("{kind}.{group}"),
        None => kind,
    }
}

/// The kind with a row in the table that a word means, if it makes pods or is a Service.
pub(super) fn kind(word: &str) -> Option<Kind> {
    let word = word.to_lowercase();
    if word == SERVICE {
        return Some(Kind::Service);
    }
    let short = SHORT.iter().find(|(short, _)| *short == word);
    let all = SHORT.iter().map(|(_, kind)| *kind).chain([Kind::Service]);
    let long = || {
        all.into_iter().find(|kind| {
            row_of(*kind).is_some_and(|row| row.plural == word || row.name.to_lowercase() == word)
        })
    };
    short.map(|(_, kind)| *kind).or_else(long)
}

/// Whether a word means the kind of an object, also one that the table does not have.
pub(super) fn means(word: &str, meta: &Meta) -> bool {
    if let Some(kind) = kind(word) {
        return meta.kind == kind;
    }
    let word = word.to_lowercase();
    let name = meta.reference.kind.to_lowercase();
    word == full(meta) || word == name || word.strip_suffix('s') == Some(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_go_by_every_name_that_kubectl_takes() {
        for word in ["deploy", "deployment", "deployments", "Deployment"] {
            assert_eq!(kind(word), Some(Kind::Deployment), "{word}");
        }
        for word in ["svc", "service", "services"] {
            assert_eq!(kind(word), Some(Kind::Service), "{word}");
        }
        for (short, kind_of) in SHORT {
            assert_eq!(kind(short), Some(kind_of));
        }
        assert_eq!(kind("shop"), None);
        assert_eq!(kind("netpol"), None);
    }
}
