//! Who may talk to whom, asked by name: from words to members, from members to Flows, and from
//! their verdicts to one answer.

mod answer;
mod decider;
mod destination;
mod directory;
mod end;
mod ends;
mod find;
mod fix;
mod judge;
mod member;
mod other;
mod port;
mod question;
mod shape;
mod source;
mod swap;
mod unfound;
mod well_known;
mod word;
mod world;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Says, Side};
pub use decider::Decider;
pub use directory::{Directory, Owner};
pub use fix::Fix;
pub use member::Member;
pub use port::{Asked, Port};
pub use question::{Answered, Question, only_datapath};
pub use shape::Shape;
pub use unfound::Unfound;
