//! Relative strength index (J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978).
//!
//! * Formula: `rsi = 100 * gain / (gain + loss)`, the same as `100 - 100 / (1 + gain / loss)`; `gain` and `loss` are
//!   Wilder averages of the upward and downward changes from close to close.
//! * Seed: the simple means of the first `n` changes, as Wilder, TA-Lib, Tulip and Stock Indicators.
//! * Warm-up: `n` bars (the first bar has no change); the first value belongs to bar `n`.
//! * NaN policy: the module's; the first bar after a hole has no change either.
//! * Convention where tools differ: while nothing has moved at all (both averages zero) the value is 50, neither
//!   overbought nor oversold, so that a dead market fires no signal. TA-Lib gives 0 there, TradingView and Stock
//!   Indicators 100, Tulip NaN.

use super::wilder::WilderAverage;

/// Value of a market that has not moved.
const NEUTRAL: f64 = 50.0;

/// Averages below this are what is left of moves long gone (they halve every few bars but never reach zero); their
/// ratio means nothing.
const NO_MOVE: f64 = 1e-290;

/// Incremental relative strength index.
#[derive(Clone, Debug)]
pub(super) struct Rsi {
    previous: Option<f64>,
    gain: WilderAverage,
    loss: WilderAverage,
}

/// The index of two averages.
#[inline(always)]
pub(super) fn strength(gain: f64, loss: f64) -> f64 {
    let total = gain + loss;
    if total > NO_MOVE { 100.0 * gain / total } else { NEUTRAL }
}

/// A change split into its upward and its downward part, one of them zero.
#[inline(always)]
pub(super) fn parts(change: f64) -> (f64, f64) {
    (if change > 0.0 { change } else { 0.0 }, if change < 0.0 { -change } else { 0.0 })
}

impl Rsi {
    /// An index over `period` changes.
    #[inline(always)]
    pub(super) fn with_checked_period(period: usize) -> Self {
        Rsi { previous: None, gain: WilderAverage::new(period), loss: WilderAverage::new(period) }
    }

    /// Takes the next close, which must be a number; `None` while warming up.
    #[inline(always)]
    pub(super) fn advance(&mut self, close: f64) -> Option<f64> {
        let previous = self.previous.replace(close)?;
        let (up, down) = parts(close - previous);
        let gain = self.gain.approach(up);
        let loss = self.loss.approach(down);
        Some(strength(gain?, loss?))
    }

    /// The averages of gains and losses and their share of a new value, once they have their seeds.
    #[inline(always)]
    pub(super) fn running(&self) -> (f64, f64, f64) {
        (self.gain.running.value, self.loss.running.value, self.gain.reciprocal())
    }

    /// Goes on from averages that have run by themselves. The last close is left behind.
    #[inline(always)]
    pub(super) fn resume(&mut self, gain: f64, loss: f64) {
        (self.gain.running.value, self.loss.running.value) = (gain, loss);
    }

    /// Bars before the first value.
    pub(super) fn warm_up_bars(&self) -> usize {
        self.gain.period()
    }

    /// Last close and the averages of gains and losses.
    pub(super) fn parts(&self) -> (Option<f64>, &WilderAverage, &WilderAverage) {
        (self.previous, &self.gain, &self.loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(period: usize, close: &[f64]) -> Option<f64> {
        let mut rsi = Rsi::with_checked_period(period);
        close.iter().fold(None, |_, &close| rsi.advance(close))
    }

    #[test]
    fn the_ends_of_the_scale() {
        assert_eq!(last(3, &[1.0, 2.0, 3.0, 4.0, 5.0]), Some(100.0), "only gains");
        assert_eq!(last(3, &[5.0, 4.0, 3.0, 2.0, 1.0]), Some(0.0), "only losses");
        assert_eq!(last(3, &[3.0; 5]), Some(50.0), "no move");
        assert_eq!(last(3, &[1.0, 2.0, 3.0]), None, "two changes");
    }

    #[test]
    fn a_market_that_died_long_ago_is_neutral() {
        let mut close = vec![2.0; 12_000];
        close[0] = 1.0;
        assert_eq!(last(14, &close), Some(50.0));
    }
}
