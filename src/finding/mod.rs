//! What a rule says - Finding, Severity, FieldPath, Mend.
