//! The book as an array: one cell a price and side.

use super::tape::{SPECIAL_BIT, Special, Stream, split_key};

/// Bit of a cell: own orders rest at this price.
pub(super) const OWN_BIT: u64 = 1 << 63;
/// Position of the best level of a side without levels.
pub(super) const NO_LEVEL: i32 = -1;

/// Levels of both sides. A higher position is a better price; the two sides are mirrored, so that positions of a bid and
/// an ask at one price add up to the number of levels minus one.
#[derive(Clone, Debug)]
pub(super) struct Book {
    levels: usize,
    cells: Vec<u64>,
    best: [i32; 2],
}

/// A side's best price has become better than it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rise {
    pub(super) side: usize,
    pub(super) before: i32,
    pub(super) position: usize,
}

impl Book {
    pub(super) fn new(levels: usize) -> Self {
        // Zeroed memory is only made when it is touched.
        Book { levels, cells: vec![0; 2 * levels], best: [NO_LEVEL; 2] }
    }

    /// Position of the best level of a side, `NO_LEVEL` when there is none.
    #[inline(always)]
    pub(super) fn best(&self, side: usize) -> i32 {
        self.best[side]
    }

    /// Index of a level's cell.
    #[inline(always)]
    pub(super) fn cell(&self, side: usize, position: usize) -> usize {
        side * self.levels + position
    }

    /// Lots at a level.
    pub(super) fn lots(&self, side: usize, position: usize) -> u64 {
        self.cells[self.cell(side, position)] & !OWN_BIT
    }

    pub(super) fn is_own(&self, side: usize, position: usize) -> bool {
        self.cells[self.cell(side, position)] & OWN_BIT != 0
    }

    pub(super) fn set_own(&mut self, cell: usize, own: bool) {
        let lots = self.cells[cell] & !OWN_BIT;
        self.cells[cell] = if own { lots | OWN_BIT } else { lots };
    }

    /// Whether an order at this position of a side would trade at once.
    pub(super) fn crosses(&self, side: usize, position: usize) -> bool {
        let other = self.best[1 - side];
        other != NO_LEVEL && position + other as usize >= self.levels - 1
    }

    /// Sets a level; gives its cell's old content and whether the best of the side needs a look.
    #[inline(always)]
    #[allow(clippy::needless_bitwise_bool)] // see below
    pub(super) fn set(&mut self, side: usize, position: usize, lots: u64) -> (u64, bool) {
        let cell = self.cell(side, position);
        let before = self.cells[cell];
        self.cells[cell] = lots | (before & OWN_BIT);
        let best = self.best[side];
        let position = position as i32;
        // One condition that is seldom true, without a branch for each part: most events lie deeper in the book.
        let gone = lots == 0;
        let needs_look = ((position > best) & !gone) | ((position == best) & gone);
        (before, needs_look)
    }

    /// Brings the best of both sides in order after `set` has asked for a look. Levels of the other side that the new
    /// best crosses are stale and go.
    #[cold]
    #[inline(never)]
    pub(super) fn look(&mut self, side: usize, position: usize) -> Option<Rise> {
        let before = self.best[side];
        if position as i32 <= before {
            self.best[side] = self.next_below(side, position);
            return None;
        }
        self.best[side] = position as i32;
        if self.crosses(side, position) {
            self.remove_from(1 - side, self.levels - 1 - position);
        }
        Some(Rise { side, before, position })
    }

    /// Removes all levels of a side from a position up.
    pub(super) fn remove_from(&mut self, side: usize, position: usize) {
        let best = self.best[side];
        if best == NO_LEVEL || (best as usize) < position {
            return;
        }
        let (first, last) = (self.cell(side, position), self.cell(side, best as usize));
        for cell in &mut self.cells[first..=last] {
            *cell &= OWN_BIT;
        }
        self.best[side] = self.next_below(side, position);
    }

    pub(super) fn clear(&mut self) {
        for side in 0..2 {
            self.remove_from(side, 0);
        }
    }

    fn next_below(&self, side: usize, position: usize) -> i32 {
        let first = self.cell(side, 0);
        let below = self.cells[first..first + position].iter().rposition(|cell| cell & !OWN_BIT != 0);
        below.map_or(NO_LEVEL, |found| found as i32)
    }

    /// Applies events of a stream for a reader without orders.
    pub(super) fn follow(&mut self, stream: &Stream, from: usize, end: usize) {
        let keys = &stream.key[from..end];
        let sizes = &stream.lots[from..end];
        for (at, (&key, &lots)) in keys.iter().zip(sizes).enumerate() {
            if key & SPECIAL_BIT == 0 {
                let (side, position) = split_key(key);
                let (_, needs_look) = self.set(side, position, lots);
                if needs_look {
                    self.look(side, position);
                }
            } else {
                self.follow_special(stream.special(from + at));
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn follow_special(&mut self, special: Special) {
        match special {
            Special::Trade { .. } => {}
            Special::Clear { side, position } => self.remove_from(side, position),
            Special::ClearAll => self.clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const LEVELS: usize = 24;

    fn set(book: &mut Book, side: usize, position: usize, lots: u64) -> Option<Rise> {
        let (_, needs_look) = book.set(side, position, lots);
        if needs_look { book.look(side, position) } else { None }
    }

    #[test]
    fn best_levels_move_and_crossed_levels_go() {
        let mut book = Book::new(10);
        assert_eq!(set(&mut book, 0, 4, 5), Some(Rise { side: 0, before: NO_LEVEL, position: 4 }));
        set(&mut book, 0, 2, 7);
        // The ask at price 6 has position 3; the one at price 7 position 2.
        set(&mut book, 1, 3, 1);
        set(&mut book, 1, 2, 9);
        assert_eq!((book.best(0), book.best(1)), (4, 3));
        assert!(book.crosses(0, 6) && !book.crosses(0, 5));
        // A bid at 6 takes the ask at 6 away.
        assert_eq!(set(&mut book, 0, 6, 1), Some(Rise { side: 0, before: 4, position: 6 }));
        assert_eq!((book.best(1), book.lots(1, 3)), (2, 0));
        // It goes again: the bid at 4 is best.
        assert_eq!(set(&mut book, 0, 6, 0), None);
        assert_eq!(book.best(0), 4);
        book.remove_from(0, 3);
        assert_eq!((book.best(0), book.lots(0, 2)), (2, 7));
        book.clear();
        assert_eq!((book.best(0), book.best(1)), (NO_LEVEL, NO_LEVEL));
    }

    #[test]
    fn the_mark_of_own_orders_survives_every_change() {
        let mut book = Book::new(10);
        let cell = book.cell(1, 5);
        book.set_own(cell, true);
        set(&mut book, 1, 5, 3);
        assert_eq!((book.lots(1, 5), book.is_own(1, 5), book.best(1)), (3, true, 5));
        book.clear();
        assert!(book.is_own(1, 5) && book.lots(1, 5) == 0 && book.best(1) == NO_LEVEL);
        book.set_own(cell, false);
        assert!(!book.is_own(1, 5));
    }

    /// The same rules over ordered maps, price by price.
    #[derive(Default)]
    struct NaiveBook([BTreeMap<usize, u64>; 2]);

    impl NaiveBook {
        fn apply(&mut self, side: usize, position: usize, lots: u64) {
            if lots == 0 {
                self.0[side].remove(&position);
                return;
            }
            let was_best = self.0[side].last_key_value().map(|(&best, _)| best);
            self.0[side].insert(position, lots);
            if was_best.is_none_or(|best| position > best) {
                self.0[1 - side].retain(|&other, _| other + position < LEVELS - 1);
            }
        }
    }

    proptest! {
        #[test]
        fn the_array_is_the_naive_book(
            changes in prop::collection::vec((0..2_usize, 0..LEVELS, 0..4_u64, 0..40_u8), 1..400)
        ) {
            let mut book = Book::new(LEVELS);
            let mut naive = NaiveBook::default();
            for (side, position, lots, act) in changes {
                match act {
                    0 => {
                        book.clear();
                        naive = NaiveBook::default();
                    }
                    1 => {
                        book.remove_from(side, position);
                        naive.0[side].retain(|&at, _| at < position);
                    }
                    _ => {
                        set(&mut book, side, position, lots);
                        naive.apply(side, position, lots);
                    }
                }
                for side in 0..2 {
                    let best = naive.0[side].last_key_value().map_or(NO_LEVEL, |(&best, _)| best as i32);
                    prop_assert_eq!(book.best(side), best);
                    for position in 0..LEVELS {
                        let lots = naive.0[side].get(&position).copied().unwrap_or(0);
                        prop_assert_eq!(book.lots(side, position), lots);
                    }
                }
            }
        }
    }
}
