//! How the watch of the cluster fares, for people and for metrics.

use std::fmt::Write as _;

use crate::cluster::Knowledge;
use crate::metrics::{Unknown, Watched};
use crate::watch::{Feed, Reason, State, Status};

/// A line for what is known of the cluster, and one for every kind.
pub(super) fn lines(status: &Status, knowledge: Knowledge) -> String {
    let datapath = knowledge.datapath.map_or("unknown", |it| it.as_str());
    let platform = knowledge.platform.map_or("unknown", |it| it.as_str());
    let mut text = format!("datapath {datapath}, platform {platform}\n");
    for feed in status.feeds() {
        let source = feed.source();
        let age = feed.age().as_secs();
        // Writing to a String cannot fail.
        let _ = match unknown(status, &feed) {
            None => writeln!(text, "kind {source}: known, heard of {age} s ago"),
            Some(Unknown::Pending) => writeln!(text, "kind {source}: not listed yet"),
            Some(Unknown::Stale) => {
                writeln!(text, "kind {source}: unknown, not heard of for {age} s")
            }
            Some(_) => match feed.state() {
                State::Unknown(reason) => writeln!(text, "kind {source}: unknown, {reason}"),
                State::Pending | State::Synced => Ok(()),
            },
        };
    }
    text
}

/// How each kind fares.
pub(super) fn watched(status: &Status) -> Vec<Watched> {
    let feeds = status.feeds();
    let watched = feeds.iter().map(|feed| Watched {
        kind: feed.source().kind,
        age: feed.age(),
        restarts: feed.restarts(),
        unknown: unknown(status, feed),
    });
    watched.collect()
}

fn unknown(status: &Status, feed: &Feed) -> Option<Unknown> {
    match feed.state() {
        State::Synced => status.is_stale(feed).then_some(Unknown::Stale),
        State::Pending => Some(Unknown::Pending),
        State::Unknown(reason) => Some(match reason {
            Reason::Absent => Unknown::NotInstalled,
            Reason::Forbidden => Unknown::Forbidden,
            Reason::Failed(_) => Unknown::Failed,
        }),
    }
}
