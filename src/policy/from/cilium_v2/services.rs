//! `toServices` of a Cilium rule.

use super::selector::asked;
use super::spec::ServiceEntry;
use crate::finding::FieldPath;
use crate::policy::from::selector::{LabelSelector, Problems};
use crate::policy::{Peer, Services};
use crate::text::Word;

/// The Service of the API server, whose endpoints are an entity to Cilium and no addresses, so
/// that naming it means nobody.
const API_SERVER: (&str, &str) = ("default", "kubernetes");

/// What an entry stands for, if anything, and why that cannot be decided, if it cannot.
pub(super) fn translate(
    entry: &ServiceEntry<'_>,
    at: &FieldPath,
    problems: &mut Problems,
) -> (Option<Peer>, Option<String>) {
    if let Some(field) = unknown(entry) {
        return (None, Some(format!("unknown field {field:?}")));
    }
    let namespace = |word: &Option<Word<'_>>| -> Option<Box<str>> {
        let word = word.as_deref().filter(|it| !it.is_empty());
        word.map(Into::into)
    };
    if let Some(labelled) = &entry.by_labels {
        let empty = LabelSelector::default();
        let selector = labelled.selector.as_ref().unwrap_or(&empty);
        let at = at.join("k8sServiceSelector.selector");
        let asked = asked(selector, &at, problems);
        let plain = asked.namespaces.is_empty() && asked.entities.is_empty();
        let doubt = (!plain).then(|| "which Services have such labels is not known".to_owned());
        let peer = Peer::Backends {
            which: Services::Labelled(asked.pods),
            namespace: namespace(&labelled.namespace),
        };
        return (Some(peer), asked.undecidable.or(doubt));
    }
    let named = entry.by_name.as_ref();
    let name = named.and_then(|it| it.name.as_deref()).unwrap_or("");
    let namespace = named.and_then(|it| namespace(&it.namespace));
    let meant =
        !name.is_empty() && (namespace.as_deref(), name) != (Some(API_SERVER.0), API_SERVER.1);
    let peer = meant.then(|| Peer::Backends {
        which: Services::Named(name.into()),
        namespace,
    });
    (peer, None)
}

/// The first field of an entry that is not known here.
fn unknown<'s>(entry: &'s ServiceEntry<'_>) -> Option<&'s str> {
    let by_name = entry.by_name.as_ref();
    let by_labels = entry.by_labels.as_ref();
    let selector = by_labels.and_then(|it| it.selector.as_ref());
    entry
        .unknown
        .as_deref()
        .or_else(|| by_name.and_then(|it| it.unknown.as_deref()))
        .or_else(|| by_labels.and_then(|it| it.unknown.as_deref()))
        .or_else(|| selector.and_then(LabelSelector::unknown))
}
