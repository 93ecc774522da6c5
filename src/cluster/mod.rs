//! The Store, everything that is known, and the View, read-only questions over it.

mod answer;
mod by_labels;
mod change;
mod coverage;
mod hash;
mod idle;
mod ids;
mod knowledge;
mod per_pod;
mod pods;
mod relist;
mod store;
mod view;

pub use answer::{Answer, Completeness, Known};
pub use change::Change;
pub use knowledge::Knowledge;
pub use per_pod::differs_by_pod;
pub use store::Store;
pub use view::{Matches, View};
