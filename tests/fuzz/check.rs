//! The whole of `check` over broken manifests.

use portcullis::cluster::Knowledge;
use portcullis::config::Config;
use portcullis::finding::{FieldPath, ObjectRef, Report, Severity, printable};
use portcullis::manifest::{Inputs, Location, Place, Set, read};
use portcullis::report::human::{self, Style};
use portcullis::report::{Door, Placed, Summary, json, order};
use portcullis::review::review_set;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use crate::seeds::SEEDS;
use crate::{bytes, cases, shape};

/// Reads, judges, places and writes as `check` does, and holds everything against the contract.
fn check(text: Vec<u8>) {
    let inputs = Inputs {
        stdin: Some(text),
        ..Inputs::default()
    };
    let set = read(&inputs, |_, _| {}).unwrap();
    let mut reports = set.findings().to_vec();
    reports.extend(review_set(&set, &Knowledge::default(), &Config::default()));
    let text = reports
        .first()
        .map(|(_, place)| set.text(*place).to_owned());
    let mut placed: Vec<Placed> = reports
        .into_iter()
        .map(|(report, place)| place_of(&set, report, place))
        .collect();
    order(&mut placed);
    let text = text.unwrap_or_default();
    for placed in &placed {
        is_a_line(&placed.report.finding.message);
        is_a_line(&placed.report.finding.help);
        is_within(placed.location.as_ref().unwrap(), &text);
        placed
            .related
            .iter()
            .flatten()
            .for_each(|at| is_within(at, &text));
    }
    is_readable(&placed, &text);
    is_contract(&placed);
}

/// The first object of the set that a reference leads to is where it is shown.
fn place_of(set: &Set, report: Report, place: Place) -> Placed {
    let place_of = |object: &ObjectRef| {
        let mut objects = set.objects();
        objects.find_map(|(it, place)| (it.meta.reference == *object).then_some(place))
    };
    let related = report.finding.related.iter();
    let related = related
        .map(|related| Some(set.locate(place_of(&related.object)?, &related.field)))
        .collect();
    let whole = FieldPath::default();
    assert!(set.locate(place, &whole).line > 0, "{report:?}");
    Placed {
        location: Some(set.locate(place, &report.finding.field)),
        related,
        report,
    }
}

fn is_a_line(text: &str) {
    assert_eq!(printable(text), text);
}

fn is_within(at: &Location, text: &str) {
    let lines: Vec<&str> = text.split('\n').collect();
    for (line, column) in [(at.line, at.column), (at.end_line, at.end_column)] {
        assert!((1..=lines.len()).contains(&line), "{at:?}");
        let width = lines[line - 1].chars().count();
        assert!((1..=width + 2).contains(&column), "{at:?}, {width} wide");
    }
    assert!(
        (at.line, at.column) <= (at.end_line, at.end_column),
        "{at:?}"
    );
    assert!(text.get(at.span.clone()).is_some(), "{at:?}");
    assert!(text.get(at.document.clone()).is_some(), "{at:?}");
}

/// The report for people has nothing in it that a terminal obeys.
fn is_readable(reports: &[Placed], text: &str) {
    let mut out = Vec::new();
    let style = Style {
        colour: false,
        show: Severity::Notice,
    };
    human::write(&mut out, reports, |_| Some(text), style).unwrap();
    let out = String::from_utf8(out).unwrap();
    let control = out.chars().find(|c| *c != '\n' && c.is_control());
    assert!(control.is_none(), "{out:?}");
    assert_eq!(reports.is_empty(), out.is_empty());
}

/// The report for machines is what CLI.md promises.
fn is_contract(reports: &[Placed]) {
    let mut out = Vec::new();
    let summary = Summary::default().count(reports);
    json::write(&mut out, reports, None, &summary, Door::Check).unwrap();
    let out: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(out["version"], 1);
    let findings = out["findings"].as_array().unwrap();
    assert_eq!(findings.len(), reports.len());
    for finding in findings {
        let severity = finding["severity"].as_str().unwrap();
        assert!(["error", "warning", "notice"].contains(&severity));
        assert!(
            !finding["message"].as_str().unwrap().is_empty(),
            "{finding}"
        );
        for key in ["rule", "field", "help"] {
            assert!(finding[key].is_string(), "{key}: {finding}");
        }
        for key in ["related", "datapaths"] {
            assert!(finding[key].is_array(), "{key}: {finding}");
        }
        let at = &finding["location"];
        let number = |key: &str| at[key].as_u64().unwrap();
        assert!((number("line"), number("column")) <= (number("end_line"), number("end_column")));
        is_object(&finding["object"], finding);
        if !finding["fix"].is_null() {
            is_object(&finding["fix"]["object"], finding);
            assert_eq!(finding["fix"]["patch"][0]["op"], "test", "{finding}");
        }
    }
}

fn is_object(object: &Value, finding: &Value) {
    if object.is_null() {
        return;
    }
    for key in ["apiVersion", "kind", "name"] {
        assert!(object[key].is_string(), "{key}: {finding}");
    }
    let namespace = &object["namespace"];
    assert!(namespace.is_null() || namespace.is_string(), "{finding}");
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn manifests_broken_byte_by_byte_are_reviewed_or_reported(
        seed in any::<Index>(),
        mutations in prop::collection::vec(bytes::mutation(), 1..6),
    ) {
        let mut text = seed.get(&SEEDS).text.clone().into_bytes();
        for mutation in &mutations {
            bytes::apply(&mut text, mutation);
        }
        check(text);
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn manifests_broken_in_structure_are_reviewed_or_reported(
        seed in any::<Index>(),
        mutations in prop::collection::vec((any::<Index>(), shape::mutation()), 1..5),
        list in any::<bool>(),
    ) {
        let mut documents = seed.get(&SEEDS).documents.clone();
        prop_assume!(!documents.is_empty());
        for (which, mutation) in &mutations {
            let count = documents.len();
            shape::apply(&mut documents[which.index(count)], mutation);
        }
        let texts: Vec<String> = documents.iter().map(shape::written).collect();
        check(if list {
            format!(r#"{{"apiVersion": "v1", "kind": "List", "items": [{}]}}"#, texts.join(","))
        } else {
            texts.join("\n---\n")
        }.into_bytes());
    }
}
