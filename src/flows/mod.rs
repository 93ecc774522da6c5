//! Who may talk to whom, for every pair at once: by grouping what behaves alike, not pair by pair.

mod actor;
mod changes;
mod codes;
mod crowd;
mod decided;
mod entrant;
mod grid;
mod grouped;
mod judged;
mod lines;
mod manner;
mod picture;
mod place;
mod plain;
mod program;
mod questions;
mod scope;
mod survey;

pub use actor::{Actor, Port, Setting};
pub use changes::{Changed, Changes};
pub use codes::{ALLOWED, CLOSES, DENIED, DEPENDS, OPENS, UNASKED, VERDICTS, apart, word};
pub use crowd::{Called, Crowd, Who};
pub use grid::{Code, Grid};
pub use grouped::{Grouped, Rows, Seen, Target};
pub use lines::{PortsOf, Told};
pub use picture::{Picture, Row};
pub use scope::Scope;
pub use survey::{Survey, in_words};
