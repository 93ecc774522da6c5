//! Patches: each is applied to the manifests, and then the question is asked again.

use portcullis::finding::Mend;
use portcullis::query::{Answered, Says};

use super::world::{WORLD, Words, ask, cases, policies};
use crate::manifests::{is, values};

/// Manifests with patches applied, as the API server would apply them.
fn patched(manifests: &str, mends: &[Mend]) -> String {
    let mut documents = values(manifests);
    for mend in mends {
        let mut all = documents.iter_mut();
        let document = all.find(|it| is(it, &mend.object)).unwrap();
        json_patch::patch(document, &mend.patch).unwrap();
    }
    let texts: Vec<String> = documents.iter().map(ToString::to_string).collect();
    texts.join("\n---\n")
}

#[test]
fn patches_are_what_the_table_says_and_let_it_pass() {
    let cases = cases(include_str!("patches.txt"));
    let mut wrong = Vec::new();
    for case in &cases {
        let manifests = format!("{WORLD}{}", policies(case));
        for line in case.fields("patch") {
            if let Some(found) = differs(&manifests, line) {
                wrong.push(format!("{}\n  {line}\n  {found}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is offered, where that is not what a line of the table says, or does not help.
fn differs(manifests: &str, line: &str) -> Option<String> {
    let (words, expected) = line.split_once(" = ").or_else(|| line.split_once(" ! "))?;
    let words = Words::parse(words);
    let (names, note) = match expected.split_once(" | ") {
        Some((names, note)) => (names, Some(note)),
        None if !line.contains(" = ") => ("", Some(expected)),
        None => (expected, None),
    };
    let mends = ask(manifests, &words, |answered| {
        let Answered { answer, fix, .. } = answered.unwrap();
        let found: Vec<&str> = fix.mends.iter().map(|mend| &*mend.object.name).collect();
        if answer.says == Says::Allowed || found.join(" ") != names || fix.note.as_deref() != note {
            return Err(format!("{} {found:?} {:?}", answer.says.as_str(), fix.note));
        }
        Ok(fix.mends)
    });
    let mends = match mends {
        Ok(mends) if mends.is_empty() => return None,
        Ok(mends) => mends,
        Err(found) => return Some(found),
    };
    let after = patched(manifests, &mends);
    ask(&after, &words, |answered| {
        let answer = answered.unwrap().answer;
        let says = (answer.says != Says::Allowed).then(|| format!("then {:?}", answer.says));
        let patches: Vec<_> = mends.iter().map(|it| &it.patch).collect();
        says.map(|it| format!("{it}: {}", serde_json::to_string(&patches).unwrap()))
    })
}
