//! Who may talk to whom, asked by name: from words to members, from members to Flows, and from
//! their verdicts to one answer.

mod answer;
mod decider;
mod destination;
mod directory;
mod end;
mod find;
mod judge;
mod member;
mod port;
mod question;
mod shape;
mod source;
mod unfound;
mod well_known;
mod word;
mod world;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Says, Side};
pub use decider::Decider;
pub use directory::{Directory, Owner};
pub use member::Member;
pub use port::{Asked, Port};
pub use question::{Answered, Question};
pub use shape::Shape;
pub use unfound::Unfound;
