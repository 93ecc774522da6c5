//! The JSON of `flow -o json`: a contract that other programs parse.

use serde::Serialize;

use super::{Decided, Told};
use crate::finding::Datapath;
use crate::query::Side;
use crate::report::json::{At, Fix, fix, location};

/// An answer as JSON has it.
#[derive(Debug, Serialize)]
pub struct Flow<'a> {
    from: &'a str,
    to: &'a str,
    port: &'a str,
    datapath: Option<&'static str>,
    #[serde(flatten)]
    verdict: Verdict<'a>,
}

/// A verdict as JSON has it, and what decided each side.
#[derive(Debug, Serialize)]
pub struct Verdict<'a> {
    #[serde(rename = "verdict")]
    says: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    egress: End<'a>,
    ingress: End<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Vec<Fix<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct End<'a> {
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    by: Option<By<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct By<'a> {
    kind: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
    field: String,
    rule: Option<usize>,
    api_version: &'a str,
    location: Option<At<'a>>,
}

impl<'a> From<&'a Told<'a>> for Flow<'a> {
    fn from(told: &'a Told<'a>) -> Self {
        let answered = &told.answered;
        Self {
            from: &answered.from,
            to: &answered.to,
            port: &answered.port,
            datapath: answered.datapath.map(Datapath::as_str),
            verdict: told.into(),
        }
    }
}

impl Flow<'_> {
    /// The same without what would let it pass, where nobody looked for that.
    #[must_use]
    pub fn without_fix(mut self) -> Self {
        self.verdict.fix = None;
        self
    }
}

impl Verdict<'_> {
    /// The same without what would let it pass, where nobody looked for that.
    #[must_use]
    pub fn without_fix(mut self) -> Self {
        self.fix = None;
        self
    }
}

impl<'a> From<&'a Told<'a>> for Verdict<'a> {
    fn from(told: &'a Told<'a>) -> Self {
        let answered = &told.answered;
        let answer = &answered.answer;
        Self {
            says: answer.says.as_str(),
            because: answer.says.because(),
            egress: end(&answer.egress, told.egress.as_ref()),
            ingress: end(&answer.ingress, told.ingress.as_ref()),
            fix: Some(answered.fix.mends.iter().map(fix).collect()),
            help: answered.fix.note.as_deref(),
        }
    }
}

fn end<'a>(side: &'a Side<'a>, decided: Option<&'a Decided<'a>>) -> End<'a> {
    End {
        verdict: side.says.as_str(),
        because: side.says.because(),
        by: decided.map(by),
    }
}

fn by<'a>(decided: &'a Decided<'a>) -> By<'a> {
    let policy = decided.by.object();
    By {
        kind: &policy.kind,
        namespace: policy.namespace.as_deref(),
        name: &policy.name,
        field: decided.by.field.to_string(),
        rule: decided.by.rule,
        api_version: &policy.api_version,
        location: decided.location.as_ref().map(location),
    }
}
