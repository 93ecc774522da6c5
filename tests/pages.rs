//! Every rule's page is its test: what it calls bad is found, what it calls good is not, and what
//! it mends stays mended.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod support;

use std::collections::BTreeSet;

use json_patch::PatchOperation;
use portcullis::finding::Report;
use portcullis::rules::{self, Check, Rule};
use support::manifests::{Setting, found, line, mended};

/// One example of a page.
#[derive(Debug)]
struct Example {
    bad: bool,
    setting: Setting,
    line: usize,
    manifests: String,
    findings: Option<String>,
}

/// The fenced blocks of a page: their info string, their first line's number, and their text.
fn blocks(page: &str) -> Vec<(&str, usize, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let body: Vec<&str> = lines
                .by_ref()
                .map(|(_, line)| line)
                .take_while(|line| *line != "```")
                .collect();
            blocks.push((info, at + 2, body.join("\n")));
        }
    }
    blocks
}

fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    for (info, line, text) in blocks(page) {
        let mut words = info.split_whitespace();
        match (words.next(), words.next()) {
            (Some("yaml"), Some(word @ ("bad" | "good"))) => examples.push(Example {
                bad: word == "bad",
                setting: Setting::parse(words),
                line,
                manifests: text,
                findings: None,
            }),
            (Some("findings"), None) => {
                examples
                    .last_mut()
                    .expect("an example before its findings")
                    .findings = Some(text);
            }
            _ => {}
        }
    }
    examples
}

/// What one rule finds in an example, a line each.
fn lines_of(rule: &Rule, reports: &[Report]) -> Vec<String> {
    let mut lines: Vec<String> = reports
        .iter()
        .filter(|report| report.rule == rule.id)
        .map(line)
        .collect();
    lines.sort();
    lines
}

/// A page's line: `warning Deployment/shop/web …` may name the namespace, and need not.
fn without_namespace(line: &str) -> String {
    let mut words: Vec<&str> = line.splitn(3, ' ').collect();
    let object = words.get(1).copied().unwrap_or_default().to_owned();
    let parts: Vec<&str> = object.split('/').collect();
    let short = match parts.as_slice() {
        [kind, _, name] => format!("{kind}/{name}"),
        _ => object.clone(),
    };
    if let Some(word) = words.get_mut(1) {
        *word = &short;
    }
    words.join(" ")
}

/// What is wrong with one example: nothing, if the page is right.
fn failures(rule: &Rule, example: &Example) -> Vec<String> {
    let reports = found(&example.manifests, example.setting);
    let place = format!("{}.md:{}", rule.id, example.line);
    let actual = lines_of(rule, &reports);
    let mut expected: Vec<String> = example
        .findings
        .iter()
        .flat_map(|findings| findings.lines().map(without_namespace))
        .collect();
    expected.sort();
    let mut failures = Vec::new();
    if actual != expected {
        failures.push(format!(
            "{place}\n  the page says:\n    {}\n  found:\n    {}",
            expected.join("\n    "),
            actual.join("\n    ")
        ));
    }
    failures.extend(
        reports
            .iter()
            .filter_map(|report| unmended(report, &reports, example))
            .map(|failure| format!("{place}\n  {failure}")),
    );
    failures
}

/// Why the mend of a finding is none, if it is none: it does not go away, or something new comes.
fn unmended(report: &Report, before: &[Report], example: &Example) -> Option<String> {
    let mended = mended(&example.manifests, report)?;
    let identity = |report: &Report| (report.rule, line(report));
    let after: BTreeSet<_> = found(&mended, example.setting)
        .iter()
        .map(identity)
        .collect();
    if after.contains(&identity(report)) {
        return Some(format!("still there after its mend: {}", line(report)));
    }
    let before: BTreeSet<_> = before.iter().map(identity).collect();
    let new = after.difference(&before).next()?;
    Some(format!("the mend of {} brings {new:?}", line(report)))
}

#[test]
fn every_page_finds_what_it_says_and_nothing_else() {
    let failures: Vec<String> = rules::all()
        .iter()
        .flat_map(|rule| {
            examples(rule.page)
                .iter()
                .flat_map(|example| failures(rule, example))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n\n"));
}

/// The rules whose findings carry a mend, at least where the example is plain.
const MENDING: [&str; 18] = [
    "api-server-egress-blocked",
    "callback-port-not-found",
    "callback-service-not-found",
    "dns-egress-blocked",
    "ignore-unknown-rule",
    "policy-isolates-by-accident",
    "policy-peer-matches-nothing",
    "policy-section-ignored",
    "policy-selects-nothing",
    "policy-uses-service-port",
    "probe-port-name-not-found",
    "route-backend-not-found",
    "route-backend-port-not-found",
    "service-account-not-found",
    "service-reference-broken",
    "service-selects-nothing",
    "target-port-name-not-found",
    "target-port-not-declared",
];

#[test]
fn every_rule_that_mends_shows_it_on_its_page_and_every_mend_tests_first() {
    let mut mending = BTreeSet::new();
    for rule in rules::all() {
        for example in examples(rule.page) {
            let reports = found(&example.manifests, example.setting);
            for report in reports.iter().filter(|report| report.rule == rule.id) {
                let Some(mend) = &report.finding.mend else {
                    continue;
                };
                mending.insert(rule.id);
                let is_test = |step: &PatchOperation| matches!(step, PatchOperation::Test(_));
                let tests = mend.patch.iter().take_while(|step| is_test(step)).count();
                let place = format!("{}.md:{}", rule.id, example.line);
                assert!(tests > 0, "{place}: {:?}", mend.patch);
                assert!(mend.patch.len() > tests, "{place}: {:?}", mend.patch);
            }
        }
    }
    assert_eq!(mending, BTreeSet::from(MENDING));
}

#[test]
fn every_page_has_its_parts() {
    for rule in rules::all() {
        let page = rule.page;
        assert!(
            page.starts_with(&format!("# {}\n", rule.id)),
            "{}: title",
            rule.id
        );
        let sentence = page.lines().nth(2).unwrap_or_default();
        assert!(
            sentence.ends_with('.'),
            "{}: a sentence below the title",
            rule.id
        );
        for part in [
            "Why it matters",
            "Example",
            "How to mend",
            "What it does not report",
        ] {
            assert!(
                page.contains(&format!("\n## {part}\n")),
                "{}: ## {part}",
                rule.id
            );
        }
        let examples = examples(page);
        assert!(
            examples.iter().any(|example| example.bad),
            "{}: a bad example",
            rule.id
        );
        assert!(
            examples.iter().any(|example| !example.bad),
            "{}: a good example",
            rule.id
        );
        for example in examples.iter().filter(|example| example.bad) {
            assert!(
                example.findings.is_some(),
                "{}.md:{}: a bad example without findings",
                rule.id,
                example.line
            );
        }
    }
}

#[test]
fn every_finding_of_a_page_reads_as_a_line() {
    for rule in rules::all() {
        for example in examples(rule.page) {
            for report in found(&example.manifests, example.setting) {
                let finding = &report.finding;
                let start = finding.message.chars().next().unwrap_or('A');
                assert!(
                    !start.is_uppercase(),
                    "{}: {}",
                    report.rule,
                    finding.message
                );
                assert!(!finding.message.ends_with('.'), "{}", finding.message);
                assert!(!finding.message.contains('\n'), "{}", finding.message);
                if !matches!(rule.check, Check::Manifest) {
                    let named = finding.message.chars().count() + 40;
                    assert!(named <= 240, "{}: {}", report.rule, finding.message);
                }
            }
        }
    }
}
