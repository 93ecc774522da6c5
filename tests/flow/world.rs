//! Questions over manifests, and their answers as lines of text.

use std::fmt::Write as _;

use portcullis::cluster::{Knowledge, View};
use portcullis::finding::Datapath;
use portcullis::manifest::{Inputs, read};
use portcullis::policy::Direction;
use portcullis::query::{Answered, Asked, Decider, Directory, Question, Side, Unfound};
use portcullis::review::store_of;

/// The cluster of every case.
pub(crate) const WORLD: &str = include_str!("world.yaml");

/// A case of a table.
pub(crate) struct Case<'t> {
    pub(crate) name: &'t str,
    text: &'t str,
}

/// The cases of a table, each of which opens with `case:` and its name.
pub(crate) fn cases(table: &str) -> Vec<Case<'_>> {
    let all = table.split("\ncase: ").skip(1);
    all.map(|text| Case {
        name: text.lines().next().unwrap(),
        text,
    })
    .collect()
}

impl<'t> Case<'t> {
    /// What stands after a key on a line of its own.
    pub(crate) fn fields(&self, key: &'static str) -> impl Iterator<Item = &'t str> {
        let lines = self.text.lines();
        lines.filter_map(move |line| line.strip_prefix(key)?.strip_prefix(": "))
    }
}

/// The manifests of a case's policies: a kind, a namespace (`-` for none), a name and a spec.
pub(crate) fn policies(case: &Case<'_>) -> String {
    case.fields("policy").map(manifest).collect()
}

fn manifest(line: &str) -> String {
    let mut words = line.splitn(4, ' ');
    let mut next = || words.next().unwrap();
    let (kind, namespace, name, spec) = (next(), next(), next(), next());
    let (version, kind) = match kind {
        "NetworkPolicy" => ("networking.k8s.io/v1", kind),
        "CiliumNetworkPolicy" => ("cilium.io/v2", kind),
        "AdminNetworkPolicy" => ("policy.networking.k8s.io/v1alpha1", kind),
        "CalicoNetworkPolicy" => ("projectcalico.org/v3", "NetworkPolicy"),
        "GlobalNetworkPolicy" => ("projectcalico.org/v3", kind),
        _ => panic!("{kind}"),
    };
    let namespace = match namespace {
        "-" => String::new(),
        namespace => format!(", namespace: {namespace}"),
    };
    format!(
        "\n---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}{namespace}}}\nspec: {spec}\n"
    )
}

/// A question in words: FROM, TO and perhaps `on` PORT and `under` DATAPATH.
pub(crate) struct Words<'w> {
    from: &'w str,
    to: &'w str,
    port: Option<&'w str>,
    datapath: Option<Datapath>,
}

impl<'w> Words<'w> {
    pub(crate) fn parse(line: &'w str) -> Self {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [from, to, rest @ ..] = words.as_slice() else {
            panic!("{line}");
        };
        let after = |word: &str| {
            let at = rest.iter().position(|it| *it == word)?;
            rest.get(at + 1).copied()
        };
        let datapath = after("under").map(|word| {
            let mut all = Datapath::ENFORCING.into_iter().chain([Datapath::None]);
            all.find(|it| it.as_str() == word).unwrap()
        });
        Words {
            from,
            to,
            port: after("on"),
            datapath,
        }
    }
}

/// Asks about manifests, as `flow -f` does.
pub(crate) fn ask<T>(
    manifests: &str,
    words: &Words<'_>,
    tell: impl FnOnce(Result<Answered<'_>, Unfound>) -> T,
) -> T {
    let inputs = Inputs {
        stdin: Some(manifests.as_bytes().to_vec()),
        ..Inputs::default()
    };
    let set = read(&inputs, |_, _| {}).unwrap();
    let unread: Vec<_> = set
        .findings()
        .iter()
        .map(|(it, _)| &it.finding.message)
        .collect();
    assert!(unread.is_empty(), "{unread:?}");
    let (store, _) = store_of(&set);
    let knowledge = Knowledge {
        datapath: words.datapath,
        platform: None,
    };
    let view = View::new(&store, &knowledge);
    let directory = Directory::of(view);
    let question = || {
        Ok(Question {
            from: directory.source(words.from, None)?,
            to: directory.destination(words.to, None)?,
            port: words.port.map(Asked::parse).transpose()?,
        })
    };
    tell(question().and_then(|question| question.answered(&directory, view)))
}

/// Everything that is said of an answer: the verdict, and a line each for port, because, egress
/// and ingress.
pub(crate) fn told(answered: &Answered<'_>) -> (String, Vec<String>) {
    let answer = &answered.answer;
    let mut lines = vec![format!("port {}", answered.port)];
    lines.extend(answer.says.because().map(|why| format!("because {why}")));
    lines.push(format!(
        "egress {}",
        side(&answer.egress, Direction::Egress)
    ));
    lines.push(format!(
        "ingress {}",
        side(&answer.ingress, Direction::Ingress)
    ));
    (answer.says.as_str().to_owned(), lines)
}

fn side(side: &Side<'_>, direction: Direction) -> String {
    let mut line = side.says.as_str().to_owned();
    if let Some(by) = side.by {
        let by = Decider::of(by, direction);
        let rule = by
            .rule
            .map_or_else(|| "-".to_owned(), |rule| rule.to_string());
        let object = by.object();
        write!(line, " {}/{} {} {rule}", object.kind, object.name, by.field).unwrap();
    }
    line
}
