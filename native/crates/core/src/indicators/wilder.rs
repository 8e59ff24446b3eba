//! Wilder's smoothing, shared by RSI and ATR.

use super::ema::{Running, Smoothing};
use super::sum::{Count, Sum};

/// Wilder's moving average: `average += (x - average) / n`, seeded with the simple mean of the first `n` values.
///
/// The same as an exponential average with smoothing `1 / n`; Wilder writes it `(average * (n - 1) + x) / n`.
#[derive(Clone, Debug)]
pub(super) struct WilderAverage {
    period: usize,
    reciprocal: f64,
    seen: usize,
    seed: Sum,
    /// Meaningful once the seed is complete.
    pub(super) running: Running,
}

/// An average that comes nearer to a value by a share of what lies between.
#[inline(always)]
pub(super) fn approached(average: f64, value: f64, share: f64) -> f64 {
    share.mul_add(value - average, average)
}

impl WilderAverage {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        let running = Running { smoothing: Smoothing::new(1.0 / period as f64), value: 0.0 };
        WilderAverage { period, reciprocal: 1.0 / period as f64, seen: 0, seed: Sum::default(), running }
    }

    pub(super) fn period(&self) -> usize {
        self.period
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
        self.running.value = self.seed.mean(Count::new(self.period));
        Some(self.running.value)
    }

    /// The recurrence, once the average has its seed.
    #[inline(always)]
    pub(super) fn step(&mut self, value: f64) -> f64 {
        self.running.step(value)
    }

    /// As [`WilderAverage::update`], taking in the difference: `average += (x - average) / n`, see [`Rsi`](super::rsi::Rsi).
    #[inline(always)]
    pub(super) fn approach(&mut self, value: f64) -> Option<f64> {
        if self.seen < self.period {
            return self.update(value);
        }
        self.running.value = approached(self.running.value, value, self.reciprocal);
        Some(self.running.value)
    }

    pub(super) fn reciprocal(&self) -> f64 {
        self.reciprocal
    }

    /// The average, once it has its seed.
    pub(super) fn recurrence(&self) -> Option<Running> {
        (self.seen == self.period).then_some(self.running)
    }
}
