//! `policy-section-ignored`: a policy has rules on a direction that its types leave out.

use crate::cluster::View;
use crate::finding::{FieldPath, Finding, Mend, Segment, Severity};
use crate::object::{Kind, Of};
use crate::policy::{Ignored, Policy};
use crate::rules::{Check, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "policy-section-ignored",
    page: include_str!("policy_section_ignored.md"),
    check: Check::Policy(check),
    gathers: "",
};

fn check(policy: Of<'_, Policy>, _: View<'_>) -> Vec<Finding> {
    let field = match policy.meta.kind {
        Kind::CalicoNetworkPolicy | Kind::GlobalNetworkPolicy => "types",
        _ => "policyTypes",
    };
    let types = policy.at.join(field);
    let mut problems = policy.meta.problems.iter();
    // A type that is none has been told, and is the one that is missing.
    if problems.any(|problem| problem.field.segments().starts_with(types.segments())) {
        return Vec::new();
    }
    let ignored = policy.ignored.iter();
    ignored
        .filter_map(|section| finding(policy, section, (field, &types)))
        .collect()
}

fn finding(
    policy: Of<'_, Policy>,
    section: &Ignored,
    (field, types): (&str, &FieldPath),
) -> Option<Finding> {
    let Some(Segment::Key(name)) = section.at.segments().last() else {
        return None;
    };
    let (missing, listed) = match &**name {
        "egress" => ("Egress", "Ingress"),
        _ => ("Ingress", "Egress"),
    };
    let message = format!("has no effect: {field} does not list {missing}");
    let help = format!("add {missing} to {field}, or remove the rules");
    if section.open {
        // Nothing is stopped without it, unless another policy does.
        return Some(Finding::new(Severity::Notice, section.at.clone(), message).help(help));
    }
    let mend = Mend::of(policy.meta.reference.clone())
        .test(&types.index(0), listed)
        .add(&types.key("-"), missing);
    let finding = Finding::new(Severity::Warning, section.at.clone(), message).help(help);
    Some(finding.mend(Some(mend)))
}
