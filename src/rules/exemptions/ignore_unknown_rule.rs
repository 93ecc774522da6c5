//! `ignore-unknown-rule`: an exemption names a rule that does not exist.

use crate::cluster::View;
use crate::finding::{FieldPath, Finding, Mend, Severity};
use crate::labels::near_name;
use crate::object::{IGNORE, Meta};
use crate::rules::{self, Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "ignore-unknown-rule",
    page: include_str!("ignore_unknown_rule.md"),
    check: Check::Meta(check),
    gathers: "",
};

fn check(meta: &Meta, _: View<'_>) -> Vec<Finding> {
    let Some(ignore) = meta.ignore() else {
        return Vec::new();
    };
    let at = FieldPath::of("metadata.annotations").key(IGNORE);
    if ignore.rules.is_empty() {
        let finding = Finding::new(
            Severity::Warning,
            at,
            "names no rule, so it ignores nothing",
        );
        return vec![finding.help("name the rules, separated by commas")];
    }
    let written = meta.annotations.get(IGNORE).unwrap_or_default();
    let of_name = |name: &&str| {
        let (finding, meant) = unknown(name, at.clone())?;
        let mend = meant
            .filter(|_| written.matches(name).count() == 1)
            .map(|meant| {
                Mend::of(meta.reference.clone())
                    .test(&at, written)
                    .replace(&at, written.replacen(name, meant, 1))
            });
        Some(finding.mend(mend))
    };
    ignore.rules.iter().filter_map(of_name).collect()
}

/// The finding about a name that no rule has, and the rule that was meant, where one is near.
pub(crate) fn unknown(name: &str, at: FieldPath) -> Option<(Finding, Option<&'static str>)> {
    if rules::find(name).is_some() {
        return None;
    }
    let meant = near_name(name, rules::all().iter().map(|rule| rule.id));
    let help = match meant {
        Some(meant) => format!("did you mean {meant}?"),
        None => "portcullis explain lists the rules".to_owned(),
    };
    let message = format!("ignores {name}, but there is no such rule");
    let finding = Finding::new(Severity::Warning, at, message);
    Some((finding.help(help).culprit(name), meant))
}
