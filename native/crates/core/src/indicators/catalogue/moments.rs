//! Mean, squared deviations and products of deviations of a window, put together from halves.
//!
//! Two stretches of `a` and `b` bars whose means lie `d` apart have together the squared deviations of both and `d^2 a b / (a + b)`
//! (T. Chan, G. Golub and R. `LeVeque`, 1979). Stretches of two, four, eight… bars are made of each other, and a window of those
//! its length is the sum of, the shortest at the end. What comes out depends on the window alone, equal values deviate by exactly
//! nothing, and nothing cancels. A step joins at most `2 log2 n` stretches, whatever the form: the batch does them for a block
//! side by side.

use super::block::{LONGEST, Lane, bar_at};
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx2_fma;
use std::marker::PhantomData;

/// What is known of a stretch of bars in `N` numbers.
pub(super) trait Stretch<const N: usize>: Copy {
    /// The numbers of both stretches together, of which `older` has `a` bars and `newer` has `b`: `weight` is `b / (a + b)`,
    /// `product` is `a b / (a + b)`.
    fn joined(older: [f64; N], newer: [f64; N], weight: f64, product: f64) -> [f64; N];
}

/// Mean and squared deviations.
#[derive(Clone, Copy, Debug)]
pub(super) struct OfOne;

impl Stretch<2> for OfOne {
    #[inline(always)]
    fn joined(older: [f64; 2], newer: [f64; 2], weight: f64, product: f64) -> [f64; 2] {
        let apart = newer[0] - older[0];
        [apart.mul_add(weight, older[0]), (apart * apart).mul_add(product, older[1] + newer[1])]
    }
}

/// Both means, squared deviations of both, and products of the deviations.
#[derive(Clone, Copy, Debug)]
pub(super) struct OfTwo;

impl Stretch<5> for OfTwo {
    #[inline(always)]
    fn joined(older: [f64; 5], newer: [f64; 5], weight: f64, product: f64) -> [f64; 5] {
        let (x, y) = (newer[0] - older[0], newer[1] - older[1]);
        let (x_share, y_share) = (x * product, y * product);
        [
            x.mul_add(weight, older[0]),
            y.mul_add(weight, older[1]),
            x_share.mul_add(x, older[2] + newer[2]),
            y_share.mul_add(y, older[3] + newer[3]),
            x_share.mul_add(y, older[4] + newer[4]),
        ]
    }
}

/// The two weights of a joint.
#[inline(always)]
fn weights(older: usize, newer: usize) -> (f64, f64) {
    let (a, b) = (older as f64, newer as f64);
    (b / (a + b), a * b / (a + b))
}

/// Moments of a window bar by bar.
#[derive(Clone, Debug)]
pub(super) struct Moments<S, const N: usize> {
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

impl<S: Stretch<N>, const N: usize> Moments<S, N> {
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
        Moments { levels: levels.collect(), period, seen: 0, kind: PhantomData }
    }

    pub(super) fn period(&self) -> usize {
        self.period
    }

    /// Takes the next bar as a stretch; the window once it is full.
    #[inline(always)]
    pub(super) fn push(&mut self, bar: [f64; N]) -> Option<[f64; N]> {
        let row = self.seen;
        self.seen += 1;
        let mut stretch = bar;
        let mut window = bar;
        for level in &mut self.levels {
            let within = level.recent.len() - 1;
            if let Some((after, (weight, product))) = level.closing {
                window = if after == 0 {
                    stretch
                } else {
                    S::joined(level.recent[row.wrapping_sub(after) & within], window, weight, product)
                };
            }
            let older = std::mem::replace(&mut level.recent[row & within], stretch);
            stretch = S::joined(older, stretch, level.doubling.0, level.doubling.1);
        }
        (self.seen >= self.period).then_some(window)
    }
}

/// Rows that are joined at once: few enough for the first cache.
const ROWS: usize = 256;

/// A column to join in: the rows and what lies before them.
pub(super) type Joint = [f64; JOINT];

/// Length of it.
pub(super) const JOINT: usize = ROWS + LONGEST;

/// Moments of the windows of `period` bars that end at the last `rows` of `length` bars, as [`Moments::push`] gives them: `bar`
/// gives the numbers of a bar. They go to the first rows of `out`.
#[inline(always)]
#[allow(clippy::needless_pass_by_value)]
pub(super) fn moments<S: Stretch<N>, const N: usize>(
    length: usize,
    rows: usize,
    period: usize,
    bar: impl Fn(usize) -> [f64; N],
    joints: &mut [Joint; 20],
    out: [&mut Lane; N],
) {
    let (columns, _) = joints.as_chunks_mut::<N>();
    let [from, to, window, next, ..] = columns else { return };
    let mut work = [from, to, window, next];
    let mut done = 0;
    while done < rows {
        let taken = ROWS.min(rows - done);
        let first = length - rows + done + 1 - period;
        for row in 0..taken + period - 1 {
            let numbers = bar(first + row);
            for index in 0..N {
                work[0][index][row] = numbers[index];
            }
        }
        join_all::<S, N>(&mut work, taken + period - 1, period);
        for index in 0..N {
            out[index][done..done + taken].copy_from_slice(&work[2][index][..taken]);
        }
        done += taken;
    }
}

/// Joins the bars in the first columns to windows in the third. A stretch is where its first bar is, so that the first window
/// comes first.
fn join_all<S: Stretch<N>, const N: usize>(work: &mut [&mut [Joint; N]; 4], span: usize, period: usize) {
    let mut length = 1;
    loop {
        // Bars of the window after a stretch of this length.
        let after = period & (length - 1);
        if period & length != 0 && after == 0 {
            let [from, _, window, _] = work;
            let rows = span + 1 - length;
            for index in 0..N {
                window[index][..rows].copy_from_slice(&from[index][..rows]);
            }
        } else if period & length != 0 {
            let [from, _, window, next] = work;
            join::<S, N>(
                [&**from, &**window],
                length,
                span + 1 - length - after,
                weights(length, after),
                next,
            );
            work.swap(2, 3);
        }
        if 2 * length > period {
            return;
        }
        let [from, to, _, _] = work;
        join::<S, N>([&**from, &**from], length, span + 1 - 2 * length, weights(length, length), to);
        work.swap(0, 1);
        length *= 2;
    }
}

/// Joins each of the older stretches with the newer one that begins `length` rows after it.
#[allow(unsafe_code)]
fn join<S: Stretch<N>, const N: usize>(
    [older, newer]: [&[Joint; N]; 2],
    length: usize,
    rows: usize,
    weights: (f64, f64),
    out: &mut [Joint; N],
) {
    let mut columns: [[&[f64]; N]; 2] = [[&[]; N]; 2];
    for index in 0..N {
        columns[0][index] = &older[index][..rows];
        columns[1][index] = &newer[index][length..length + rows];
    }
    let out = out.each_mut().map(|column| &mut column[..rows]);
    #[cfg(target_arch = "x86_64")]
    if has_avx2_fma() {
        // SAFETY: the processor has just been found to have both features.
        return unsafe { join_wide::<S, N>(columns, weights, out) };
    }
    join_rows::<S, N>(columns, weights, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn join_wide<S: Stretch<N>, const N: usize>(
    columns: [[&[f64]; N]; 2],
    weights: (f64, f64),
    out: [&mut [f64]; N],
) {
    join_rows::<S, N>(columns, weights, out);
}

#[inline(always)]
#[allow(clippy::needless_pass_by_value)]
fn join_rows<S: Stretch<N>, const N: usize>(
    [older, newer]: [[&[f64]; N]; 2],
    (weight, product): (f64, f64),
    out: [&mut [f64]; N],
) {
    let rows = out[0].len();
    for index in 0..N {
        assert!(older[index].len() == rows && newer[index].len() == rows && out[index].len() == rows);
    }
    for row in 0..rows {
        let joined = S::joined(bar_at(&older, row), bar_at(&newer, row), weight, product);
        for index in 0..N {
            out[index][row] = joined[index];
        }
    }
}
