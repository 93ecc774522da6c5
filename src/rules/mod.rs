//! The rules, one a file, one page a rule.
