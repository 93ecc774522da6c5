//! Everything that is wrong with a set of manifests, and what somebody asked not to be told.

use std::collections::BTreeMap;

use super::exempt::{self, Exemptions};
use super::set::{applied, reviewed};
use crate::cluster::{Knowledge, Store, View};
use crate::config::Config;
use crate::finding::{Exempted, Exemption, FieldPath, Finding, ObjectRef, Report};
use crate::manifest::{Comment, Place, Set};
use crate::object::{Key, Kind, Meta};
use crate::rules;

/// The rule about names that no rule has.
const UNKNOWN_RULE: &str = "ignore-unknown-rule";

/// Everything wrong with a set, by itself or laid over a cluster: with its manifests as they are
/// read, and with what they say. What somebody asked not to be told is among it, and marked.
pub fn check(
    set: &Set,
    cluster: Option<&Store>,
    knowledge: &Knowledge,
    config: &Config,
) -> Vec<(Report, Place)> {
    let mut reports = of_reading(set, cluster, config);
    reports.extend(reviewed(set, cluster, *knowledge, config));
    heed_comments(set, &mut reports);
    let asks = set
        .objects()
        .any(|(object, _)| object.meta.ignore().is_some());
    if asks || !set.comments().is_empty() {
        let vain = in_vain(set, cluster, &reports, *knowledge, config);
        reports.extend(vain);
    }
    reports
}

/// What was wrong with the manifests as they were read.
fn of_reading(set: &Set, cluster: Option<&Store>, config: &Config) -> Vec<(Report, Place)> {
    let found = set.findings().iter();
    let asked = found.filter(|(report, _)| config.enabled(report.rule));
    let mut reports: Vec<(Report, Place)> = asked.cloned().collect();
    if reports.is_empty() {
        return reports;
    }
    let objects = set.objects();
    let by_reference: BTreeMap<&ObjectRef, &Meta> = objects
        .map(|(object, _)| (&object.meta.reference, &object.meta))
        .collect();
    let namespaces: BTreeMap<&str, &Meta> = set
        .objects()
        .filter(|(object, _)| object.meta.kind == Kind::Namespace)
        .map(|(object, _)| (object.meta.name(), &object.meta))
        .collect();
    for (report, _) in &mut reports {
        let severity = report.finding.severity;
        report.finding.severity = config.severity_of(report.rule, severity);
        let Some(meta) = report.object.as_ref().and_then(|it| by_reference.get(it)) else {
            continue;
        };
        let there = || {
            let key = Key::new(Kind::Namespace, "", meta.namespace());
            cluster?.get(&key).map(|object| &object.meta)
        };
        let namespace = namespaces.get(meta.namespace()).copied().or_else(there);
        Exemptions::of(meta, namespace).mark(report);
    }
    reports
}

/// Marks what comments ask to leave out: what stands in the line that they are about, unless its
/// cause alone stands there.
fn heed_comments(set: &Set, reports: &mut [(Report, Place)]) {
    let comments = set.comments();
    if comments.is_empty() {
        return;
    }
    let wanted: Vec<(Place, FieldPath)> = reports
        .iter()
        .map(|(report, place)| (*place, report.finding.field.clone()))
        .collect();
    let wanted: Vec<(Place, &FieldPath)> = wanted.iter().map(|(at, it)| (*at, it)).collect();
    let places = set.locate_all(&wanted);
    for ((report, _), at) in reports.iter_mut().zip(places) {
        let unheard = report.finding.exempted.is_none() && report.caused_by.is_none();
        let asks = |comment: &&Comment| {
            comment.covers == at.line
                && comment.rules.iter().any(|rule| rule == report.rule)
                && set.file(comment.place) == at.file
        };
        if let Some(comment) = comments.iter().find(asks).filter(|_| unheard) {
            report.finding.exempted = Some(Box::new(Exempted {
                by: exemption(set, comment),
                reason: comment.reason.clone(),
            }));
        }
    }
}

fn exemption(set: &Set, comment: &Comment) -> Exemption {
    Exemption::Comment {
        file: set.file(comment.place).to_owned(),
        line: comment.line,
    }
}

/// What asks to leave out what is not there, or by a name that no rule has.
fn in_vain(
    set: &Set,
    cluster: Option<&Store>,
    reports: &[(Report, Place)],
    knowledge: Knowledge,
    config: &Config,
) -> Vec<(Report, Place)> {
    let (store, omitted) = applied(set, cluster);
    let omitted = omitted.as_deref().unwrap_or_default();
    let view = View::new(&store, &knowledge);
    let used = exempt::used(reports.iter().map(|(report, _)| report));
    let mut vain = Vec::new();
    for (object, place) in set.objects() {
        // What is in the cluster's namespace beside the set is not judged here.
        if object.meta.kind != Kind::Namespace || cluster.is_none() {
            let unused = exempt::unused(object, omitted, &used, view, config);
            vain.extend(unused.into_iter().map(|report| (report, place)));
        }
    }
    for comment in set.comments() {
        let by = exemption(set, comment);
        let mut around = set.beside(comment.place);
        if around.all(|meta| exempt::lets_speak(meta, omitted, view)) {
            let unused = exempt::unused_comment(&comment.rules, &by, &used, config);
            vain.extend(unused.into_iter().map(|report| (report, comment.place)));
        }
        vain.extend(unknown(comment, config));
    }
    vain
}

/// The names in a comment that no rule has.
fn unknown(comment: &Comment, config: &Config) -> Vec<(Report, Place)> {
    if !config.enabled(UNKNOWN_RULE) {
        return Vec::new();
    }
    let findings = comment.rules.iter().filter_map(|name| {
        let (finding, _) = rules::unknown(name, FieldPath::default())?;
        Some(Finding {
            severity: config.severity_of(UNKNOWN_RULE, finding.severity),
            ..finding
        })
    });
    let report = |finding| Report {
        rule: UNKNOWN_RULE,
        object: None,
        finding,
        caused_by: None,
    };
    findings
        .map(|finding| (report(finding), comment.place))
        .collect()
}
