//! The table: every case with its policies, its questions and what is said.

use super::world::{WORLD, Words, ask, cases, policies, told};

#[test]
fn questions_are_answered_as_the_table_says() {
    let cases = cases(include_str!("answers.txt"));
    let mut wrong = Vec::new();
    for case in &cases {
        let manifests = format!("{WORLD}{}", policies(case));
        assert!(case.fields("ask").count() > 0, "{}", case.name);
        for line in case.fields("ask") {
            if let Some(found) = differs(&manifests, line) {
                wrong.push(format!("{}\n  {line}\n  {found}", case.name));
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
