//! The table: every case with its policies, its questions and what is said.

use super::world::{WORLD, Words, ask, told};

/// The manifest of a policy: a kind, a namespace (`-` for none), a name and a spec.
fn manifest(line: &str) -> String {
    let mut words = line.splitn(4, ' ');
    let mut next = || words.next().unwrap();
    let (kind, namespace, name, spec) = (next(), next(), next(), next());
    let version = match kind {
        "NetworkPolicy" => "networking.k8s.io/v1",
        "CiliumNetworkPolicy" => "cilium.io/v2",
        "AdminNetworkPolicy" => "policy.networking.k8s.io/v1alpha1",
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

#[test]
fn questions_are_answered_as_the_table_says() {
    let cases: Vec<&str> = include_str!("answers.txt")
        .split("\ncase: ")
        .skip(1)
        .collect();
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case.lines().next().unwrap();
        let field = |key: &'static str| {
            let lines = case.lines();
            lines.filter_map(move |line| line.strip_prefix(key)?.strip_prefix(": "))
        };
        let policies: String = field("policy").map(manifest).collect();
        let manifests = format!("{WORLD}{policies}");
        assert!(field("ask").count() > 0, "{name}");
        for line in field("ask") {
            if let Some(found) = differs(&manifests, line) {
                wrong.push(format!("{name}\n  {line}\n  {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(cases.len() > 15);
}

/// What is answered, where that is not what a line of the table says.
fn differs(manifests: &str, line: &str) -> Option<String> {
    if let Some((words, expected)) = line.split_once(" ! ") {
        return ask(manifests, &Words::parse(words), |answered| match answered {
            Ok(answered) => Some(format!("{:?}", told(&answered))),
            Err(unfound) => (unfound.to_string() != expected).then(|| unfound.to_string()),
        });
    }
    let (words, expected) = line.split_once(" = ").unwrap();
    let mut expected = expected.split(" | ");
    ask(manifests, &Words::parse(words), |answered| match answered {
        Err(unfound) => Some(unfound.to_string()),
        Ok(answered) => {
            let (verdict, lines) = told(&answered);
            let same = expected.next() == Some(verdict.as_str())
                && expected.all(|line| lines.iter().any(|it| it == line));
            (!same).then(|| format!("{verdict} {lines:?}"))
        }
    })
}
