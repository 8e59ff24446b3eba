//! Wilder's smoothing, shared by RSI and ATR.

use super::sum::{Count, Sum};

/// Wilder's moving average: `average += (x - average) / n`, seeded with the simple mean of the first `n` values.
///
/// The same as an exponential average with smoothing `1 / n`; Wilder writes it `(average * (n - 1) + x) / n`.
#[derive(Clone, Debug)]
pub(super) struct WilderAverage {
    period: usize,
    smoothing: f64,
    seen: usize,
    seed: Sum,
    value: f64,
}

impl WilderAverage {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        WilderAverage { period, smoothing: 1.0 / period as f64, seen: 0, seed: Sum::default(), value: 0.0 }
    }

    /// Takes the next value; `None` until the seed is complete.
    #[inline(always)]
    pub(super) fn update(&mut self, value: f64) -> Option<f64> {
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
