//! An open position: its levels, and what closing it would bring.

use super::exact::{ONE, SLACK, scaled_down, scaled_up};
use super::market::Market;
use super::scan::{Guard, trailed};
use super::terms::Terms;
use super::trade::{ExitReason, Moment};

/// An open position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub long: bool,
    pub quantity: f64,
    /// Ticks of the fill, and those aimed at.
    pub entry_ticks: f64,
    pub aimed_ticks: f64,
    pub entry_price: f64,
    pub entry_row: usize,
    pub entry_moment: Moment,
    /// The first candle in which levels hold, and at whose close the position may be closed.
    pub first_row: usize,
    pub fees: f64,
    pub funding: f64,
    pub slippage: f64,
}

/// How a position ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exit {
    pub row: usize,
    pub moment: Moment,
    /// Ticks aimed at.
    pub ticks: f64,
    pub reason: ExitReason,
    /// The extreme its candle had reached before, where it was the other one.
    pub other: Option<f64>,
    /// The close at which this was decided, and what closing there would have left, for those that were.
    pub decided: Option<(usize, f64)>,
}
impl Position {
    pub(super) fn signed(&self) -> f64 {
        if self.long { self.quantity } else { -self.quantity }
    }

    /// The levels a position begins with.
    pub(super) fn guard(&self, terms: &Terms) -> Guard {
        let entry = self.entry_ticks;
        let above = |ratio: i64| {
            if self.long { scaled_up(entry, ONE + ratio) } else { -scaled_down(entry, ONE - ratio) }
        };
        let oriented = if self.long { entry } else { -entry };
        let below = |distance: i64| {
            // A stop below the first tick is on it.
            if self.long {
                trailed::<true>(oriented, distance).max(1.0)
            } else {
                trailed::<false>(oriented, distance)
            }
        };
        let mut guard = Guard {
            stop: if terms.stop > 0 { below(terms.stop) } else { f64::NEG_INFINITY },
            stop_reason: ExitReason::Stop,
            watch: f64::INFINITY,
            watch_reason: ExitReason::Target,
            liquidation: f64::NEG_INFINITY,
            best: oriented,
            activation: if terms.trailing > 0 {
                if terms.activation > 0 { above(terms.activation) } else { f64::NEG_INFINITY }
            } else {
                f64::INFINITY
            },
            distance: terms.trailing,
        };
        if terms.trailing > 0 && terms.activation == 0 && below(terms.trailing) > guard.stop {
            guard.stop = below(terms.trailing);
            guard.stop_reason = ExitReason::Trailing;
        }
        guard
    }

    /// The watched level of a candle: the target or the profit that suffices by now, whichever is nearer. Gives the row at
    /// which it changes.
    pub(super) fn watch(&self, terms: &Terms, guard: &mut Guard, row: usize) -> usize {
        let held = row - self.first_row;
        let level = |ratio: i64| {
            let entry = self.entry_ticks;
            if self.long {
                return scaled_up(entry, ONE + ratio);
            }
            let ticks = scaled_down(entry, ONE - ratio);
            // A short position cannot win more than everything.
            if ticks > 0.0 { -ticks } else { f64::INFINITY }
        };
        guard.watch = if terms.target > 0 { level(terms.target) } else { f64::INFINITY };
        guard.watch_reason = ExitReason::Target;
        let roi = &terms.roi;
        let passed = roi.iter().take_while(|&&(after, _)| after <= held).count();
        if let Some(&(_, ratio)) = passed.checked_sub(1).and_then(|last| roi.get(last)) {
            let suffices = level(ratio);
            if suffices < guard.watch {
                guard.watch = suffices;
                guard.watch_reason = ExitReason::Roi;
            }
        }
        roi.get(passed).map_or(usize::MAX, |&(after, _)| self.first_row + after)
    }

    /// The oriented price at which the venue closes the position: the first tick on which equity is below maintenance.
    pub(super) fn liquidation(&self, market: &Market, cash: f64) -> f64 {
        let rules = &market.series.rules;
        if !rules.perpetual {
            return f64::NEG_INFINITY;
        }
        let tick = rules.tick_size;
        let near = |ticks: f64| {
            if (ticks - ticks.round()).abs() < ticks.abs() * 1e-12 { ticks.round() } else { ticks }
        };
        if self.long {
            let owed = -cash;
            if owed <= 0.0 {
                return f64::NEG_INFINITY;
            }
            let price = owed / (self.quantity * (1.0 - rules.maintenance_rate));
            let ticks = near(price / tick).ceil() - 1.0;
            return if ticks >= 1.0 { ticks } else { f64::NEG_INFINITY };
        }
        let price = cash / (self.quantity * (1.0 + rules.maintenance_rate));
        -(near(price / tick).floor() + 1.0)
    }

    /// A stop so near that the price of the entry has passed it closes at once.
    pub(super) fn stopped_at_entry(&self, guard: &Guard) -> Option<Exit> {
        let aimed = if self.long { self.aimed_ticks } else { -self.aimed_ticks };
        (self.entry_moment == Moment::Close && aimed <= guard.stop).then_some(Exit {
            row: self.entry_row,
            moment: Moment::Close,
            ticks: self.aimed_ticks,
            reason: guard.stop_reason,
            other: None,
            decided: None,
        })
    }

    /// What closing at the close of `row` would leave.
    pub(super) fn equity_if_closed(&self, market: &Market, cash: f64, row: usize) -> f64 {
        let ticks = market.ticks(market.series.close[row]);
        let price = market.price(market.taken(ticks, !self.long));
        let value = self.quantity * price;
        let fee = value * market.series.rules.taker_fee;
        cash + if self.long { value - fee } else { -value - fee }
    }

    /// The worst price at which a liquidation may close: the one that leaves nothing.
    pub(super) fn bankruptcy_ticks(&self, market: &Market, cash: f64) -> f64 {
        let rules = &market.series.rules;
        if self.long {
            let price = -cash / (self.quantity * (1.0 - rules.taker_fee));
            (price / rules.tick_size * (1.0 - SLACK)).ceil().max(1.0)
        } else {
            let price = cash / (self.quantity * (1.0 + rules.taker_fee));
            (price / rules.tick_size * (1.0 + SLACK)).floor().max(1.0)
        }
    }

    /// Lowest and highest price while the position was open, as far as the path of each candle is known.
    pub(super) fn extremes(&self, market: &Market, exit: &Exit) -> (f64, f64) {
        let series = &market.series;
        let whole = if exit.moment == Moment::Close { exit.row + 1 } else { exit.row };
        let held = self.first_row.min(whole)..whole;
        let lowest = series.low[held.clone()].iter().fold(f64::INFINITY, |a, &b| if b < a { b } else { a });
        let highest = series.high[held].iter().fold(0.0, |a, &b| if b > a { b } else { a });
        let mut lowest = market.ticks(lowest).min(self.aimed_ticks).min(exit.ticks);
        let mut highest = market.ticks(highest).max(self.aimed_ticks).max(exit.ticks);
        if exit.moment == Moment::Inside {
            for ticks in [Some(market.ticks(series.open[exit.row])), exit.other].into_iter().flatten() {
                lowest = lowest.min(ticks);
                highest = highest.max(ticks);
            }
        }
        (market.price(lowest), market.price(highest))
    }
}
