//! Who may talk to whom, asked by name: from words to members, and from members to Flows.

mod directory;
mod find;
mod member;
mod shape;
mod unfound;
mod word;

pub use directory::{Directory, Owner};
pub use member::Member;
pub use shape::Shape;
pub use unfound::Unfound;

#[cfg(test)]
mod tests;
