//! Random choices that a seed repeats.

use std::cell::Cell;

/// A small generator (`SplitMix64`): the model needs no better one.
pub(super) struct Random(Cell<u64>);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    /// Another one, whose choices do not depend on how often this one is asked later.
    pub(super) fn branch(&self) -> Self {
        Self::new(self.next())
    }

    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, or 0.
    pub(super) fn below(&self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    /// Whether something of this chance in a hundred happens.
    pub(super) fn percent(&self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of several.
    pub(super) fn one<'t, T>(&self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}
