//! The Store, everything that is known, and the View, read-only questions over it.

mod answer;
mod change;
mod knowledge;
mod store;
mod view;

pub use answer::{Answer, Completeness, Known};
pub use change::Change;
pub use knowledge::Knowledge;
pub use store::Store;
pub use view::{Matches, View};
