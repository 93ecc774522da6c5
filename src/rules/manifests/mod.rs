//! What is wrong with manifests themselves, found as they are read.

use super::{Check, Rule};

pub(super) const RULES: [Rule; 5] = [
    page(
        "manifest-unreadable",
        include_str!("manifest_unreadable.md"),
    ),
    page(
        "manifest-duplicate-key",
        include_str!("manifest_duplicate_key.md"),
    ),
    page(
        "manifest-invalid-value",
        include_str!("manifest_invalid_value.md"),
    ),
    page("policy-invalid", include_str!("policy_invalid.md")),
    page("duplicate-object", include_str!("duplicate_object.md")),
];

const fn page(id: &'static str, page: &'static str) -> Rule {
    Rule {
        id,
        page,
        check: Check::Manifest,
        gathers: "",
    }
}
