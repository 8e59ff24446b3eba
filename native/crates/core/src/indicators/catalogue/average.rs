//! Moving averages as parts of other indicators, chosen by TA-Lib's number.

use super::super::ema::{Ema, Smoothing};
use super::super::sum::Count;
use super::block::{Block, fill_on, sums_reach, windows_reach};
use super::each::{fill_rows, of_row};
use super::grid;
use super::scratch::Scratch;
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
    /// Sum of the weights.
    total: Count,
}

impl Weighted {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        Weighted { sums: WeightedSums::new(period), total: Count::new(period * (period + 1) / 2) }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<f64> {
        self.sums.push(value).map(|(_, weighted)| self.total.mean(weighted).0)
    }
}

impl Weighted {
    #[inline(always)]
    pub(super) fn period(&self) -> usize {
        self.sums.period()
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

    /// Bars after which all averages have their seeds.
    pub(super) fn reach(&self) -> usize {
        N * (self.0[0].period() - 1) + 1
    }

    /// The averages, which must have their seeds.
    #[inline(always)]
    pub(super) fn running(&self) -> RunningChain<N> {
        let mut values = [0.0; N];
        for index in 0..N {
            values[index] = self.0[index].running.value;
        }
        RunningChain { smoothing: self.0[0].running.smoothing, values }
    }

    /// Goes on from averages that have run by themselves.
    #[inline(always)]
    pub(super) fn resume(&mut self, chain: RunningChain<N>) {
        for index in 0..N {
            self.0[index].running.value = chain.values[index];
        }
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

/// An [`EmaChain`] all of whose averages have their seeds. One smoothing for all: six of them would not fit into the registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunningChain<const N: usize> {
    smoothing: Smoothing,
    values: [f64; N],
}

impl<const N: usize> RunningChain<N> {
    /// The chain with a value taken in, and the averages from the first to the last.
    #[inline(always)]
    pub(super) fn next(mut self, value: f64) -> (Self, [f64; N]) {
        let mut last = value;
        for index in 0..N {
            last = self.smoothing.next(self.values[index], last);
            self.values[index] = last;
        }
        (self, self.values)
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

    /// Bars before a block that [`Triangular::fill`] looks at.
    pub(super) fn reach(&self) -> Option<usize> {
        windows_reach(self.inner.period() + self.outer.period())
    }

    /// Fills a block from the only column.
    #[inline(always)]
    pub(super) fn fill(&self, block: Block<'_, 1, 1>) -> bool {
        let (inner, outer) = (self.inner.period(), self.outer.period());
        let ([values], [result]) = (block.bars, block.results);
        let Scratch { lanes, work, .. } = block.scratch;
        let first = &mut lanes[0][..result.len() + sums_reach(outer)];
        grid::sums_into(values, inner, true, work, first) && grid::sums_into(first, outer, true, work, result)
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
        self.average = adapted(self.average, value, change, path);
        Some(self.average)
    }

    pub(super) fn period(&self) -> usize {
        self.moves.period()
    }

    /// Fills a block from the only column, after the warm-up.
    #[inline(always)]
    pub(super) fn carry(&mut self, block: Block<'_, 1, 1>) -> bool {
        let ([values], reach, period) = (block.bars, block.reach, self.period());
        let Scratch { lanes, work, .. } = block.scratch;
        let [moves, paths, ..] = &mut **lanes;
        let moves = &mut moves[..values.len() - 1];
        fill_rows([&values[1..], values], moves, &of_row!(2, |[x, before]| (x - before).abs()));
        let path_rows = values.len() - reach;
        if !grid::sums_of_derived(moves, &[values], period, false, work, &mut paths[..path_rows]) {
            return false;
        }
        let columns = [&values[reach..], &values[reach - period..], &paths[..]];
        self.average =
            fill_on(columns, 0, block.results, 0, self.average, |average, [x, before, path], _| {
                let average = adapted(average, x, (x - before).abs(), path);
                (average, [average])
            });
        true
    }
}

/// Kaufman's average with a value taken in: the faster, the more of the path is change. Only one fused operation waits for the
/// average before.
#[inline(always)]
fn adapted(average: f64, value: f64, change: f64, path: f64) -> f64 {
    const FAST: f64 = 2.0 / 3.0;
    const SLOW: f64 = 2.0 / 31.0;
    let efficiency = if path <= change { 1.0 } else { change / path };
    let smoothing = efficiency.mul_add(FAST - SLOW, SLOW);
    Smoothing::new(smoothing * smoothing).next(average, value)
}

#[inline(always)]
fn weigh([w6, w5, w4, w3]: [f64; 4], [_, _, e3, e4, e5, e6]: [f64; 6]) -> f64 {
    w6 * e6 + w5 * e5 + w4 * e4 + w3 * e3
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
        self.chain.push(value).map(|averages| weigh(self.weights, averages))
    }

    /// Bars after which all averages have their seeds.
    pub(super) fn reach(&self) -> usize {
        self.chain.reach()
    }

    /// Fills a block, after the warm-up.
    #[inline(always)]
    pub(super) fn carry(&mut self, block: Block<'_, 1, 1>) -> bool {
        let weights = self.weights;
        let chain = block.fill_on(0, self.chain.running(), |chain, [x], _| {
            let (chain, averages) = chain.next(x);
            (chain, [weigh(weights, averages)])
        });
        self.chain.resume(chain);
        true
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

    /// Bars before a block that [`Hull::fill`] looks at.
    pub(super) fn reach(&self) -> Option<usize> {
        windows_reach(self.full.period() + self.smooth.period())
    }

    /// Fills a block from the only column.
    #[inline(always)]
    pub(super) fn fill(&self, block: Block<'_, 1, 1>) -> bool {
        let (half, full, smooth) = (self.half.period(), self.full.period(), self.smooth.period());
        let ([values], [result]) = (block.bars, block.results);
        let Scratch { lanes, work, .. } = block.scratch;
        let [first, second, ..] = &mut **lanes;
        let inner_rows = result.len() + sums_reach(smooth);
        let (first, second) = (&mut first[..inner_rows], &mut second[..inner_rows]);
        if !grid::weighted_into(values, half, true, work, None, first)
            || !grid::weighted_into(values, full, true, work, None, second)
        {
            return false;
        }
        for row in 0..inner_rows {
            first[row] = 2.0 * first[row] - second[row];
        }
        grid::weighted_into(first, smooth, true, work, None, result)
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

    /// Bars between the two values that are taken.
    pub(super) fn lag(&self) -> usize {
        self.lag.bars()
    }

    /// The average that goes over them.
    pub(super) fn ema(&mut self) -> &mut Ema {
        &mut self.ema
    }

    /// Bars after which the average has its seed.
    pub(super) fn reach(&self) -> usize {
        self.lag.bars() + self.ema.period()
    }
}
