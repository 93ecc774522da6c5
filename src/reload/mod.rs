//! What is read from files is read again when they change; what cannot be used is refused, and the
//! old kept.

mod files;

use std::error::Error;

pub use files::Files;

use crate::metrics::{Reloads, Subject};

/// Calls `take` whenever files have changed, for as long as it is polled. `take` reads them and
/// either takes up all of it or nothing; both are logged and counted.
pub async fn follow<E: Error>(
    mut files: Files,
    subject: Subject,
    reloads: Reloads,
    mut take: impl FnMut() -> Result<(), E>,
) {
    loop {
        files.changed().await;
        let taken = take();
        reloads.count(subject, taken.is_ok());
        let subject = subject.as_str();
        match taken {
            Ok(()) => tracing::info!(subject, "reloaded"),
            Err(error) => {
                let why = sentence(&error);
                tracing::error!(subject, why, "not reloaded: the old one stays");
            }
        }
    }
}

/// An error with all that it came of.
fn sentence(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        said.push_str(": ");
        said.push_str(&cause.to_string());
        source = cause.source();
    }
    said
}
