//! One report format a file: what was found, for people and for machines.

mod placed;
mod excerpt;
mod page;
mod tally;
pub mod flow;
pub mod flows;
pub mod human;
pub mod json;

#[cfg(test)]
mod sample;

pub use placed::{Door, Placed, order};
pub use tally::Summary;
