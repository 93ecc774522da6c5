//! Manifests in tests: what is found in a text, as `check` finds it or as in a live cluster.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up fails"
)]

use portcullis::cluster::Knowledge;
use portcullis::config::Config;
use portcullis::finding::{Datapath, ObjectRef, Platform, Report};
use portcullis::manifest::{Inputs, read};
use portcullis::review::{audit, check, cluster_of};
use portcullis::text;
use serde_json::Value;

/// How much is known beside the manifests.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Setting {
    knowledge: Knowledge,
    complete: bool,
}

impl Setting {
    /// The options of a fence: `datapath=endpoint platform=kubeadm coverage=all`.
    pub(crate) fn parse<'a>(options: impl IntoIterator<Item = &'a str>) -> Self {
        let mut setting = Self::default();
        for option in options {
            match option.split_once('=') {
                Some(("datapath", word)) => {
                    let all = Datapath::ENFORCING.into_iter().chain([Datapath::None]);
                    let found = all.into_iter().find(|it| it.as_str() == word);
                    setting.knowledge.datapath = Some(found.expect("a datapath"));
                }
                Some(("platform", word)) => {
                    let found = Platform::ALL.into_iter().find(|it| it.as_str() == word);
                    setting.knowledge.platform = Some(found.expect("a platform"));
                }
                Some(("coverage", "all")) => setting.complete = true,
                _ => panic!("unknown option {option}"),
            }
        }
        setting
    }
}

/// Everything that is found in manifests.
pub(crate) fn found(manifests: &str, setting: Setting) -> Vec<Report> {
    let inputs = Inputs {
        stdin: Some(manifests.as_bytes().to_vec()),
        ..Inputs::default()
    };
    found_in(&inputs, setting)
}

/// Everything that is found in inputs.
pub(crate) fn found_in(inputs: &Inputs, setting: Setting) -> Vec<Report> {
    let set = read(inputs, |_, _| {}).expect("the inputs are there");
    let config = Config::default();
    if setting.complete {
        let of_reading = set.findings().iter().map(|(report, _)| report.clone());
        let audited = audit(&cluster_of(&set), &setting.knowledge, &config).reports;
        return of_reading.chain(audited).collect();
    }
    let checked = check(&set, None, &setting.knowledge, &config);
    let told = checked.into_iter().map(|(report, _)| report);
    told.filter(|report| report.finding.exempted.is_none())
        .collect()
}

/// A finding in a line: `warning Service/web spec.selector: selects no pod: …`.
pub(crate) fn line(report: &Report) -> String {
    let object = report.object.as_ref().map_or_else(
        || "-".to_owned(),
        |object| format!("{}/{}", object.kind, object.name),
    );
    let finding = &report.finding;
    let place = format!("{object} {}", finding.field);
    format!(
        "{} {}: {}",
        finding.severity,
        place.trim_end(),
        finding.message
    )
}

/// The documents of a text, as the API server would get them.
pub(crate) fn values(manifests: &str) -> Vec<Value> {
    text::chunks(manifests)
        .map(|chunk| {
            let document = text::parse(&chunk).expect("a page's manifests parse");
            text::from_node(&document.root).expect("a page's manifests are JSON")
        })
        .collect()
}

/// Documents with the mend of a finding applied; panics where it does not fit.
pub(crate) fn mended(manifests: &str, report: &Report) -> Option<String> {
    let mend = report.finding.mend.as_ref()?;
    let mut documents = values(manifests);
    let document = documents
        .iter_mut()
        .find(|document| is(document, &mend.object))
        .unwrap_or_else(|| panic!("{} is not in the manifests", mend.object));
    json_patch::patch(document, &mend.patch)
        .unwrap_or_else(|error| panic!("the mend does not apply: {error}: {:?}", mend.patch));
    let texts: Vec<String> = documents.iter().map(ToString::to_string).collect();
    Some(texts.join("\n---\n"))
}

/// Whether a document is the object of a reference.
pub(crate) fn is(document: &Value, object: &ObjectRef) -> bool {
    let metadata = &document["metadata"];
    document["kind"] == *object.kind
        && metadata["name"] == *object.name
        && metadata["namespace"].as_str() == object.namespace.as_deref()
}
