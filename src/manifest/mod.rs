//! Inputs, documents, positions: from paths and pipes to Objects that know where they came from.

mod inputs;
mod walk;
mod source;
mod gap;
mod regard;
mod unexpanded;
mod place;
mod scan;
mod comment;
mod object;
mod document;
mod kustomize;
mod settle;
mod duplicates;
mod set;
mod assemble;
mod load;

#[cfg(test)]
mod tests;

pub use comment::Comment;
pub use gap::{Gap, Missing};
pub use inputs::{InputError, Inputs};
pub use load::read;
pub use place::{Location, Place};
pub use regard::is_inert;
pub use scan::{DUPLICATE_KEY, DUPLICATE_OBJECT, INVALID_VALUE, POLICY_INVALID, UNREADABLE};
pub use set::{Counts, Set};
