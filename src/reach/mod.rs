//! May this Flow pass? One evaluator for every policy dialect, and the destinations that matter.

mod api_server;
mod backends;
mod certainty;
mod controller;
mod dns;
mod egress;
mod entity;
mod evaluate;
mod node;
mod party;
mod peer;
mod pods;
mod port;
mod question;
mod reference;
mod service;
#[cfg(test)]
mod tests;
mod tier;
mod turns;
mod verdict;

pub use api_server::{Endpoints, api_server, endpoint_at, endpoints, listens_on};
pub use certainty::{Because, Certainty};
pub use controller::{controller, is_controller};
pub use dns::{Dns, dns};
pub use egress::{Egress, Reach, Reached};
pub use evaluate::{evaluate, evaluate_in, evaluate_side, is_own_node};
pub use party::{ApiServer, Facts, Flow, NamedPort, Party, Pod};
pub use peer::{names_api_server, selects};
pub use pods::Pods;
pub use question::{Question, asks_for_port, holds_port};
pub use service::{Behind, Client, Way, behind, from_anything, from_api_server, targets};
pub use verdict::{By, Decision, Outcome, Verdict};
