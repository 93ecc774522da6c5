//! What texts mention: numbers, weak evidence that a program listens there, and Services.

use super::hosts::hosts;
use super::problems::At;
use crate::object::{Mentions, ServiceMention};

/// How much text of one object is looked at: as much as the API server takes in one.
const MOST_TEXT: usize = 1 << 20;

/// How many numbers are held before those seen twice are dropped.
const MOST_HELD: usize = 4096;

/// How many Services one object may name, each port and place on its own; nobody names more.
const MOST_NAMED: usize = 256;

/// Up to this length a text is kept, so that a patch can replace it.
const LONGEST_KEPT: usize = 512;

/// Numbers and Services as they are seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    numbers: Vec<u16>,
    services: Vec<ServiceMention>,
    compact: usize,
    read: usize,
}

impl Seen {
    /// Adds every number of a text that could be a port: each run of digits, whole.
    pub(super) fn text(&mut self, text: &str) {
        let bytes = self.next(text).as_bytes();
        for run in bytes.split(|c| !c.is_ascii_digit()) {
            let value = run.iter().fold(0u32, |value, digit| {
                value
                    .saturating_mul(10)
                    .saturating_add(u32::from(digit - b'0'))
            });
            if let Ok(number) = u16::try_from(value) {
                self.number(number);
            }
        }
    }

    /// Adds every number of a text, and every Service that it names; it stands at `at`.
    pub(super) fn text_at(&mut self, text: &str, at: &At<'_>) {
        let text = self.peek(text);
        hosts(text, |host| {
            if self.services.len() >= MOST_NAMED {
                return;
            }
            let kept = text.len() <= LONGEST_KEPT && !text.contains('\n');
            let mention = ServiceMention {
                name: host.name.into(),
                namespace: host.namespace.map(Into::into),
                port: host.port,
                is_full: host.is_full,
                of_pod: host.of_pod,
                at: at.path(),
                text: kept.then(|| text.into()),
                end: host.end,
            };
            if !self.services.iter().any(|seen| is_same(seen, &mention)) {
                self.services.push(mention);
            }
        });
        self.text(text);
    }

    /// As much of a text as is still looked at.
    fn peek<'t>(&self, text: &'t str) -> &'t str {
        let mut left = MOST_TEXT.saturating_sub(self.read).min(text.len());
        while !text.is_char_boundary(left) {
            left -= 1;
        }
        text.get(..left).unwrap_or(text)
    }

    /// The same, and it has been looked at then.
    fn next<'t>(&mut self, text: &'t str) -> &'t str {
        let text = self.peek(text);
        self.read += text.len();
        text
    }

    /// Adds one number.
    pub(super) fn number(&mut self, number: u16) {
        if number == 0 {
            return;
        }
        self.numbers.push(number);
        if self.numbers.len() > self.compact + MOST_HELD {
            self.sort();
            self.compact = self.numbers.len();
        }
    }

    /// What was seen, sorted, each number once.
    pub(super) fn into_mentions(mut self) -> Mentions {
        self.sort();
        Mentions {
            numbers: self.numbers.into(),
            services: self.services.into(),
        }
    }

    fn sort(&mut self) {
        self.numbers.sort_unstable();
        self.numbers.dedup();
    }
}

/// Whether one text names the same twice.
fn is_same(one: &ServiceMention, other: &ServiceMention) -> bool {
    let said = |it: &ServiceMention| (it.port, it.of_pod);
    (&one.name, &one.namespace, &one.at) == (&other.name, &other.namespace, &other.at)
        && said(one) == said(other)
}
