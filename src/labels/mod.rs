//! Labels, one Selector for every selector language, and nearness between the two.

pub mod calico;
mod nearness;
mod parse;
mod selector;
mod set;

pub use nearness::{Difference, Nearness, is_sibling, is_telling, near_name, nearness};
pub use parse::SelectorError;
pub use selector::{BESIDE, Requirement, Selector, Test};
pub use set::Labels;
