//! The dialects: the only place that knows one from another.

pub mod networking_v1;
