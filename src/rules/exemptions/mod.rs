//! What is wrong with requests to leave findings out.

mod ignore_unknown_rule;
mod ignore_until_invalid;

pub(crate) use ignore_unknown_rule::unknown;

use super::{Check, Rule};

pub(super) const RULES: [Rule; 3] = [
    ignore_unknown_rule::RULE,
    ignore_until_invalid::RULE,
    Rule {
        id: "ignore-unused",
        page: include_str!("ignore_unused.md"),
        // Found when every other rule has spoken.
        check: Check::Manifest,
        gathers: "",
    },
];
