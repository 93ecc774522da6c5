//! May this Flow pass? One evaluator for every policy dialect, and the destinations that matter.

mod certainty;
mod evaluate;
mod party;
mod peer;
mod port;
mod verdict;

pub use certainty::{Because, Certainty};
pub use evaluate::evaluate;
pub use party::{ApiServer, Facts, Flow, NamedPort, Party, Pod};
pub use peer::selects;
pub use verdict::{By, Decision, Outcome, Verdict};
