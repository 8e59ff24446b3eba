//! Windows that are put together from halves.
//!
//! Stretches of two, four, eight… bars are made of each other, and a window of those its length is the sum of, the shortest at
//! the end. What comes out depends on the window alone, so that nothing drifts. A step joins at most `2 log2 n` stretches,
//! whatever the form: the batch does them for a block side by side.

use super::block::{Block, LONGEST, bar_at};
use super::extremes::by_column;
use super::joints::{Joints, part_of, windows};
use super::wide::Number;
use std::marker::PhantomData;

/// What is known of a stretch of bars of `M` numbers each, in `N` numbers.
pub(super) trait Stretch<const M: usize, const N: usize>: Copy {
    /// A stretch of one bar.
    fn of_bar<W: Number<R>, const R: usize>(bar: [W; M]) -> [W; N];

    /// The numbers of both stretches together, of which `older` has `a` bars and `newer` has `b`: `weight` is `b / (a + b)`,
    /// `product` is `a b / (a + b)`.
    fn joined<W: Number<R>, const R: usize>(
        older: [W; N],
        newer: [W; N],
        weight: f64,
        product: f64,
    ) -> [W; N];
}

/// Totals of `N` numbers a bar, for shares and ratios of sums. Sums that are compared with each other want more, see `grid`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Totals;

impl<const N: usize> Stretch<N, N> for Totals {
    #[inline(always)]
    fn of_bar<W: Number<R>, const R: usize>(bar: [W; N]) -> [W; N] {
        bar
    }

    #[inline(always)]
    fn joined<W: Number<R>, const R: usize>(older: [W; N], newer: [W; N], _: f64, _: f64) -> [W; N] {
        let mut total = older;
        for index in 0..N {
            total[index] = older[index] + newer[index];
        }
        total
    }
}

/// The two weights of a joint.
#[inline(always)]
pub(super) fn weights(older: usize, newer: usize) -> (f64, f64) {
    let (a, b) = (older as f64, newer as f64);
    (b / (a + b), a * b / (a + b))
}

/// A window bar by bar.
#[derive(Clone, Debug)]
pub(super) struct Halves<S, const M: usize, const N: usize> {
    /// For each length of a stretch: the weights of a joint of two such, and of one with what follows it in the window.
    levels: Box<[Level<N>]>,
    period: usize,
    seen: usize,
    kind: PhantomData<S>,
}

#[derive(Clone, Debug)]
struct Level<const N: usize> {
    /// The stretches that ended at the last bars, as many as they are long.
    recent: Box<[[f64; N]]>,
    doubling: (f64, f64),
    /// Bars of the window after a stretch of this length, and the weights; `None` when the window has no such stretch.
    closing: Option<(usize, (f64, f64))>,
}

impl<S: Stretch<M, N>, const M: usize, const N: usize> Halves<S, M, N> {
    pub(super) fn new(period: usize) -> Self {
        let levels = (0..=period.ilog2()).map(|level| {
            let length = 1 << level;
            let after = period & (length - 1);
            Level {
                recent: vec![[0.0; N]; length].into_boxed_slice(),
                doubling: weights(length, length),
                closing: (period & length != 0).then(|| (after, weights(length, after))),
            }
        });
        Halves { levels: levels.collect(), period, seen: 0, kind: PhantomData }
    }

    pub(super) fn period(&self) -> usize {
        self.period
    }

    /// Bars before a block that [`Halves::fill`] wants, if the window is short enough.
    pub(super) fn reach(&self) -> Option<usize> {
        (self.period <= LONGEST).then(|| self.period - 1)
    }

    /// Takes the next bar; the window once it is full.
    #[inline(always)]
    pub(super) fn push(&mut self, bar: [f64; M]) -> Option<[f64; N]> {
        let row = self.seen;
        self.seen += 1;
        let mut stretch = S::of_bar::<f64, 1>(bar);
        let mut window = stretch;
        for level in &mut self.levels {
            let within = level.recent.len() - 1;
            if let Some((after, (weight, product))) = level.closing {
                window = if after == 0 {
                    stretch
                } else {
                    let older = level.recent[row.wrapping_sub(after) & within];
                    S::joined::<f64, 1>(older, window, weight, product)
                };
            }
            let older = std::mem::replace(&mut level.recent[row & within], stretch);
            stretch = S::joined::<f64, 1>(older, stretch, level.doubling.0, level.doubling.1);
        }
        (self.seen >= self.period).then_some(window)
    }

    /// The windows that end at the last bars, one for each place of the columns of `out`, as [`Halves::push`] gives them.
    #[inline(always)]
    pub(super) fn fill(&self, bars: [&[f64]; M], joints: &mut Joints, out: [&mut [f64]; N]) {
        windows::<S, M, N>(bars, self.period, joints, out);
    }
}

impl<const I: usize, const O: usize> Block<'_, I, O> {
    /// Fills the block from totals over a window of a number derived from the bar, and of the column `whole`: `result` gets
    /// both and the bar.
    #[inline(always)]
    pub(super) fn fill_from_share(
        self,
        window: &Halves<Totals, 2, 2>,
        whole: usize,
        number: impl Fn([f64; I]) -> f64 + Copy,
        result: impl Fn([f64; 2], [f64; I]) -> [f64; O] + Copy,
    ) -> bool {
        let mut parts = self.parts();
        while let Some(block) = parts.next() {
            let [numbers, a, b, ..] = &mut *block.scratch.lanes;
            let (length, rows) = (block.bars[0].len(), block.results[0].len());
            let bars = part_of(block.bars, 0, length);
            by_column([&mut *numbers], length, |row| [number(bar_at(&bars, row))]);
            let (a, b) = (&mut a[..rows], &mut b[..rows]);
            window.fill([&numbers[..length], bars[whole]], &mut block.scratch.joints, [&mut *a, &mut *b]);
            let (a, b, bars) = (&a[..rows], &b[..rows], part_of(bars, length - rows, rows));
            by_column(block.results, rows, |row| result([a[row], b[row]], bar_at(&bars, row)));
        }
        true
    }
}
