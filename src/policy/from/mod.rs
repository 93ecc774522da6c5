//! The dialects: the only place that knows one from another.

pub mod calico;
mod lenient;
pub mod networking_v1;
mod selector;
mod word;
