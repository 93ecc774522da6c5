//! The dialects: the only place that knows one from another.

mod lenient;
pub mod networking_v1;
mod selector;
mod word;
