//! Exponential moving average.
//!
//! * Formula: `ema[i] = ema[i-1] + k * (x[i] - ema[i-1])` with `k = 2 / (n + 1)`.
//! * Seed: the simple mean of the first `n` bars, at bar `n - 1`, as TA-Lib (default compatibility), Stock Indicators
//!   and TradingView. Tulip and pandas (`adjust=False`) start from the first bar instead: their values differ at
//!   first and approach these.
//! * Warm-up: `n - 1` bars.
//! * NaN policy: the module's; after a hole the average is seeded anew.
//! * Precision: one subtraction and one fused multiply-add a bar. The difference form keeps a flat series exactly
//!   flat, so averages of different periods stay equal on it (`k*x + (1-k)*ema` does not).

use super::runs::{all_usable, for_each_run};
use super::sum::{Count, Sum};
use super::{IndicatorError, checked_length, checked_period, usable};
use crate::cpu::multiversioned;

/// Incremental exponential moving average.
#[derive(Clone, Debug)]
pub struct Ema {
    period: usize,
    smoothing: f64,
    seen: usize,
    seed: Sum,
    value: f64,
}

impl Ema {
    /// An average with the smoothing of a `period`-bar average.
    ///
    /// # Errors
    /// [`IndicatorError::Period`] unless `1 <= period <= MAX_PERIOD`.
    pub fn new(period: usize) -> Result<Self, IndicatorError> {
        Ok(Self::with_checked_period(checked_period("period", period, 1)?))
    }

    /// As [`Ema::new`], for a period that has been checked.
    #[inline(always)]
    pub(super) fn with_checked_period(period: usize) -> Self {
        Ema { period, smoothing: 2.0 / (period as f64 + 1.0), seen: 0, seed: Sum::default(), value: 0.0 }
    }

    /// As [`Ema::with_checked_period`] with a smoothing of its own.
    pub(super) fn with_smoothing(period: usize, smoothing: f64) -> Self {
        Ema { smoothing, ..Ema::with_checked_period(period) }
    }

    /// Takes the next bar; `None` while warming up.
    pub fn update(&mut self, value: f64) -> Option<f64> {
        if !usable(value) {
            self.reset();
            return None;
        }
        ema_step(self, value)
    }

    /// As [`Ema::update`], for a value that is known to be a number.
    #[inline(always)]
    pub(super) fn advance(&mut self, value: f64) -> Option<f64> {
        if self.seen == self.period {
            return Some(self.step(value));
        }
        self.seen += 1;
        self.seed.add(value);
        if self.seen < self.period {
            return None;
        }
        self.value = self.seed.mean(Count::new(self.period));
        Some(self.value)
    }

    /// The recurrence, once the average has its seed.
    #[inline(always)]
    pub(super) fn step(&mut self, value: f64) -> f64 {
        self.value = self.smoothing.mul_add(value - self.value, self.value);
        self.value
    }

    /// Smoothing and value, once the average has its seed.
    pub(super) fn recurrence(&self) -> Option<(f64, f64)> {
        (self.seen == self.period).then_some((self.smoothing, self.value))
    }

    /// Starts again as if new.
    #[inline(always)]
    pub fn reset(&mut self) {
        self.seen = 0;
        self.seed = Sum::default();
    }

    /// Bars before the first value.
    pub fn warm_up_bars(&self) -> usize {
        self.period - 1
    }
}

/// Exponential moving average of a column; `out` gets one value a row, NaN while warming up.
///
/// # Errors
/// [`IndicatorError::Period`] as [`Ema::new`]; [`IndicatorError::Length`] unless `out` is as long as `input`.
pub fn ema_batch(input: &[f64], period: usize, out: &mut [f64]) -> Result<(), IndicatorError> {
    let period = checked_period("period", period, 1)?;
    checked_length("out", out.len(), input.len())?;
    for_each_run(
        input.len(),
        |rows| all_usable(&input[rows]),
        |rows, usable| {
            if usable {
                ema_run(&input[rows.clone()], period, &mut out[rows]);
            } else {
                out[rows].fill(f64::NAN);
            }
        },
    );
    Ok(())
}

multiversioned! {
    fn ema_step(ema: &mut Ema, value: f64) -> Option<f64> {
        ema.advance(value)
    }
}

multiversioned! {
    fn ema_run(run: &[f64], period: usize, out: &mut [f64]) {
        let mut ema = Ema::with_checked_period(period);
        let warm = period.min(run.len());
        for (&value, result) in run[..warm].iter().zip(&mut out[..warm]) {
            *result = ema.advance(value).unwrap_or(f64::NAN);
        }
        for (&value, result) in run[warm..].iter().zip(&mut out[warm..]) {
            *result = ema.step(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // Period 3: k = 1/2; seed (2 + 4 + 6) / 3 = 4; then 4 + (10 - 4)/2 = 7; 7 + (7 - 7)/2 = 7; 7 + (1 - 7)/2 = 4.
        let mut out = [0.0; 6];
        ema_batch(&[2.0, 4.0, 6.0, 10.0, 7.0, 1.0], 3, &mut out).expect("valid");
        assert!(out[0].is_nan() && out[1].is_nan());
        assert_eq!(out[2..], [4.0, 7.0, 7.0, 4.0]);
    }

    #[test]
    fn a_flat_series_stays_exactly_flat() {
        let input = [0.1 + 0.2; 500];
        let mut fast = [0.0; 500];
        let mut slow = [0.0; 500];
        ema_batch(&input, 12, &mut fast).expect("valid");
        ema_batch(&input, 26, &mut slow).expect("valid");
        assert_eq!(fast[25..], input[25..]);
        assert_eq!(slow[25..], input[25..]);
    }

    #[test]
    fn after_a_hole_the_average_is_seeded_anew() {
        let mut out = [0.0; 6];
        ema_batch(&[100.0, 200.0, f64::NAN, 1.0, 3.0, 5.0], 2, &mut out).expect("valid");
        assert_eq!(out[1], 150.0);
        assert!(out[2].is_nan() && out[3].is_nan());
        // Seed 2; then 2 + (5 - 2) * 2/3 = 4.
        assert_eq!(out[4..], [2.0, 4.0]);
    }
}
