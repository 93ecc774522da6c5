//! Exemptions: what somebody asked not to be told, and what asks in vain.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cluster::{Known, View};
use crate::config::Config;
use crate::finding::{Exempted, Exemption, FieldPath, Finding, ObjectRef, Report, Severity};
use crate::object::{Body, IGNORE, IGNORE_UNTIL, Ignore, Key, Kind, Meta, Object, Until, row_of};
use crate::rules;

/// The rule about an exemption that exempts from nothing.
const UNUSED: &str = "ignore-unused";

/// Which exemptions had something to leave out, and of which rule.
pub(super) type Used = BTreeSet<(Exemption, &'static str)>;

/// The exemptions that an object is under.
#[derive(Debug, Default)]
pub(super) struct Exemptions<'a> {
    /// Its own, and its namespace's.
    asking: Vec<(Ignore<'a>, &'a ObjectRef)>,
}

impl<'a> Exemptions<'a> {
    /// Those of an object and of its namespace, if that is in view.
    pub(super) fn of(meta: &'a Meta, namespace: Option<&'a Meta>) -> Self {
        let asking = [Some(meta), namespace].into_iter().flatten();
        Self {
            asking: asking
                .filter_map(|meta| Some((meta.ignore()?, &meta.reference)))
                .collect(),
        }
    }

    /// Those of an object in a View.
    pub(super) fn in_view(meta: &'a Meta, view: View<'a>) -> Self {
        let namespace = (!meta.namespace().is_empty())
            .then(|| view.object_of(&Key::new(Kind::Namespace, "", meta.namespace())));
        Self::of(meta, namespace.flatten().map(|object| &object.meta))
    }

    /// Marks a report that somebody asked not to be told.
    pub(super) fn mark(&self, report: &mut Report) {
        let mut asking = self.asking.iter();
        if let Some((ignore, by)) = asking.find(|(it, _)| it.covers(report.rule, today)) {
            report.finding.exempted = Some(Box::new(Exempted {
                by: Exemption::Annotation((*by).clone()),
                reason: ignore.reason.to_owned(),
            }));
        }
    }
}

/// The exemptions that reports were left out by.
pub(super) fn used<'r>(reports: impl IntoIterator<Item = &'r Report>) -> Used {
    let by = |report: &Report| Some((report.finding.exempted.as_ref()?.by.clone(), report.rule));
    reports.into_iter().filter_map(by).collect()
}

/// What an object's annotation asks in vain, where all that is known let the rules speak.
pub(super) fn unused(
    object: &Object,
    omitted: &str,
    used: &Used,
    view: View<'_>,
    config: &Config,
) -> Vec<Report> {
    let meta = &object.meta;
    let Some(ignore) = meta.ignore().filter(|_| config.enabled(UNUSED)) else {
        return Vec::new();
    };
    // Controllers copy the annotations of what they were made of.
    let owned = matches!(object.body, Body::Workload(_)) && meta.owner.is_some();
    if owned || meta.deleting || !lets_speak(meta, omitted, view) {
        return Vec::new();
    }
    let by = Exemption::Annotation(meta.reference.clone());
    let at = FieldPath::of("metadata.annotations");
    let findings = match ignore.until {
        Until::Day(last) if !ignore.until.holds(today) => {
            let message = format!("ended on {last}: what it left out is told again");
            let finding = Finding::new(Severity::Notice, at.key(IGNORE_UNTIL), message).help(
                format!("mend what is told, set a later day, or remove {IGNORE}"),
            );
            vec![finding]
        }
        Until::Unreadable(_) => Vec::new(),
        Until::Ever | Until::Day(_) => in_vain(&ignore.rules, &by, used, config)
            .map(|rule| nothing(rule, at.key(IGNORE)))
            .collect(),
    };
    let report = |finding| about(Some(meta.reference.clone()), finding, config);
    findings.into_iter().map(report).collect()
}

/// What a comment asks in vain.
pub(super) fn unused_comment(
    rules: &[String],
    by: &Exemption,
    used: &Used,
    config: &Config,
) -> Vec<Report> {
    if !config.enabled(UNUSED) {
        return Vec::new();
    }
    let named: Vec<&str> = rules.iter().map(String::as_str).collect();
    in_vain(&named, by, used, config)
        .map(|rule| about(None, nothing(rule, FieldPath::default()), config))
        .collect()
}

/// Whether enough is known around an object that its rules could have spoken; `omitted` is the
/// namespace of what names none.
pub(super) fn lets_speak(meta: &Meta, omitted: &str, view: View<'_>) -> bool {
    let namespace = match (meta.kind, &meta.reference.namespace) {
        (Kind::Namespace, _) => meta.name(),
        (kind, _) if row_of(kind).is_some_and(|row| !row.namespaced) => return true,
        (_, Some(namespace)) => namespace,
        (_, None) => omitted,
    };
    view.workloads_known(namespace) != Known::Unknown
}

/// Those of the rules named that exist and are asked, but had nothing to leave out.
fn in_vain(
    named: &[&str],
    by: &Exemption,
    used: &Used,
    config: &Config,
) -> impl Iterator<Item = &'static str> + use<> {
    let asked: BTreeSet<&'static str> = named
        .iter()
        .filter_map(|name| Some(rules::find(name)?.id))
        .filter(|rule| config.enabled(rule) && !used.contains(&(by.clone(), *rule)))
        .collect();
    asked.into_iter()
}

fn nothing(rule: &str, at: FieldPath) -> Finding {
    Finding::new(
        Severity::Notice,
        at,
        format!("ignores {rule}, which has nothing to report here"),
    )
    .help("remove it")
    .culprit(rule)
}

fn about(object: Option<ObjectRef>, finding: Finding, config: &Config) -> Report {
    Report {
        rule: UNUSED,
        object,
        finding: Finding {
            severity: config.severity_of(UNUSED, finding.severity),
            ..finding
        },
        caused_by: None,
    }
}

/// The day that it is, in UTC.
fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}
