//! `ignore-until-invalid`: an exemption ends on a day that nobody can read.

use crate::cluster::View;
use crate::finding::{FieldPath, Finding, Severity};
use crate::object::{IGNORE_UNTIL, Meta, Until};
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "ignore-until-invalid",
    page: include_str!("ignore_until_invalid.md"),
    check: Check::Meta(check),
    gathers: "",
};

fn check(meta: &Meta, _: View<'_>) -> Vec<Finding> {
    let Some(Until::Unreadable(written)) = meta.ignore().map(|ignore| ignore.until) else {
        return Vec::new();
    };
    let at = FieldPath::of("metadata.annotations").key(IGNORE_UNTIL);
    let message = format!("{written:?} is no date, so nothing is ignored");
    vec![Finding::new(Severity::Warning, at, message).help("write the last day as 2027-01-31")]
}
