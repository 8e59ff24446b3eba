//! Exponential moving average.
//!
//! * Formula: `ema[i] = ema[i-1] + k * (x[i] - ema[i-1])` with `k = 2 / (n + 1)`, see [`Smoothing`].
//! * Seed: the simple mean of the first `n` bars, at bar `n - 1`, as TA-Lib (default compatibility), Stock Indicators
//!   and TradingView. Tulip and pandas (`adjust=False`) start from the first bar instead: their values differ at
//!   first and approach these.
//! * Warm-up: `n - 1` bars.
//! * NaN policy: the module's; after a hole the average is seeded anew.
//! * Precision: one product and one fused multiply-add a bar. A flat series stays exactly flat, so averages of
//!   different periods stay equal on it.

use super::sum::{Count, Sum};

/// How an average takes in a value: `average = rest * average + share * x`, one rounding of the product and one of the sum.
///
/// The two weights add up to 1 without error, the share being what `rest`, the nearest double to `1 - k`, leaves: it differs
/// from `k` by no more than 2^-54. An average that is equal to `x` then stays so. With a share up to a half the product is off by
/// at most a quarter of the last place of `x`, and the sum rounds that away. (Of larger shares there are 2/3, with which no
/// product ends in the middle of two doubles, and 1.) Only the fused operation waits for the bar before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Smoothing {
    pub(super) rest: f64,
    pub(super) share: f64,
}

/// An average that has its seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Running {
    pub(super) smoothing: Smoothing,
    pub(super) value: f64,
}

impl Running {
    /// Takes the next value.
    #[inline(always)]
    pub(super) fn step(&mut self, value: f64) -> f64 {
        *self = self.next(value);
        self.value
    }

    /// The average with the next value taken in.
    #[inline(always)]
    pub(super) fn next(self, value: f64) -> Self {
        Running { value: self.smoothing.next(self.value, value), ..self }
    }
}

impl Smoothing {
    /// For `average += smoothing * (x - average)`.
    #[inline(always)]
    pub(super) fn new(smoothing: f64) -> Self {
        let rest = 1.0 - smoothing;
        Smoothing { rest, share: 1.0 - rest }
    }

    /// The average with a value taken in.
    #[inline(always)]
    pub(super) fn next(self, average: f64, value: f64) -> f64 {
        self.rest.mul_add(average, self.share * value)
    }
}

/// Incremental exponential moving average.
#[derive(Clone, Debug)]
pub(super) struct Ema {
    period: usize,
    seen: usize,
    seed: Sum,
    /// Meaningful once the seed is complete.
    pub(super) running: Running,
}

impl Ema {
    /// An average with the smoothing of a `period`-bar average.
    #[inline(always)]
    pub(super) fn with_checked_period(period: usize) -> Self {
        Ema::with_smoothing(period, 2.0 / (period as f64 + 1.0))
    }

    /// As [`Ema::with_checked_period`] with a smoothing of its own.
    #[inline(always)]
    pub(super) fn with_smoothing(period: usize, smoothing: f64) -> Self {
        let running = Running { smoothing: Smoothing::new(smoothing), value: 0.0 };
        Ema { period, seen: 0, seed: Sum::default(), running }
    }

    /// Takes the next value, which must be a number; `None` while warming up.
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
        self.running.value = self.seed.mean(Count::new(self.period));
        Some(self.running.value)
    }

    /// The recurrence, once the average has its seed.
    #[inline(always)]
    pub(super) fn step(&mut self, value: f64) -> f64 {
        self.running.step(value)
    }

    /// The average, once it has its seed.
    pub(super) fn recurrence(&self) -> Option<Running> {
        (self.seen == self.period).then_some(self.running)
    }

    pub(super) fn period(&self) -> usize {
        self.period
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // Period 3: k = 1/2; seed (2 + 4 + 6) / 3 = 4; then 4 + (10 - 4)/2 = 7; 7 + (7 - 7)/2 = 7; 7 + (1 - 7)/2 = 4.
        let mut ema = Ema::with_checked_period(3);
        let found = [2.0, 4.0, 6.0, 10.0, 7.0, 1.0].map(|value| ema.advance(value));
        assert_eq!(found, [None, None, Some(4.0), Some(7.0), Some(7.0), Some(4.0)]);
    }

    #[test]
    fn a_flat_series_stays_exactly_flat() {
        for period in [12, 26] {
            let mut ema = Ema::with_checked_period(period);
            for row in 0..500 {
                let expected = (row + 1 >= period).then_some(0.1 + 0.2);
                assert_eq!(ema.advance(0.1 + 0.2), expected, "{period}, row {row}");
            }
        }
    }
}
