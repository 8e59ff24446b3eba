//! Parts of batches: what a kernel sees of a block of bars, and windows over it that are computed side by side.

use super::super::holes::all_usable;
use super::each::{OfRow, fill_rows};
use super::extremes::by_column;
use super::grid;
use super::joints::part_of;
use super::scratch::{Lane, Scratch};
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx2_fma;

/// Rows a batch handles at once: two columns and a result fit into the first cache.
pub(super) const BLOCK: usize = 1024;

/// Rows where there are so many columns that more would not stay in the first cache until they have been tested.
const SHORT_BLOCK: usize = 256;

/// Rows a batch of so many columns handles at once, the results among them, when it looks `reach` bars back.
pub(super) const fn block_rows(columns: usize, reach: Option<usize>) -> usize {
    match reach {
        // Where a block looks far back, few rows would mostly be made of the bars before them.
        Some(reach) if columns > 3 && reach <= SHORT_BLOCK / 8 => SHORT_BLOCK,
        _ => BLOCK,
    }
}

/// How many rows ahead a step asks for the numbers it will want.
const AHEAD: usize = 512;

/// Rows in a line of the cache, which comes at once.
pub(super) const ROWS_OF_LINE: usize = 8;

/// Longest window that is computed side by side; a longer one goes bar by bar.
pub(super) const LONGEST: usize = 400;

/// Room for a block and what lies before it.
pub(super) const SPAN: usize = BLOCK + 4 * LONGEST;

/// Bars of a batch: `reach` bars before, then one for each place of the results.
pub(super) struct Block<'a, const I: usize, const O: usize> {
    /// Columns, from the bars before on.
    pub(super) bars: [&'a [f64]; I],
    /// Bars before the first result.
    pub(super) reach: usize,
    /// Row of the first result in the whole column.
    pub(super) row: usize,
    /// Columns to fill.
    pub(super) results: [&'a mut [f64]; O],
    /// Columns to work in.
    pub(super) scratch: &'a mut Scratch,
}

/// Rows of a part of a block: with what is made on the way they stay in the first cache.
const PART: usize = 256;

/// The parts of a block, one after the other.
pub(super) struct Parts<'a, const I: usize, const O: usize> {
    block: Block<'a, I, O>,
    done: usize,
}

impl<'a, const I: usize, const O: usize> Block<'a, I, O> {
    /// Cuts the block up.
    #[inline(always)]
    pub(super) fn parts(self) -> Parts<'a, I, O> {
        Parts { block: self, done: 0 }
    }
}

impl<const I: usize, const O: usize> Parts<'_, I, O> {
    /// The next part. To be asked for in a loop: what is done in a closure would lose its wide instructions.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<Block<'_, I, O>> {
        let (done, reach) = (self.done, self.block.reach);
        // Not where the parts would mostly be made of the bars before them.
        let most = if reach > PART / 2 { BLOCK } else { PART };
        let taken = most.min(self.block.results[0].len() - done);
        if taken == 0 {
            return None;
        }
        self.done += taken;
        let mut bars: [&[f64]; I] = [&[]; I];
        for index in 0..I {
            bars[index] = &self.block.bars[index][done..done + reach + taken];
        }
        let mut results: [&mut [f64]; O] = std::array::from_fn(|_| Default::default());
        for (part, result) in results.iter_mut().zip(self.block.results.iter_mut()) {
            *part = &mut result[done..done + taken];
        }
        Some(Block { bars, reach, row: self.block.row + done, results, scratch: self.block.scratch })
    }
}

/// The numbers of one row. A loop, where `map` would not always become part of the caller and so lose its instructions.
#[inline(always)]
pub(super) fn bar_at<const I: usize>(columns: &[&[f64]; I], row: usize) -> [f64; I] {
    let mut bar = [0.0; I];
    for index in 0..I {
        bar[index] = columns[index][row];
    }
    bar
}

/// So many rows of columns, by line.
#[inline(always)]
fn lines<'a, const I: usize>(columns: &[&'a [f64]; I], rows: usize) -> [&'a [[f64; ROWS_OF_LINE]]; I] {
    let mut lines: [&[[f64; ROWS_OF_LINE]]; I] = [&[]; I];
    for index in 0..I {
        lines[index] = columns[index][..rows].as_chunks().0;
    }
    lines
}

/// Asks for the line of the cache that a row far ahead is in: a step waits for the one before it, and meanwhile it comes. To be
/// done once a line.
#[inline(always)]
#[allow(unsafe_code)]
pub(super) fn ask_ahead<const I: usize, const O: usize>(
    columns: &[&[f64]; I],
    results: &[&mut [f64]; O],
    row: usize,
) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let ask = |column: *const f64| {
            // SAFETY: asking for an address does nothing else, wherever it points.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(column.wrapping_add(row + AHEAD).cast()) };
        };
        for column in columns {
            ask(column.as_ptr());
        }
        for result in results {
            ask(result.as_ptr());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (columns, results, row);
}

/// The loop of [`Block::fill_on`], a function of its own: within the batch its state would not stay in registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[inline(never)]
fn run_wide<S: Copy, const I: usize, const O: usize>(
    now: [&[f64]; I],
    before: [&[f64]; I],
    results: [&mut [f64]; O],
    state: S,
    step: impl Fn(S, [f64; I], [f64; I]) -> (S, [f64; O]),
) -> S {
    run(now, before, results, state, step)
}

#[inline(always)]
fn run<S: Copy, const I: usize, const O: usize>(
    now: [&[f64]; I],
    before: [&[f64]; I],
    mut results: [&mut [f64]; O],
    mut state: S,
    step: impl Fn(S, [f64; I], [f64; I]) -> (S, [f64; O]),
) -> S {
    let rows = results[0].len();
    for index in 0..I {
        assert!(now[index].len() == rows && before[index].len() == rows);
    }
    for result in &mut results {
        assert_eq!(result.len(), rows);
    }
    // Whole lines are looked up without a test, so that the state never has to be in memory.
    let whole = rows - rows % ROWS_OF_LINE;
    let (now_lines, before_lines) = (lines(&now, whole), lines(&before, whole));
    for line in 0..whole / ROWS_OF_LINE {
        ask_ahead(&now, &results, ROWS_OF_LINE * line);
        for slot in 0..ROWS_OF_LINE {
            let (mut bar, mut earlier) = ([0.0; I], [0.0; I]);
            for index in 0..I {
                (bar[index], earlier[index]) =
                    (now_lines[index][line][slot], before_lines[index][line][slot]);
            }
            let (next, values) = step(state, bar, earlier);
            state = next;
            for index in 0..O {
                results[index].as_chunks_mut::<ROWS_OF_LINE>().0[line][slot] = values[index];
            }
        }
    }
    for slot in whole..rows {
        let (next, values) = step(state, bar_at(&now, slot), bar_at(&before, slot));
        state = next;
        for index in 0..O {
            results[index][slot] = values[index];
        }
    }
    state
}

/// Bars before a window that [`grid::sums`] wants, the window itself included: two windows, because bar by bar the numbers of
/// the one before still play a part.
pub(super) const fn sums_reach(period: usize) -> usize {
    2 * period + 4
}

impl<const I: usize, const O: usize> Block<'_, I, O> {
    /// Fills the block with sums or means over a window of the first column.
    #[inline(always)]
    pub(super) fn fill_from_column<const MEANS: bool>(self, period: usize) -> bool {
        let result = self.results.into_iter().next().expect("there is a result");
        grid::sums_into(self.bars[0], period, MEANS, &mut self.scratch.work, result)
    }

    /// Fills the block from sums over a window of numbers derived from each bar and the one before it: `result` gets the
    /// sums and the bar. The reach is that of [`derived_reach`].
    #[inline(always)]
    pub(super) fn fill_from_sums<const N: usize>(
        self,
        period: usize,
        number: impl Fn([f64; I], [f64; I]) -> [f64; N],
        result: impl Fn([f64; N], [f64; I]) -> [f64; O],
    ) -> bool {
        let Scratch { lanes, work, .. } = self.scratch;
        let (numbers, lanes) = lanes.split_first_chunk_mut::<N>().expect("three are enough for all");
        let sums = lanes.first_chunk_mut::<N>().expect("three are enough for all");
        derive(self.bars, numbers, number);
        let length = self.bars[0].len() - 1;
        let rows = length + 1 - self.reach;
        for (numbers, sums) in numbers.iter().zip(sums.iter_mut()) {
            if !grid::sums_of_derived(&numbers[..length], &self.bars, period, false, work, &mut sums[..rows])
            {
                return false;
            }
        }
        let (mut bars, mut windows): ([&[f64]; I], [&[f64]; N]) = ([&[]; I], [&[]; N]);
        for index in 0..I {
            bars[index] = &self.bars[index][self.reach..self.reach + rows];
        }
        for index in 0..N {
            windows[index] = &sums[index][..rows];
        }
        by_column(self.results, rows, |row| result(bar_at(&windows, row), bar_at(&bars, row)));
        true
    }
}

impl<const I: usize> Block<'_, I, 1> {
    /// Fills the block with means over a window of a number derived from the bar.
    #[inline(always)]
    pub(super) fn fill_with_means(self, period: usize, number: &impl OfRow<I>) -> bool {
        let Scratch { lanes, work, .. } = self.scratch;
        let ([numbers, ..], [result]) = (&mut **lanes, self.results);
        let length = result.len() + sums_reach(period);
        let numbers = &mut numbers[..length];
        fill_rows(part_of(self.bars, self.bars[0].len() - length, length), numbers, number);
        grid::sums_of_derived(numbers, &self.bars, period, true, work, result)
    }
}

/// Columns of numbers of each bar and the one before it, from the second bar on.
#[inline(always)]
pub(super) fn derive<const I: usize, const N: usize>(
    bars: [&[f64]; I],
    columns: &mut [Lane; N],
    number: impl Fn([f64; I], [f64; I]) -> [f64; N],
) {
    let length = bars[0].len() - 1;
    let (mut now, mut before): ([&[f64]; I], [&[f64]; I]) = ([&[]; I], [&[]; I]);
    for index in 0..I {
        now[index] = &bars[index][1..=length];
        before[index] = &bars[index][..length];
    }
    let mut derived: [&mut [f64]; N] = std::array::from_fn(|_| Default::default());
    for (derived, column) in derived.iter_mut().zip(columns) {
        *derived = column;
    }
    by_column(derived, length, |row| number(bar_at(&now, row), bar_at(&before, row)));
}

/// Whether all numbers from a row on can be used, for kernels that test their blocks.
#[inline(always)]
pub(super) fn usable_from<const I: usize>(bars: &[&[f64]; I], row: usize) -> bool {
    bars.iter().all(|column| all_usable(&column[row..]))
}

/// Bars before a block that [`Block::fill_from_sums`] wants, if the window is short enough.
#[inline(always)]
pub(super) fn derived_reach(period: usize) -> Option<usize> {
    (period <= LONGEST).then(|| sums_reach(period) + 1)
}

/// Bars before a block that windows over windows want, whose periods come to so many, if that is few enough.
#[inline(always)]
pub(super) fn windows_reach(periods: usize) -> Option<usize> {
    (periods <= LONGEST).then(|| 2 * periods + 16)
}

impl<const I: usize, const O: usize> Block<'_, I, O> {
    /// Fills the block from each bar and the one that lies `lag` bars before it, which is within the reach, with a state that goes from bar to bar by value, so that it stays in registers. Gives the last.
    #[inline(always)]
    pub(super) fn fill_on<S: Copy>(
        self,
        lag: usize,
        state: S,
        step: impl Fn(S, [f64; I], [f64; I]) -> (S, [f64; O]),
    ) -> S {
        fill_on(self.bars, self.reach, self.results, lag, state, step)
    }
}

/// As [`Block::fill_on`], for columns that need not be those of the block.
#[inline(always)]
#[allow(unsafe_code)]
pub(super) fn fill_on<S: Copy, const I: usize, const O: usize>(
    bars: [&[f64]; I],
    reach: usize,
    results: [&mut [f64]; O],
    lag: usize,
    state: S,
    step: impl Fn(S, [f64; I], [f64; I]) -> (S, [f64; O]),
) -> S {
    let rows = results[0].len();
    let mut now: [&[f64]; I] = [&[]; I];
    let mut before: [&[f64]; I] = [&[]; I];
    for index in 0..I {
        now[index] = &bars[index][reach..reach + rows];
        before[index] = &bars[index][reach - lag..reach - lag + rows];
    }
    #[cfg(target_arch = "x86_64")]
    if has_avx2_fma() {
        // SAFETY: the processor has just been found to have both features.
        return unsafe { run_wide(now, before, results, state, step) };
    }
    run(now, before, results, state, step)
}

impl<const I: usize, const O: usize> Block<'_, I, O> {
    /// Fills the block from each bar and the one that lies the reach before it.
    #[inline(always)]
    pub(super) fn fill_from_lag(self, result: impl Fn([f64; I], [f64; I]) -> [f64; O]) -> bool {
        let rows = self.results[0].len();
        let now = self.bars.map(|column| &column[self.reach..self.reach + rows]);
        let before = self.bars.map(|column| &column[..rows]);
        let results = self.results;
        for output in &results {
            assert_eq!(output.len(), rows);
        }
        for slot in 0..rows {
            let values = result(bar_at(&now, slot), bar_at(&before, slot));
            for index in 0..O {
                results[index][slot] = values[index];
            }
        }
        true
    }
}
