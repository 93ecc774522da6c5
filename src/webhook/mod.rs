//! The admission webhook: it translates an `AdmissionReview` to a Change and Reports to answers, and
//! never decides.

mod admission;
mod answer;
mod arrival;
mod cluster;
mod deadline;
mod denial;
mod gate;
mod health;
mod limits;
mod recent;
mod router;
mod server;
mod telling;

pub use answer::{Answer, Cause, Reply, Unchecked, Verdict, Version};
pub use deadline::duration;
pub use gate::{Gate, Reviewer};
pub use health::Health;
pub use limits::Limits;
pub use router::{Webhook, router};
pub use server::{Running, Setup, StartError, start};
