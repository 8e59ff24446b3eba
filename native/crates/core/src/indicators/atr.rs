//! Average true range (J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978).
//!
//! * Formula: `tr = max(high - low, |high - previous close|, |low - previous close|)`; `atr` is its Wilder average.
//! * Seed: the first bar has no previous close, so the first true range is that of bar 1; the simple mean of the
//!   first `n` true ranges is the value at bar `n`, as TA-Lib and Stock Indicators. Tulip and TradingView also count
//!   bar 0, with `high - low`, and so start one bar earlier.
//! * Warm-up: `n` bars.
//! * NaN policy: the module's; a bar counts as a hole when any of its three values does.

use super::runs::{all_usable, for_each_run};
use super::wilder::WilderAverage;
use super::{IndicatorError, checked_length, checked_period, usable};
use crate::cpu::multiversioned;

/// The columns the range is made of.
#[derive(Clone, Copy, Debug)]
pub struct AtrInput<'a> {
    /// Highs.
    pub high: &'a [f64],
    /// Lows.
    pub low: &'a [f64],
    /// Closes.
    pub close: &'a [f64],
}

/// Incremental average true range.
#[derive(Clone, Debug)]
pub struct Atr {
    previous_close: Option<f64>,
    average: WilderAverage,
}

/// The larger of two usable numbers: a compare and a select, where `f64::max` also looks for NaN.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Highest high less lowest low, the previous close counted among both.
#[inline(always)]
fn true_range(high: f64, low: f64, previous_close: f64) -> f64 {
    larger(high - low, larger((high - previous_close).abs(), (low - previous_close).abs()))
}

impl Atr {
    /// An average over `period` true ranges.
    ///
    /// # Errors
    /// [`IndicatorError::Period`] unless `1 <= period <= MAX_PERIOD`.
    pub fn new(period: usize) -> Result<Self, IndicatorError> {
        Ok(Self::with_checked_period(checked_period("period", period, 1)?))
    }

    #[inline(always)]
    fn with_checked_period(period: usize) -> Self {
        Atr { previous_close: None, average: WilderAverage::new(period) }
    }

    /// Takes the next bar; `None` while warming up.
    pub fn update(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        if !(usable(high) && usable(low) && usable(close)) {
            self.reset();
            return None;
        }
        atr_step(self, high, low, close)
    }

    /// As [`Atr::update`], for a bar that is known to be made of numbers.
    #[inline(always)]
    fn advance(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        let previous_close = self.previous_close.replace(close)?;
        self.average.update(true_range(high, low, previous_close))
    }

    /// Starts again as if new.
    #[inline(always)]
    pub fn reset(&mut self) {
        self.previous_close = None;
        self.average.reset();
    }

    /// Bars before the first value.
    pub fn warm_up_bars(&self) -> usize {
        self.average.period()
    }
}

/// Average true range of a series of bars; `out` gets one value a row, in the unit of the price, NaN while warming up.
///
/// # Errors
/// [`IndicatorError::Period`] as [`Atr::new`]; [`IndicatorError::Length`] unless all columns have the same length.
pub fn atr_batch(input: AtrInput<'_>, period: usize, out: &mut [f64]) -> Result<(), IndicatorError> {
    let period = checked_period("period", period, 1)?;
    let AtrInput { high, low, close } = input;
    checked_length("low", low.len(), high.len())?;
    checked_length("close", close.len(), high.len())?;
    checked_length("out", out.len(), high.len())?;
    for_each_run(
        high.len(),
        |rows| all_usable(&high[rows.clone()]) && all_usable(&low[rows.clone()]) && all_usable(&close[rows]),
        |rows, usable| {
            if usable {
                atr_run(
                    &high[rows.clone()],
                    &low[rows.clone()],
                    &close[rows.clone()],
                    period,
                    &mut out[rows],
                );
            } else {
                out[rows].fill(f64::NAN);
            }
        },
    );
    Ok(())
}

multiversioned! {
    fn atr_step(atr: &mut Atr, high: f64, low: f64, close: f64) -> Option<f64> {
        atr.advance(high, low, close)
    }
}

multiversioned! {
    fn atr_run(high: &[f64], low: &[f64], close: &[f64], period: usize, out: &mut [f64]) {
        let mut atr = Atr::with_checked_period(period);
        let warm = (period + 1).min(high.len());
        for row in 0..warm {
            out[row] = atr.advance(high[row], low[row], close[row]).unwrap_or(f64::NAN);
        }
        let bars = high[warm..].iter().zip(&low[warm..]).zip(&close[warm - 1..]);
        for (((&high, &low), &previous_close), result) in bars.zip(&mut out[warm..]) {
            *result = atr.average.step(true_range(high, low, previous_close));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // True ranges: bar 1 max(3, |12-9|, |9-9|) = 3; bar 2 (gap up) max(1, |16-11|, |15-11|) = 5;
        // bar 3 (gap down) max(2, |12-15|, |10-15|) = 5; bar 4 max(4, 5, 1) = 5.
        let high = [10.0, 12.0, 16.0, 12.0, 16.0];
        let low = [8.0, 9.0, 15.0, 10.0, 12.0];
        let close = [9.0, 11.0, 15.0, 11.0, 13.0];
        let mut out = [0.0; 5];
        atr_batch(AtrInput { high: &high, low: &low, close: &close }, 2, &mut out).expect("valid");
        assert!(out[0].is_nan() && out[1].is_nan());
        // (3 + 5)/2 = 4; 4 + (5 - 4)/2 = 4.5; 4.5 + (5 - 4.5)/2 = 4.75.
        assert_eq!(out[2..], [4.0, 4.5, 4.75]);
    }

    #[test]
    fn columns_of_different_lengths_are_refused() {
        let error =
            atr_batch(AtrInput { high: &[1.0; 3], low: &[1.0; 3], close: &[1.0; 2] }, 2, &mut [0.0; 3])
                .expect_err("close is short");
        assert_eq!(error.to_string(), "close has 2 rows, but the input has 3");
    }
}
