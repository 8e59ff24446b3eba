//! Extremes of windows over a block, side by side.
//!
//! The largest number of a window is the same however it is found. Windows of four, sixteen, sixty-four… numbers are made of
//! each other for a whole block at once, and the last of up to four of them that overlap: no branch, no state.

use super::block::{Block, LONGEST, bar_at};
use super::kernel::{larger, smaller};
use super::scratch::Lane;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx512;

/// Bars before a block that windows of `period` values want, if they are short enough.
#[inline(always)]
pub(super) fn extremes_reach(period: usize) -> Option<usize> {
    (period <= LONGEST).then(|| period - 1)
}

/// `out[at]` is the pick of the numbers `shifts` after `from[at]`.
#[inline(always)]
fn widen<const N: usize>(
    from: &[f64],
    shifts: [usize; N],
    out: &mut [f64],
    pick: impl Fn(f64, f64) -> f64 + Copy,
) {
    let length = out.len();
    let mut parts: [&[f64]; N] = [&[]; N];
    for index in 0..N {
        parts[index] = &from[shifts[index]..shifts[index] + length];
    }
    for at in 0..length {
        let mut best = parts[0][at];
        for index in 1..N {
            best = pick(best, parts[index][at]);
        }
        // Positive and negative zero are one number.
        out[at] = best + 0.0;
    }
}

/// As [`widen`], from windows of `width` numbers to windows of `period`, which are at most four times as long.
#[inline(always)]
fn join(from: &[f64], width: usize, period: usize, out: &mut [f64], pick: impl Fn(f64, f64) -> f64 + Copy) {
    let last = period - width;
    match period.div_ceil(width) {
        1 => widen(from, [0], out, pick),
        2 => widen(from, [0, last], out, pick),
        3 => widen(from, [0, width, last], out, pick),
        _ => widen(from, [0, width, 2 * width, last], out, pick),
    }
}

/// Extremes of windows of `period` values by `pick`, which gives one of two numbers. The first window ends at
/// `values[period - 1]`; there are as many as `out` has places.
#[inline(always)]
#[allow(unsafe_code)]
pub(super) fn extremes(
    values: &[f64],
    period: usize,
    work: [&mut Lane; 2],
    out: &mut [f64],
    pick: impl Fn(f64, f64) -> f64 + Copy,
) {
    #[cfg(target_arch = "x86_64")]
    if has_avx512() {
        // SAFETY: the processor has just been found to have the features.
        return unsafe { extremes_eights(values, period, work, out, pick) };
    }
    extremes_rows(values, period, work, out, pick);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
fn extremes_eights(
    values: &[f64],
    period: usize,
    work: [&mut Lane; 2],
    out: &mut [f64],
    pick: impl Fn(f64, f64) -> f64 + Copy,
) {
    extremes_rows(values, period, work, out, pick);
}

#[inline(always)]
fn extremes_rows(
    values: &[f64],
    period: usize,
    work: [&mut Lane; 2],
    out: &mut [f64],
    pick: impl Fn(f64, f64) -> f64 + Copy,
) {
    if period <= 4 {
        return join(values, 1, period, out, pick);
    }
    let [mut from, mut to] = work;
    let mut length = values.len() - 3;
    widen(values, [0, 1, 2, 3], &mut from[..length], pick);
    let mut width = 4;
    while 4 * width < period {
        length -= 3 * width;
        widen(&from[..], [0, width, 2 * width, 3 * width], &mut to[..length], pick);
        std::mem::swap(&mut from, &mut to);
        width *= 4;
    }
    join(&from[..], width, period, out, pick);
}

/// Numbers and their places in the values looked at.
type Places<'a> = (&'a [f64], &'a [f64]);

/// The better of each number and the one `width` after it, with its place. Slices come as arguments of their own, so that the
/// compiler knows that they do not overlap.
#[inline(always)]
fn widen_places(
    (numbers, places): Places<'_>,
    width: usize,
    best: &mut [f64],
    best_places: &mut [f64],
    beats: impl Fn(f64, f64) -> bool + Copy,
) {
    let length = best.len();
    let (earlier, later) = (&numbers[..length], &numbers[width..width + length]);
    let (earlier_places, later_places) = (&places[..length], &places[width..width + length]);
    let best_places = &mut best_places[..length];
    for at in 0..length {
        let (late, early) = (later[at], earlier[at]);
        let taken = beats(late, early);
        // Places are not negative, and a later one is the larger: a mask and a maximum, where a choice between two loads
        // would become a branch.
        let place = if taken { later_places[at] } else { 0.0 };
        best[at] = if taken { late } else { early };
        best_places[at] = larger(place, earlier_places[at]);
    }
}

/// As [`extremes`], with the place in `values` of the extreme, the last of equals: `out` gets it. `beats` says whether a later
/// number takes the place of an earlier one.
#[inline(always)]
pub(super) fn places(
    values: &[f64],
    period: usize,
    work: &mut [Lane; 4],
    out: &mut [f64],
    beats: impl Fn(f64, f64) -> bool + Copy,
) {
    let [mut numbers, mut places, mut next_numbers, mut next_places] = work.each_mut();
    let mut length = values.len();
    for (at, place) in places[..length].iter_mut().enumerate() {
        *place = f64::from(at as i32);
    }
    if period == 1 {
        return out.copy_from_slice(&places[..out.len()]);
    }
    numbers[..length].copy_from_slice(values);
    let mut width = 1;
    while 2 * width < period {
        length -= width;
        let from = (&numbers[..], &places[..]);
        widen_places(from, width, &mut next_numbers[..length], &mut next_places[..], beats);
        std::mem::swap(&mut numbers, &mut next_numbers);
        std::mem::swap(&mut places, &mut next_places);
        width *= 2;
    }
    let from = (&numbers[..], &places[..]);
    widen_places(from, period - width, &mut next_numbers[..out.len()], out, beats);
}

/// Fills columns of `rows` places one after the other: a loop that writes one of them becomes wide instructions, where several
/// would have to be told apart from everything that is read.
#[inline(always)]
pub(super) fn by_column<const O: usize>(
    results: [&mut [f64]; O],
    rows: usize,
    values: impl Fn(usize) -> [f64; O],
) {
    for (index, column) in results.into_iter().enumerate() {
        match index {
            0 => one_column::<0, O>(column, rows, &values),
            1 => one_column::<1, O>(column, rows, &values),
            _ => one_column::<2, O>(column, rows, &values),
        }
    }
}

#[inline(always)]
fn one_column<const INDEX: usize, const O: usize>(
    column: &mut [f64],
    rows: usize,
    values: &impl Fn(usize) -> [f64; O],
) {
    // The length is spelled out, so that nothing is tested in the loop.
    let column = &mut column[..rows];
    for slot in 0..rows {
        column[slot] = values(slot)[INDEX.min(O - 1)];
    }
}

impl<const I: usize, const O: usize> Block<'_, I, O> {
    /// Fills the block from the highest of a window of the first column and the lowest of the second (or of the only one):
    /// `result` gets both and the bar.
    #[inline(always)]
    pub(super) fn fill_from_extremes(
        self,
        period: usize,
        result: impl Fn(f64, f64, [f64; I]) -> [f64; O],
    ) -> bool {
        let mut parts = self.parts();
        while let Some(block) = parts.next() {
            let rows = block.results[0].len();
            let start = block.reach + 1 - period;
            let [highest, lowest, a, b] = block.scratch.columns();
            let (highest, lowest) = (&mut highest[..rows], &mut lowest[..rows]);
            extremes(&block.bars[0][start..], period, [a, b], highest, larger);
            extremes(&block.bars[1.min(I - 1)][start..], period, [a, b], lowest, smaller);
            let mut now = [&[] as &[f64]; I];
            for index in 0..I {
                now[index] = &block.bars[index][block.reach..block.reach + rows];
            }
            by_column(block.results, rows, |slot| result(highest[slot], lowest[slot], bar_at(&now, slot)));
        }
        true
    }

    /// Fills the block from the ages of the highest of a window of the first column and of the lowest of the second (or of the
    /// only one): `result` gets both and the place of the row in the block.
    #[inline(always)]
    pub(super) fn fill_from_ages(self, period: usize, result: impl Fn(f64, f64, f64) -> [f64; O]) -> bool {
        let rows = self.results[0].len();
        let start = self.reach + 1 - period;
        let ([highest, lowest], work) = self.scratch.columns_and_work();
        let (highest, lowest) = (&mut highest[..rows], &mut lowest[..rows]);
        places(&self.bars[0][start..], period, work, highest, |later, earlier| later >= earlier);
        places(&self.bars[1.min(I - 1)][start..], period, work, lowest, |later, earlier| later <= earlier);
        let newest = (period - 1) as i32;
        by_column(self.results, rows, |slot| {
            let row = slot as i32;
            let at = f64::from(row + newest);
            result(at - highest[slot], at - lowest[slot], f64::from(row))
        });
        true
    }

    /// As [`Block::fill_from_ages`], for one extreme of a window of the only column.
    #[inline(always)]
    pub(super) fn fill_from_age(
        self,
        period: usize,
        beats: impl Fn(f64, f64) -> bool + Copy,
        result: impl Fn(f64, f64) -> [f64; O],
    ) -> bool {
        let rows = self.results[0].len();
        let ([found], work) = self.scratch.columns_and_work();
        let found = &mut found[..rows];
        places(&self.bars[0][self.reach + 1 - period..], period, work, found, beats);
        let newest = (period - 1) as i32;
        by_column(self.results, rows, |slot| {
            let row = slot as i32;
            result(f64::from(row + newest) - found[slot], f64::from(row))
        });
        true
    }

    /// Fills the block from one extreme of a window of the only column.
    #[inline(always)]
    pub(super) fn fill_from_extreme(self, period: usize, pick: impl Fn(f64, f64) -> f64 + Copy) -> bool {
        let values = &self.bars[0][self.reach + 1 - period..];
        let [a, b] = self.scratch.columns();
        for result in self.results {
            extremes(values, period, [a, b], result, pick);
        }
        true
    }
}
