//! Swing highs and lows in turn, as chart patterns are read from them.

use super::swings::Swing;
use super::window::Lag;

/// How many pivots are kept.
const KEPT: usize = 6;

/// A swing high or low.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pivot {
    /// Bars since the beginning.
    pub(super) row: f64,
    pub(super) price: f64,
    pub(super) is_high: bool,
}

/// A straight line by bar.
#[derive(Clone, Copy, Debug)]
pub(super) struct PriceLine {
    row: f64,
    price: f64,
    slope: f64,
}

impl PriceLine {
    /// The same price for ever.
    pub(super) fn level(price: f64) -> Self {
        PriceLine { row: 0.0, price, slope: 0.0 }
    }

    /// Through two pivots, of which the first is the older.
    pub(super) fn through(older: Pivot, newer: Pivot) -> Self {
        let slope = (newer.price - older.price) / (newer.row - older.row);
        PriceLine { row: older.row, price: older.price, slope }
    }

    /// The line of prices with the other sign.
    pub(super) fn mirrored(self) -> Self {
        PriceLine { row: self.row, price: -self.price, slope: -self.slope }
    }

    pub(super) fn at(&self, row: f64) -> f64 {
        self.slope.mul_add(row - self.row, self.price)
    }
}

/// What a bar did to the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    None,
    /// The newest pivot gave way to a more extreme one of its kind.
    Moved,
    /// A pivot of the other kind came after it.
    Grown,
}

/// The pivots of a series, highs and lows in turn. Each is known from the bar on that confirms it.
#[derive(Clone, Debug)]
pub(super) struct PivotChain {
    swings: [Swing; 2],
    candidates: [Lag; 2],
    right: f64,
    /// Newest first.
    pivots: [Pivot; KEPT],
    known: usize,
    row: f64,
}

impl PivotChain {
    pub(super) fn new(left: usize, right: usize) -> Self {
        PivotChain {
            swings: [Swing::new(left, right), Swing::new(left, right)],
            candidates: [Lag::new(right), Lag::new(right)],
            right: right as f64,
            pivots: [Pivot::default(); KEPT],
            known: 0,
            row: -1.0,
        }
    }

    /// Takes a bar; `None` until a swing could be confirmed.
    #[inline(always)]
    pub(super) fn push(&mut self, high: f64, low: f64) -> Option<Change> {
        self.row += 1.0;
        let sides = [high, -low];
        let prices = [0, 1].map(|side: usize| self.candidates[side].push(sides[side]));
        let is_swing = [0, 1].map(|side: usize| self.swings[side].push(sides[side]));
        let (is_high, is_low) = (is_swing[0]?, is_swing[1]?);
        let mut change = Change::None;
        if is_high && let Some(price) = prices[0] {
            change = self.add(Pivot { row: self.row - self.right, price, is_high: true });
        }
        if is_low && let Some(price) = prices[1] {
            let second = self.add(Pivot { row: self.row - self.right, price: -price, is_high: false });
            change = if second == Change::None { change } else { second };
        }
        Some(change)
    }

    fn add(&mut self, pivot: Pivot) -> Change {
        let newest = self.pivots[0];
        if self.known > 0 && newest.is_high == pivot.is_high {
            let further = if pivot.is_high { pivot.price > newest.price } else { pivot.price < newest.price };
            if !further {
                return Change::None;
            }
            self.pivots[0] = pivot;
            return Change::Moved;
        }
        self.pivots.rotate_right(1);
        self.pivots[0] = pivot;
        self.known = (self.known + 1).min(KEPT);
        Change::Grown
    }

    /// The known pivots, newest first.
    pub(super) fn pivots(&self) -> &[Pivot] {
        &self.pivots[..self.known]
    }

    /// Number of the bar pushed last.
    pub(super) fn row(&self) -> f64 {
        self.row
    }
}
