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

use super::sum::{Count, Sum};

/// Incremental exponential moving average.
#[derive(Clone, Debug)]
pub(super) struct Ema {
    period: usize,
    smoothing: f64,
    seen: usize,
    seed: Sum,
    value: f64,
}

impl Ema {
    /// An average with the smoothing of a `period`-bar average.
    #[inline(always)]
    pub(super) fn with_checked_period(period: usize) -> Self {
        Ema { period, smoothing: 2.0 / (period as f64 + 1.0), seen: 0, seed: Sum::default(), value: 0.0 }
    }

    /// As [`Ema::with_checked_period`] with a smoothing of its own.
    pub(super) fn with_smoothing(period: usize, smoothing: f64) -> Self {
        Ema { smoothing, ..Ema::with_checked_period(period) }
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
