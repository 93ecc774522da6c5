//! A real control plane for tests, and Portcullis in front of it.

pub(crate) mod case;
pub(crate) mod gate;
pub(crate) mod group;
#[path = "../../support/keys.rs"]
pub(crate) mod keys;
pub(crate) mod manifests;
pub(crate) mod network;
pub(crate) mod plane;
pub(crate) mod programs;
pub(crate) mod settings;
pub(crate) mod wait;
