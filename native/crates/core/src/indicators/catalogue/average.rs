//! Moving averages as parts of other indicators, chosen by TA-Lib's number.

use super::super::ema::Ema;
use super::super::sum::Count;
use super::window::{Lag, Sums, WeightedSums};

/// Simple moving average.
#[derive(Clone, Debug)]
pub(super) struct Simple {
    sums: Sums<1>,
    count: Count,
}

impl Simple {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        Simple { sums: Sums::new(period), count: Count::new(period) }
    }

    pub(super) fn period(&self) -> usize {
        self.sums.period()
    }

    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<f64> {
        self.sums.push([value]).then(|| self.sums.mean(0, self.count))
    }
}

/// Weighted moving average: the newest bar has weight `n`, the oldest 1.
#[derive(Clone, Debug)]
pub(super) struct Weighted {
    sums: WeightedSums,
    total: f64,
}

impl Weighted {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        let n = period as f64;
        Weighted { sums: WeightedSums::new(period), total: n * (n + 1.0) / 2.0 }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<f64> {
        self.sums.push(value).map(|(_, weighted)| weighted / self.total)
    }
}

/// Exponential averages one of another, each seeded by the one before.
#[derive(Clone, Debug)]
pub(super) struct EmaChain<const N: usize>([Ema; N]);

impl<const N: usize> EmaChain<N> {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        EmaChain(std::array::from_fn(|_| Ema::with_checked_period(period)))
    }

    /// Average `index`, the first being 0.
    pub(super) fn link(&self, index: usize) -> &Ema {
        &self.0[index]
    }

    /// The averages from the first to the last, once the last is known.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<[f64; N]> {
        let mut values = [0.0; N];
        let mut last = value;
        for (ema, slot) in self.0.iter_mut().zip(&mut values) {
            last = ema.advance(last)?;
            *slot = last;
        }
        Some(values)
    }
}

/// Triangular average: a simple average of a simple average.
#[derive(Clone, Debug)]
pub(super) struct Triangular {
    inner: Simple,
    outer: Simple,
}

impl Triangular {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        Triangular { inner: Simple::new(period.div_ceil(2)), outer: Simple::new(period / 2 + 1) }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<f64> {
        let inner = self.inner.push(value)?;
        self.outer.push(inner)
    }
}

/// Kaufman's adaptive average.
#[derive(Clone, Debug)]
pub(super) struct Kaufman {
    lag: Lag,
    moves: Sums<1>,
    previous: Option<f64>,
    average: f64,
    started: bool,
}

impl Kaufman {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        Kaufman {
            lag: Lag::new(period),
            moves: Sums::new(period),
            previous: None,
            average: 0.0,
            started: false,
        }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<f64> {
        const FAST: f64 = 2.0 / 3.0;
        const SLOW: f64 = 2.0 / 31.0;
        let before = self.lag.push(value);
        let previous = self.previous.replace(value)?;
        let full = self.moves.push([(value - previous).abs()]);
        if !full {
            return None;
        }
        if !self.started {
            self.started = true;
            self.average = previous;
        }
        let change = (value - before?).abs();
        let path = self.moves.sum(0);
        let efficiency = if path <= change { 1.0 } else { change / path };
        let smoothing = efficiency.mul_add(FAST - SLOW, SLOW);
        self.average = (smoothing * smoothing).mul_add(value - self.average, self.average);
        Some(self.average)
    }
}

/// Tillson's T3.
#[derive(Clone, Debug)]
pub(super) struct Tillson {
    chain: EmaChain<6>,
    weights: [f64; 4],
}

impl Tillson {
    #[inline(always)]
    pub(super) fn new(period: usize, factor: f64) -> Self {
        let square = factor * factor;
        let cube = square * factor;
        let weights = [
            -cube,
            3.0 * (square + cube),
            -6.0 * square - 3.0 * (factor + cube),
            1.0 + 3.0 * factor + cube + 3.0 * square,
        ];
        Tillson { chain: EmaChain::new(period), weights }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<f64> {
        let [_, _, e3, e4, e5, e6] = self.chain.push(value)?;
        let [w6, w5, w4, w3] = self.weights;
        Some(w6 * e6 + w5 * e5 + w4 * e4 + w3 * e3)
    }
}

/// Hull's average.
#[derive(Clone, Debug)]
pub(super) struct Hull {
    half: Weighted,
    full: Weighted,
    smooth: Weighted,
}

impl Hull {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        let root = (period as f64).sqrt() as usize;
        Hull {
            half: Weighted::new((period / 2).max(1)),
            full: Weighted::new(period),
            smooth: Weighted::new(root.max(1)),
        }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<f64> {
        let half = self.half.push(value);
        let full = self.full.push(value)?;
        self.smooth.push(2.0 * half? - full)
    }
}

/// Zero-lag exponential average.
#[derive(Clone, Debug)]
pub(super) struct ZeroLag {
    lag: Lag,
    ema: Ema,
}

impl ZeroLag {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        ZeroLag { lag: Lag::new((period - 1) / 2), ema: Ema::with_checked_period(period) }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<f64> {
        let before = self.lag.push(value)?;
        self.ema.advance(2.0 * value - before)
    }
}
