//! The pages and the evidence of the rules on blocked egress, over sets of manifests.

use portcullis::cluster::Knowledge;
use portcullis::config::Config;
use portcullis::finding::{Datapath, Platform, Report};
use portcullis::manifest::{Inputs, read};
use portcullis::review::review_set;

/// What one rule says of a set of manifests.
fn reports(rule: &str, manifests: &str, knowledge: Knowledge) -> Vec<Report> {
    let inputs = Inputs {
        stdin: Some(manifests.as_bytes().to_vec()),
        ..Inputs::default()
    };
    let set = read(&inputs, |_, _| {}).unwrap();
    let config = Config {
        only: vec![rule.to_owned()],
        ..Config::default()
    };
    let reports = review_set(&set, &knowledge, &config);
    reports.into_iter().map(|(report, _)| report).collect()
}

/// The same, as the pages write it.
fn lines(rule: &str, manifests: &str, knowledge: Knowledge) -> Vec<String> {
    let reports = reports(rule, manifests, knowledge);
    let mut lines: Vec<String> = reports
        .iter()
        .filter(|report| report.rule == rule)
        .map(|report| {
            let object = report.object.as_ref().unwrap();
            let namespace = object.namespace.as_ref().map(|ns| format!("{ns}/"));
            let (kind, name) = (&object.kind, &object.name);
            let finding = &report.finding;
            let namespace = namespace.unwrap_or_default();
            let (severity, field) = (finding.severity, &finding.field);
            format!(
                "{severity} {kind}/{namespace}{name} {field}: {}",
                finding.message
            )
        })
        .collect();
    lines.sort();
    lines
}

/// Runs every block of a page.
fn run(rule: &str) {
    let page = portcullis::rules::find(rule).unwrap().page;
    let mut blocks = page.split("\n```").skip(1).step_by(2).peekable();
    let mut run = 0;
    while let Some(block) = blocks.next() {
        let (info, text) = block.split_once('\n').unwrap();
        let option = |key: &str| {
            let found = info
                .split_whitespace()
                .find_map(|word| word.strip_prefix(key));
            found.map(str::to_owned)
        };
        let knowledge = Knowledge {
            datapath: option("datapath=").map(|word| {
                let all = Datapath::ENFORCING.into_iter().chain([Datapath::None]);
                all.into_iter().find(|it| it.as_str() == word).unwrap()
            }),
            platform: option("platform=").map(|word| {
                Platform::ALL
                    .into_iter()
                    .find(|it| it.as_str() == word)
                    .unwrap()
            }),
        };
        let expected: Vec<&str> = match info.split_whitespace().nth(1) {
            Some("bad") => {
                let findings = blocks.next().unwrap();
                findings
                    .lines()
                    .skip(1)
                    .filter(|line| !line.is_empty())
                    .collect()
            }
            _ => Vec::new(),
        };
        assert_eq!(lines(rule, text, knowledge), expected, "{info}\n{text}");
        run += 1;
    }
    assert!(run > 5, "{run} blocks");
}

#[test]
fn the_page_on_the_api_server_says_what_the_rule_finds() {
    run("api-server-egress-blocked");
}

#[test]
fn the_page_on_dns_says_what_the_rule_finds() {
    run("dns-egress-blocked");
}
