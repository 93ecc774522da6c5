//! The entries of one map: merges, and of duplicate keys the last.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::tree::{DuplicateKey, Entry, Node, Value};

/// How many duplicate keys a document reports; a file of nothing else must stay cheap.
pub(super) const MOST_DUPLICATES: usize = 100;

/// Up to this many entries are compared pairwise, which is faster than hashing them.
const FEW: usize = 16;

/// Entries in the order of the file, a merge's in the place of its `<<`.
#[derive(Default)]
pub(super) struct Mapping<'a> {
    entries: Vec<Entry<'a>>,
    merged: Vec<Range<usize>>,
}

impl<'a> Mapping<'a> {
    /// Adds an entry of the file.
    pub(super) fn push(&mut self, entry: Entry<'a>) {
        self.entries.push(entry);
    }

    /// Adds what a `<<` brings in: as in Go's reader it overrides the keys before it and loses
    /// to those after it. False where the value is neither a map nor a list of maps.
    #[must_use]
    pub(super) fn merge(&mut self, value: Node<'a>) -> bool {
        let start = self.entries.len();
        match value.value {
            Value::Map(entries) => self.entries.extend(entries),
            Value::Seq(items) => {
                // Earlier maps win, so they come last.
                for item in items.into_iter().rev() {
                    let Value::Map(entries) = item.value else {
                        return false;
                    };
                    self.entries.extend(entries);
                }
            }
            _ => return false,
        }
        self.merged.push(start..self.entries.len());
        true
    }

    /// The entries with each key once, the last one; explicit ones that lost to an explicit one
    /// are added to `duplicates`.
    pub(super) fn finish(self, duplicates: &mut Vec<DuplicateKey<'a>>) -> Vec<Entry<'a>> {
        if self.is_distinct() {
            return self.entries;
        }
        let losers = self.losers();
        let reported = losers.iter().flatten().filter(|loser| loser.reported);
        let left = MOST_DUPLICATES.saturating_sub(duplicates.len());
        duplicates.extend(
            reported
                .take(left)
                .filter_map(|loser| self.duplicate(loser)),
        );
        let entries = self.entries.into_iter().zip(losers);
        entries
            .filter_map(|(entry, loser)| loser.is_none().then_some(entry))
            .collect()
    }

    fn duplicate(&self, loser: &Loser) -> Option<DuplicateKey<'a>> {
        let entry = self.entries.get(loser.index)?;
        let winner = self.entries.get(loser.winner)?;
        Some(DuplicateKey {
            key: entry.key.clone(),
            span: entry.key_span,
            path: String::new(),
            same: entry.value.says_the_same(&winner.value),
        })
    }

    fn is_distinct(&self) -> bool {
        if self.entries.len() > FEW {
            let mut seen = std::collections::HashSet::with_capacity(self.entries.len());
            return self
                .entries
                .iter()
                .all(|entry| seen.insert(entry.key.as_ref()));
        }
        let mut rest = self.entries.as_slice();
        while let [first, others @ ..] = rest {
            if others.iter().any(|other| other.key == first.key) {
                return false;
            }
            rest = others;
        }
        true
    }

    /// For each entry, whether it loses and whether its author should hear of it.
    fn losers(&self) -> Vec<Option<Loser>> {
        // Whether an explicit entry of this key follows, and where the last of all stands.
        let mut later: HashMap<&str, (bool, usize)> = HashMap::with_capacity(self.entries.len());
        let mut losers: Vec<Option<Loser>> = Vec::with_capacity(self.entries.len());
        let mut merged = self.merged.iter().rev().peekable();
        for (index, entry) in self.entries.iter().enumerate().rev() {
            while merged.next_if(|range| range.start > index).is_some() {}
            let explicit = !merged.peek().is_some_and(|range| range.contains(&index));
            let (followed, winner) = later.entry(&entry.key).or_insert((false, index));
            let loser = Loser {
                reported: *followed && explicit,
                index,
                winner: *winner,
            };
            *followed |= explicit;
            losers.push((loser.winner != index).then_some(loser));
        }
        losers.reverse();
        losers
    }
}

#[derive(Clone, Copy)]
struct Loser {
    reported: bool,
    index: usize,
    winner: usize,
}

/// Puts a step before the paths of duplicates found below it.
pub(super) fn below(duplicates: &mut [DuplicateKey<'_>], step: Step<'_>) {
    for duplicate in duplicates {
        if duplicate.path.is_empty() {
            duplicate.path = short(&duplicate.key).into_owned();
        }
        let dot = if duplicate.path.starts_with('[') {
            ""
        } else {
            "."
        };
        duplicate.path = match step {
            Step::Key(key) => format!("{}{dot}{}", short(key), duplicate.path),
            Step::Index(index) => format!("[{index}]{dot}{}", duplicate.path),
        };
    }
}

/// Completes the paths once the root is read: those of the outermost map have no step yet.
pub(super) fn at_root(duplicates: &mut [DuplicateKey<'_>]) {
    for duplicate in duplicates {
        if duplicate.path.is_empty() {
            duplicate.path = short(&duplicate.key).into_owned();
        }
    }
}

/// A step from a node to one below it.
#[derive(Clone, Copy)]
pub(super) enum Step<'s> {
    /// Into a map.
    Key(&'s str),
    /// Into a list.
    Index(usize),
}

/// Paths are for messages, and hostile keys are long.
fn short(key: &str) -> Cow<'_, str> {
    match key.char_indices().nth(80).and_then(|(at, _)| key.get(..at)) {
        Some(start) => format!("{start}…").into(),
        None => key.into(),
    }
}
