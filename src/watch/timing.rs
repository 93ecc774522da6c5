//! How long everything takes that waits, in one place.

use std::time::Duration;

/// How long everything takes that waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    /// How long one watch lasts, in seconds. The API server sends a bookmark every minute; a
    /// connection that was lost without a word is noticed when a watch does not end in time.
    pub(super) watch: u32,
    /// After this long without a word from the API server watching begins anew.
    pub(super) patience: Duration,
    /// A streaming list that tells nothing more for so long, and does not end, never will.
    pub(super) stream_patience: Duration,
    /// How long after a failure it is tried again: at first, and at most.
    pub(super) again: [Duration; 2],
    /// How long after a refusal it is tried again: at first, and at most.
    pub(super) retry: [Duration; 2],
    /// An API server that answers with errors for so long will not list a kind any time soon.
    pub(super) hope: Duration,
    /// How often it is looked whether a feed has been silent for too long.
    pub(super) tick: Duration,
    /// How long pods wait for the Workloads above them, with which they share what they have in
    /// common.
    pub(super) pods_wait: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            watch: 110,
            patience: Duration::from_secs(140),
            stream_patience: Duration::from_secs(30),
            again: [Duration::from_millis(250), Duration::from_secs(10)],
            retry: [Duration::from_secs(5), Duration::from_secs(60)],
            hope: Duration::from_secs(30),
            tick: Duration::from_secs(5),
            pods_wait: Duration::from_secs(10),
        }
    }
}
