//! Cilium's selectors: labels with a source before the key, and labels that stand for a pod's
//! namespace, account and cluster.

use crate::finding::FieldPath;
use crate::labels::Selector;
use crate::policy::from::selector::{LabelSelector, Problems};
use crate::policy::{Entity, NAMESPACE_NAME_LABEL, Plain};
use crate::text::Word;

/// The label in which Cilium has the name of a pod's namespace.
const NAMESPACE: &str = "io.kubernetes.pod.namespace";

/// What Cilium puts before the labels of a pod's namespace.
const NAMESPACE_LABELS: &str = "io.cilium.k8s.namespace.labels.";

/// What Cilium puts before what else it knows of a pod.
const POLICY_LABELS: &str = "io.cilium.k8s.policy.";

/// What a selector asks for.
pub(super) struct Asked {
    /// Of the pods themselves.
    pub(super) pods: Selector,
    /// Of their namespaces' labels.
    pub(super) namespaces: Selector,
    /// Whether it names the namespace itself.
    pub(super) names_namespace: bool,
    /// The classes of peers that it names instead of labels.
    pub(super) entities: Vec<Entity>,
    /// What of it is written as nothing but `key: value`, with each key as it is here.
    pub(super) plain: Plain,
    /// Why it cannot be decided here.
    pub(super) undecidable: Option<String>,
}

/// Where a key of a selector looks.
enum Place<'k> {
    /// A pod's own label.
    Pod(&'k str),
    /// A label of its namespace.
    Namespace(&'k str),
    /// The name of its namespace.
    NamespaceName,
    /// A class of peers.
    Reserved(&'k str),
    /// Something that is not known here.
    Unknown,
}

fn place(key: &str) -> Place<'_> {
    let plain = match key.split_once(':') {
        None => key,
        Some(("k8s" | "any", plain)) => plain,
        Some(("reserved", name)) => return Place::Reserved(name),
        Some(_) => return Place::Unknown,
    };
    if plain == NAMESPACE {
        Place::NamespaceName
    } else if let Some(label) = plain.strip_prefix(NAMESPACE_LABELS) {
        Place::Namespace(label)
    } else if plain.starts_with(POLICY_LABELS) {
        Place::Unknown
    } else {
        Place::Pod(plain)
    }
}

/// The class of peers that a reserved label stands for.
fn reserved(name: &str) -> Option<Entity> {
    Some(match name {
        "world" => Entity::World,
        "world-ipv4" => Entity::WorldIpv4,
        "world-ipv6" => Entity::WorldIpv6,
        "host" => Entity::Host,
        "remote-node" => Entity::RemoteNode,
        "kube-apiserver" => Entity::KubeApiServer,
        "health" | "init" | "unmanaged" | "ingress" | "none" => Entity::Internal,
        _ => return None,
    })
}

/// What a selector asks for. A requirement that Cilium would refuse matches nothing.
pub(super) fn asked(
    selector: &LabelSelector<'_>,
    at: &FieldPath,
    problems: &mut Problems,
) -> Asked {
    let mut of_pods = LabelSelector::default();
    let mut of_namespaces = LabelSelector::default();
    let mut asked = Asked {
        pods: Selector::default(),
        namespaces: Selector::default(),
        names_namespace: false,
        entities: Vec::new(),
        plain: Plain {
            pods: selector.is_plain(),
            namespaces: false,
        },
        undecidable: selector.unknown().map(|it| format!("unknown field {it:?}")),
    };
    for (key, value) in selector.match_labels.iter().flatten() {
        if let Some((chosen, key)) = asked.sort(key, true) {
            let into = chosen.of(&mut of_pods, &mut of_namespaces);
            let labels = into.match_labels.get_or_insert_default();
            labels.insert(key, value.clone());
        }
    }
    for expression in selector.match_expressions.iter().flatten() {
        let key = expression.key.as_deref().unwrap_or("");
        let exists = expression.operator.as_deref() == Some("Exists");
        if let Some((chosen, key)) = asked.sort(key, exists) {
            let into = chosen.of(&mut of_pods, &mut of_namespaces);
            let mut expression = expression.clone();
            expression.key = Some(key);
            into.match_expressions
                .get_or_insert_default()
                .push(expression);
        }
    }
    asked.pods = of_pods.translate(at, problems);
    asked.namespaces = of_namespaces.translate(at, problems);
    asked
}

/// To whom a requirement goes.
#[derive(Clone, Copy)]
enum Chosen {
    Pods,
    Namespaces,
}

impl Chosen {
    fn of<'s, 'a>(
        self,
        pods: &'s mut LabelSelector<'a>,
        namespaces: &'s mut LabelSelector<'a>,
    ) -> &'s mut LabelSelector<'a> {
        match self {
            Self::Pods => pods,
            Self::Namespaces => namespaces,
        }
    }
}

impl Asked {
    /// To whom a requirement on `key` goes, and under which key; `None` where that is no label.
    fn sort<'a>(&mut self, key: &str, exists: bool) -> Option<(Chosen, Word<'a>)> {
        match place(key) {
            Place::Pod(plain) => {
                self.plain.pods &= plain == key;
                Some((Chosen::Pods, Word::owned(plain)))
            }
            Place::Namespace(key) => Some((Chosen::Namespaces, Word::owned(key))),
            Place::NamespaceName => {
                self.names_namespace = true;
                Some((Chosen::Namespaces, Word::owned(NAMESPACE_NAME_LABEL)))
            }
            Place::Reserved(name) => {
                match reserved(name).filter(|_| exists) {
                    Some(entity) => self.entities.push(entity),
                    None => self.doubt(key),
                }
                None
            }
            Place::Unknown => {
                self.doubt(key);
                None
            }
        }
    }

    fn doubt(&mut self, key: &str) {
        self.undecidable = Some(format!("label {key:?} is not known"));
    }
}
