//! Portcullis stops Kubernetes networking mistakes before they ship.
//!
//! The order of the `mod` lines below is the layer order: a module imports only from modules
//! named before it. `tests/layers.rs` reads this file and enforces it.

pub mod text;
pub mod finding;
pub mod labels;
pub mod policy;
pub mod object;
pub mod manifest;
pub mod cluster;
pub mod snapshot;
pub mod reach;
pub mod rules;
pub mod config;
pub mod review;
pub mod query;
pub mod flows;
pub mod report;
pub mod metrics;
pub mod reload;
pub mod certs;
pub mod watch;
pub mod webhook;
pub mod cli;
