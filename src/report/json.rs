//! The JSON of `check -o json` and `audit -o json`: a contract that other programs parse.

use std::io;

use json_patch::Patch;
use serde::Serialize;

use crate::finding::{Datapath, Exempted, Exemption, Mend, ObjectRef, Related, Report};
use crate::manifest::Location;

use super::{Door, Placed, Summary};

/// The version of the contract; a field more does not raise it.
const VERSION: u32 = 1;

/// Writes every report, whatever its severity, in the order they have.
pub fn write(
    out: &mut impl io::Write,
    reports: &[Placed],
    ignored: Option<&[Placed]>,
    summary: &Summary,
    door: Door,
) -> Result<(), io::Error> {
    let document = Document {
        version: VERSION,
        summary,
        findings: findings(reports, door),
        ignored: ignored.map(|ignored| findings(ignored, door)),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    summary: &'a Summary,
    findings: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ignored: Option<Vec<Finding<'a>>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: &'static str,
    object: Option<Object<'a>>,
    field: String,
    message: &'a str,
    help: &'a str,
    related: Vec<Place<'a>>,
    datapaths: Vec<&'static str>,
    caused_by: Option<Object<'a>>,
    #[serde(skip_serializing_if = "Where::is_cluster")]
    location: Where<'a>,
    fix: Option<Fix<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ignored: Option<Ignored<'a>>,
}

/// Who asked not to be told, and why.
#[derive(Serialize)]
struct Ignored<'a> {
    by: Option<Object<'a>>,
    comment: Option<Comment<'a>>,
    reason: &'a str,
}

#[derive(Serialize)]
struct Comment<'a> {
    file: &'a str,
    line: usize,
}

impl<'a> From<&'a Exempted> for Ignored<'a> {
    fn from(exempted: &'a Exempted) -> Self {
        let (by, comment) = match &exempted.by {
            Exemption::Annotation(by) => (Some(object(by)), None),
            Exemption::Comment { file, line } => (None, Some(Comment { file, line: *line })),
        };
        Self {
            by,
            comment,
            reason: &exempted.reason,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Object<'a> {
    api_version: &'a str,
    kind: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
}

#[derive(Serialize)]
struct Place<'a> {
    object: Object<'a>,
    field: String,
    note: &'a str,
}

/// Where a finding stands.
#[derive(Serialize)]
#[serde(untagged)]
enum Where<'a> {
    /// In a file, or nowhere in any.
    File(Option<At<'a>>),
    /// In a cluster, which has no files: the field is left out.
    Cluster,
}

impl Where<'_> {
    fn is_cluster(&self) -> bool {
        matches!(self, Self::Cluster)
    }
}

#[derive(Debug, Serialize)]
pub(super) struct At<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Fix<'a> {
    object: Object<'a>,
    patch: &'a Patch,
}

fn findings(reports: &[Placed], door: Door) -> Vec<Finding<'_>> {
    reports.iter().map(|placed| finding(placed, door)).collect()
}

fn finding(placed: &Placed, door: Door) -> Finding<'_> {
    let Report {
        rule,
        object: about,
        finding,
        caused_by,
    } = &placed.report;
    Finding {
        rule,
        severity: finding.severity.as_str(),
        object: about.as_ref().map(object),
        field: finding.field.to_string(),
        message: &finding.message,
        help: &finding.help,
        related: finding.related.iter().map(place).collect(),
        datapaths: finding
            .datapaths
            .iter()
            .map(|d| Datapath::as_str(*d))
            .collect(),
        caused_by: caused_by.as_ref().map(object),
        location: match door {
            Door::Check => Where::File(placed.location.as_ref().map(location)),
            Door::Audit => Where::Cluster,
        },
        fix: finding.mend.as_ref().map(fix),
        ignored: finding.exempted.as_deref().map(Ignored::from),
    }
}

pub(super) fn object(reference: &ObjectRef) -> Object<'_> {
    Object {
        api_version: &reference.api_version,
        kind: &reference.kind,
        namespace: reference.namespace.as_deref(),
        name: &reference.name,
    }
}

/// A mend: the object, and the patch of it.
pub(super) fn fix(mend: &Mend) -> Fix<'_> {
    Fix {
        object: object(&mend.object),
        patch: &mend.patch,
    }
}

fn place(related: &Related) -> Place<'_> {
    Place {
        object: object(&related.object),
        field: related.field.to_string(),
        note: &related.note,
    }
}

pub(super) fn location(location: &Location) -> At<'_> {
    At {
        file: &location.file,
        line: location.line,
        column: location.column,
        end_line: location.end_line,
        end_column: location.end_column,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{order, sample};

    fn written(reports: &[Placed]) -> String {
        let summary = Summary {
            files: 2,
            documents: 4,
            objects: 3,
            ..Summary::default()
        };
        let mut out = Vec::new();
        write(
            &mut out,
            reports,
            None,
            &summary.count(reports),
            Door::Check,
        )
        .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_report_is_written_as_the_contract_says() {
        let mut reports = sample::reports();
        order(&mut reports);
        insta::assert_snapshot!(written(&reports));
    }

    #[test]
    fn nothing_found_is_an_empty_list() {
        let json: serde_json::Value = serde_json::from_str(&written(&[])).unwrap();
        assert_eq!(json["findings"], serde_json::json!([]));
        assert_eq!(json["version"], 1);
        assert_eq!(json["summary"]["objects"], 3);
    }
}
