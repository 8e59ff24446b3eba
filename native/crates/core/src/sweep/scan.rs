//! Goes through the candles of an open position until one of them touches a level.
//!
//! A short position is looked at upside down: its prices are negated, so that for both sides the stop lies below, the
//! watched level above, and the extreme that hurts is the smaller one.
//!
//! Levels are whole ticks, candles are doubles. A candle is compared with a bound half a tick beyond the level and a little
//! more, and only where that says "perhaps" are its ticks computed: so the columns are read as they are.

use super::exact::{ONE, scaled_down, scaled_up};
use super::market::{Blocks, Intrabar, Market};
use super::trade::ExitReason;

/// The levels of an open position, in oriented ticks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard {
    pub stop: f64,
    pub stop_reason: ExitReason,
    pub watch: f64,
    pub watch_reason: ExitReason,
    pub liquidation: f64,
    /// Best price since the entry.
    pub best: f64,
    /// Best price from which on the stop trails; infinite when it never does.
    pub activation: f64,
    /// Distance of the trailing stop in billionths.
    pub distance: i64,
}

/// Oriented prices beyond which a candle may have touched a level or made a new best price.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    floor: f64,
    watch: f64,
    best: f64,
}

/// What ended a scan.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found {
    /// A level was touched at this oriented price; `other` are the ticks of the other extreme, if the path had been there.
    Touched { row: usize, ticks: f64, reason: ExitReason, at_open: bool, other: Option<f64> },
    /// The stop has trailed to where the close already is: the position is to be closed after this candle.
    Passed { row: usize },
}

/// The stop that trails a best price.
#[inline]
pub(super) fn trailed<const LONG: bool>(best: f64, distance: i64) -> f64 {
    if LONG { scaled_down(best, ONE - distance) } else { -scaled_up(-best, ONE + distance) }
}

#[inline(always)]
fn oriented<const LONG: bool>(price: f64) -> f64 {
    if LONG { price } else { -price }
}

/// Oriented ticks of a price.
#[inline(always)]
fn ticks<const LONG: bool>(market: &Market, price: f64) -> f64 {
    oriented::<LONG>(market.ticks(price))
}

/// Room for the rounding of a bound.
const ROOM: f64 = 1e-12;

impl Guard {
    fn floor(&self) -> f64 {
        if self.liquidation > self.stop { self.liquidation } else { self.stop }
    }

    fn bounds(&self, tick_size: f64) -> Bounds {
        let at_most = |ticks: f64| {
            let bound = (ticks + 0.5) * tick_size;
            if bound.is_finite() { bound + bound.abs() * ROOM } else { bound }
        };
        let at_least = |ticks: f64| {
            let bound = (ticks - 0.5) * tick_size;
            if bound.is_finite() { bound - bound.abs() * ROOM } else { bound }
        };
        Bounds {
            floor: at_most(self.floor()),
            watch: at_least(self.watch),
            best: if self.distance > 0 { at_least(self.best + 1.0) } else { f64::INFINITY },
        }
    }

    /// Moves the stop after a candle with this best price; true when it moved.
    #[inline]
    fn trail<const LONG: bool>(&mut self, best: f64) -> bool {
        if best <= self.best {
            return false;
        }
        self.best = best;
        if best < self.activation {
            return false;
        }
        let stop = trailed::<LONG>(best, self.distance);
        let moves = stop > self.stop;
        if moves {
            self.stop = stop;
            self.stop_reason = ExitReason::Trailing;
        }
        moves
    }

    /// Whether a candle opens beyond a level.
    pub(super) fn is_left_at_open(&self, market: &Market, long: bool, row: usize) -> bool {
        let open = market.ticks(market.series.open[row]);
        let open = if long { open } else { -open };
        open <= self.floor() || open >= self.watch
    }

    /// What the candle `row` does, if it touches a level.
    #[cold]
    fn touch<const LONG: bool>(&self, market: &Market, row: usize, intrabar: Intrabar) -> Option<Found> {
        let series = &market.series;
        let open = ticks::<LONG>(market, series.open[row]);
        let worst = ticks::<LONG>(market, if LONG { series.low[row] } else { series.high[row] });
        let best = ticks::<LONG>(market, if LONG { series.high[row] } else { series.low[row] });
        let floor = self.floor();
        if worst > floor && best < self.watch {
            return None;
        }
        let floor_reason =
            if self.liquidation > self.stop { ExitReason::Liquidation } else { self.stop_reason };
        if open <= floor {
            // Where a candle opens beyond both, the stop order fires before the venue looks at the margin.
            let reason = if open <= self.stop { self.stop_reason } else { ExitReason::Liquidation };
            return Some(Found::Touched { row, ticks: open, reason, at_open: true, other: None });
        }
        if open >= self.watch {
            let reason = self.watch_reason;
            return Some(Found::Touched { row, ticks: open, reason, at_open: true, other: None });
        }
        let rises = market.ticks(series.close[row]) >= market.ticks(series.open[row]);
        let worst_first = match intrabar {
            Intrabar::AdverseFirst => true,
            Intrabar::ByDirection => rises == LONG,
            Intrabar::LowFirst => LONG,
            Intrabar::HighFirst => !LONG,
        };
        let (level, reason, other) = if worst <= floor && (worst_first || best < self.watch) {
            (floor, floor_reason, (!worst_first).then_some(best.abs()))
        } else {
            (self.watch, self.watch_reason, worst_first.then_some(worst.abs()))
        };
        Some(Found::Touched { row, ticks: level, reason, at_open: false, other })
    }

    /// Goes through rows `from..to`; moves the trailing stop as it goes.
    pub(super) fn scan<const LONG: bool>(
        &mut self,
        market: &Market,
        blocks: &Blocks,
        from: usize,
        to: usize,
        intrabar: Intrabar,
    ) -> Option<Found> {
        let series = &market.series;
        let tick_size = series.rules.tick_size;
        let (worst, best) = if LONG { (series.low, series.high) } else { (series.high, series.low) };
        let (block_worst, block_best) =
            if LONG { (&blocks.low, &blocks.high) } else { (&blocks.high, &blocks.low) };
        let mut bounds = self.bounds(tick_size);
        let mut row = from;
        while row < to {
            if row.is_multiple_of(64) && row + 64 <= to {
                // A block that cannot touch anything, wherever the stop trails to inside it, is one step.
                let block_high = oriented::<LONG>(block_best[row / 64]);
                let block_low = oriented::<LONG>(block_worst[row / 64]);
                if block_high < bounds.watch && block_low > bounds.floor {
                    if block_high < bounds.best {
                        row += 64;
                        continue;
                    }
                    let mut after = *self;
                    after.trail::<LONG>(ticks::<LONG>(market, block_best[row / 64]));
                    let beyond = after.bounds(tick_size);
                    if block_low > beyond.floor {
                        *self = after;
                        bounds = beyond;
                        row += 64;
                        continue;
                    }
                }
            }
            let end = to.min((row / 64 + 1) * 64);
            let rows = worst[row..end].iter().zip(&best[row..end]);
            for (at, (&low, &high)) in rows.enumerate() {
                let (low, high) = (oriented::<LONG>(low), oriented::<LONG>(high));
                if low <= bounds.floor || high >= bounds.watch {
                    let found = self.touch::<LONG>(market, row + at, intrabar);
                    if found.is_some() {
                        return found;
                    }
                }
                if high >= bounds.best {
                    let moved = self.trail::<LONG>(ticks::<LONG>(market, best[row + at]));
                    bounds = self.bounds(tick_size);
                    if moved && ticks::<LONG>(market, series.close[row + at]) <= self.stop {
                        return Some(Found::Passed { row: row + at });
                    }
                }
            }
            row = end;
        }
        None
    }
}
