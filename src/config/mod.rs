//! Settings from file and flags.
