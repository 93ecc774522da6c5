//! Numbers that texts mention: weak evidence that a program listens there.

use crate::object::Mentions;

/// How much text of one object is looked at: as much as the API server takes in one.
const MOST_TEXT: usize = 1 << 20;

/// How many numbers are held before those seen twice are dropped.
const MOST_HELD: usize = 4096;

/// Numbers as they are seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    numbers: Vec<u16>,
    compact: usize,
    read: usize,
}

impl Seen {
    /// Adds every number of a text that could be a port: each run of digits, whole.
    pub(super) fn text(&mut self, text: &str) {
        let left = MOST_TEXT.saturating_sub(self.read);
        let bytes = text.as_bytes();
        let bytes = bytes.get(..left).unwrap_or(bytes);
        self.read += bytes.len();
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
        }
    }

    fn sort(&mut self) {
        self.numbers.sort_unstable();
        self.numbers.dedup();
    }
}
