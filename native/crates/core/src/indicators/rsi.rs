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

use super::runs::{all_usable, for_each_run};
use super::wilder::WilderAverage;
use super::{IndicatorError, checked_length, checked_period, usable};
use crate::cpu::multiversioned;

/// Value of a market that has not moved.
const NEUTRAL: f64 = 50.0;

/// Averages below this are what is left of moves long gone (they halve every few bars but never reach zero); their
/// ratio means nothing.
const NO_MOVE: f64 = 1e-290;

/// Incremental relative strength index.
#[derive(Clone, Debug)]
pub struct Rsi {
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
    ///
    /// # Errors
    /// [`IndicatorError::Period`] unless `1 <= period <= MAX_PERIOD`.
    pub fn new(period: usize) -> Result<Self, IndicatorError> {
        Ok(Self::with_checked_period(checked_period("period", period, 1)?))
    }

    #[inline(always)]
    pub(super) fn with_checked_period(period: usize) -> Self {
        Rsi { previous: None, gain: WilderAverage::new(period), loss: WilderAverage::new(period) }
    }

    /// Takes the next close; `None` while warming up.
    pub fn update(&mut self, close: f64) -> Option<f64> {
        if !usable(close) {
            self.reset();
            return None;
        }
        rsi_step(self, close)
    }

    /// As [`Rsi::update`], for a close that is known to be a number.
    #[inline(always)]
    pub(super) fn advance(&mut self, close: f64) -> Option<f64> {
        let previous = self.previous.replace(close)?;
        let (up, down) = parts(close - previous);
        let gain = self.gain.update(up);
        let loss = self.loss.update(down);
        Some(strength(gain?, loss?))
    }

    /// Last close and the averages of gains and losses.
    pub(super) fn parts(&self) -> (Option<f64>, &WilderAverage, &WilderAverage) {
        (self.previous, &self.gain, &self.loss)
    }

    /// Starts again as if new.
    #[inline(always)]
    pub fn reset(&mut self) {
        self.previous = None;
        self.gain.reset();
        self.loss.reset();
    }

    /// Bars before the first value.
    pub fn warm_up_bars(&self) -> usize {
        self.gain.period()
    }
}

/// Relative strength index of a column of closes; `out` gets one value (0 to 100) a row, NaN while warming up.
///
/// # Errors
/// [`IndicatorError::Period`] as [`Rsi::new`]; [`IndicatorError::Length`] unless `out` is as long as `close`.
pub fn rsi_batch(close: &[f64], period: usize, out: &mut [f64]) -> Result<(), IndicatorError> {
    let period = checked_period("period", period, 1)?;
    checked_length("out", out.len(), close.len())?;
    for_each_run(
        close.len(),
        |rows| all_usable(&close[rows]),
        |rows, usable| {
            if usable {
                rsi_run(&close[rows.clone()], period, &mut out[rows]);
            } else {
                out[rows].fill(f64::NAN);
            }
        },
    );
    Ok(())
}

multiversioned! {
    fn rsi_step(rsi: &mut Rsi, close: f64) -> Option<f64> {
        rsi.advance(close)
    }
}

multiversioned! {
    fn rsi_run(run: &[f64], period: usize, out: &mut [f64]) {
        let mut rsi = Rsi::with_checked_period(period);
        let warm = (period + 1).min(run.len());
        for (&close, result) in run[..warm].iter().zip(&mut out[..warm]) {
            *result = rsi.advance(close).unwrap_or(f64::NAN);
        }
        for (pair, result) in run[warm - 1..].windows(2).zip(&mut out[warm..]) {
            let (up, down) = parts(pair[1] - pair[0]);
            *result = strength(rsi.gain.step(up), rsi.loss.step(down));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // Changes +2, -1, +3, -4. Period 2: gain (2+0)/2 = 1, loss (0+1)/2 = 0.5 -> 66.67;
        // gain (1+3)/2 = 2, loss 0.25 -> 88.89; gain 1, loss (0.25+4)/2 = 2.125 -> 32.
        let mut out = [0.0; 5];
        rsi_batch(&[10.0, 12.0, 11.0, 14.0, 10.0], 2, &mut out).expect("valid");
        assert!(out[0].is_nan() && out[1].is_nan());
        for (value, expected) in out[2..].iter().zip([200.0 / 3.0, 800.0 / 9.0, 32.0]) {
            assert!((value - expected).abs() < 1e-12, "{value} should be {expected}");
        }
    }

    #[test]
    fn the_ends_of_the_scale() {
        let cases: [(&str, [f64; 5], f64); 3] = [
            ("only gains", [1.0, 2.0, 3.0, 4.0, 5.0], 100.0),
            ("only losses", [5.0, 4.0, 3.0, 2.0, 1.0], 0.0),
            ("no move", [3.0; 5], 50.0),
        ];
        for (name, close, expected) in cases {
            let mut out = [0.0; 5];
            rsi_batch(&close, 3, &mut out).expect("valid");
            assert_eq!(out[3..], [expected; 2], "{name}");
        }
    }

    #[test]
    fn a_market_that_died_long_ago_is_neutral() {
        let mut rsi = Rsi::new(14).expect("valid");
        rsi.update(1.0);
        let mut last = None;
        for _ in 0..12_000 {
            last = rsi.update(2.0);
        }
        assert_eq!(last, Some(50.0));
    }
}
