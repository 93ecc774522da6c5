//! The normal form of every network-policy dialect.
