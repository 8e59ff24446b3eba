//! Turns one definition of an indicator, a [`Kernel`], into its batch and its incremental form.
//!
//! A kernel is a state and a step. The stream takes one step a bar. The batch goes through the column in blocks that stay in
//! the first cache, tests each for numbers that cannot be used, and takes the steps, or fills the block by
//! [`Kernel::fill`] or [`Kernel::carry`], faster ways to the same bits, where the kernel has one. All of it is compiled for each
//! kernel, so that the state stays in registers.
//!
//! Columns are larger than the caches, so a batch must never wait for memory with nothing else to do: what carries no state is
//! tested after it is filled, when its block is near, and steps ask for what lies ahead while they compute.

use super::super::holes::all_usable;
use super::super::usable;
use super::block::{Block, ROWS_OF_LINE, ask_ahead, bar_at, block_rows};
use super::scratch::Borrowed;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx2_fma;
use std::ops::Range;

/// The state of an indicator with `I` inputs and `O` outputs, and what a bar does to it.
pub(super) trait Kernel<const I: usize, const O: usize>: Send + Sized + 'static {
    /// Takes the next bar, whose values are all usable numbers; an output is NaN while it warms up.
    fn advance(&mut self, bar: [f64; I]) -> [f64; O];

    /// Says which row the next bar is, after a hole and at the beginning. Only indicators that give row numbers care.
    fn start_at(&mut self, row: usize) {
        let _ = row;
    }

    /// How many bars before a block [`Kernel::fill`] looks at; `None` when there is no such way with these parameters.
    fn reach(&self) -> Option<usize> {
        None
    }

    /// Whether a block is filled by [`Kernel::carry`], not by [`Kernel::fill`].
    const CARRIES: bool = false;

    /// Whether [`Kernel::carry`] tests the block itself, once it has been read and before anything is carried on: columns are read from
    /// memory only once then. Where the test fails, it gives `false`.
    const TESTS: bool = false;

    /// Fills a block with the same bits as [`Kernel::advance`], from windows that are looked up in the block and the bars before
    /// it; the state is left behind. `false` where the numbers do not allow it: then the run is computed bar by bar. The block
    /// may hold numbers that cannot be used: what is made of it is thrown away then.
    #[inline(always)]
    fn fill(&self, block: Block<'_, I, O>) -> bool {
        let _ = block;
        false
    }

    /// As [`Kernel::fill`], where something without an end (averages that never forget) is carried on from block to block. All
    /// numbers can be used, unless [`Kernel::TESTS`].
    #[inline(always)]
    fn carry(&mut self, block: Block<'_, I, O>) -> bool {
        let _ = block;
        false
    }
}

/// Takes the bars one by one. The kernel comes by value: behind a reference its state would be written back on every bar.
#[inline(always)]
#[allow(clippy::needless_pass_by_value)]
fn step_by_step<K: Kernel<I, O>, const I: usize, const O: usize>(
    mut kernel: K,
    columns: [&[f64]; I],
    results: [&mut [f64]; O],
) -> K {
    let rows = results[0].len();
    for column in columns {
        assert_eq!(column.len(), rows);
    }
    for result in &results {
        assert_eq!(result.len(), rows);
    }
    let mut line = 0;
    while line < rows {
        ask_ahead(&columns, &results, line);
        for row in line..rows.min(line + ROWS_OF_LINE) {
            let values = kernel.advance(bar_at(&columns, row));
            for index in 0..O {
                results[index][row] = values[index];
            }
        }
        line += ROWS_OF_LINE;
    }
    kernel
}

/// What a kernel becomes for a caller that does not know its type.
pub(super) trait Run: Send {
    /// Fills the outputs for a whole series; the stream's own state stays as it is.
    fn batch(&self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]);
    /// Takes one bar.
    fn update(&mut self, bar: &[f64], out: &mut [f64]);
    /// Starts again as if new.
    fn reset(&mut self);
}

/// A kernel with what is needed to make it anew.
pub(super) struct Machine<K, const I: usize, const O: usize> {
    params: Vec<f64>,
    build: fn(&[f64]) -> K,
    kernel: K,
    row: usize,
    /// Whether the kernel has seen nothing yet, so that a hole need not replace it.
    fresh: bool,
}

/// Makes the machine of a kernel. The parameters have been checked.
pub(super) fn machine<K: Kernel<I, O>, const I: usize, const O: usize>(
    build: fn(&[f64]) -> K,
    params: &[f64],
) -> Box<dyn Run> {
    let mut kernel = build(params);
    kernel.start_at(0);
    Box::new(Machine { params: params.to_vec(), build, kernel, row: 0, fresh: true })
}

/// How far a batch is in a run of usable rows.
struct Progress<K> {
    kernel: K,
    /// First row of the run.
    start: usize,
    /// Row the kernel's state stands at.
    row: usize,
    /// Whether everything goes bar by bar.
    slow: bool,
}

impl<K> Progress<K> {
    /// Takes the bars up to a row.
    #[inline(always)]
    fn step_to<const I: usize, const O: usize>(
        self,
        row: usize,
        inputs: [&[f64]; I],
        outputs: &mut [&mut [f64]; O],
    ) -> Self
    where
        K: Kernel<I, O>,
    {
        let columns = inputs.map(|column| &column[self.row..row.max(self.row)]);
        let results = part(outputs, self.row, row.max(self.row));
        Progress { kernel: step_by_step(self.kernel, columns, results), row: row.max(self.row), ..self }
    }
}

/// Rows of the outputs.
#[inline(always)]
fn part<'a, const O: usize>(outputs: &'a mut [&mut [f64]; O], from: usize, to: usize) -> [&'a mut [f64]; O] {
    let mut parts: [&mut [f64]; O] = std::array::from_fn(|_| &mut [] as &mut [f64]);
    for (part, output) in parts.iter_mut().zip(outputs.iter_mut()) {
        *part = &mut output[from..to];
    }
    parts
}

impl<K: Kernel<I, O>, const I: usize, const O: usize> Machine<K, I, O> {
    fn new_kernel(&self, row: usize) -> K {
        let mut kernel = (self.build)(&self.params);
        kernel.start_at(row);
        kernel
    }

    /// The batch, block by block. A kernel lives as long as its run of usable rows.
    #[inline(always)]
    fn run_blocks(&self, inputs: [&[f64]; I], mut outputs: [&mut [f64]; O]) {
        let rows = inputs[0].len();
        let reach = self.kernel.reach();
        let block_rows = block_rows(I + O, reach);
        let mut scratch = Borrowed::later();
        let mut progress: Option<Progress<K>> = None;
        let mut next = 0;
        // Blocks before this row are tested before anything is made of them.
        let mut careful_until = 0;
        while next < rows {
            let start = next;
            let end = (start + block_rows).min(rows);
            let all_usable_in =
                |rows: Range<usize>| inputs.iter().all(|column| all_usable(&column[rows.clone()]));
            let trusting = (!K::CARRIES || K::TESTS)
                && start >= careful_until
                && progress.as_ref().is_some_and(|run| !run.slow && start >= run.start + reach.unwrap_or(0));
            if trusting || all_usable_in(start..end) {
                next = end;
            } else {
                // Up to the first hole, or over the holes.
                let usable_row = |row: usize| inputs.iter().all(|column| usable(column[row]));
                let first_usable = usable_row(start);
                next = (start + 1..end).find(|&row| usable_row(row) != first_usable).unwrap_or(end);
                if !first_usable {
                    progress = None;
                    for output in &mut outputs {
                        output[start..next].fill(f64::NAN);
                    }
                    continue;
                }
            }
            let mut run = progress.take().unwrap_or_else(|| Progress {
                kernel: self.new_kernel(start),
                start,
                row: start,
                slow: reach.is_none(),
            });
            if !run.slow {
                let filled_from = start.max(run.start + reach.unwrap_or(0)).min(next);
                if filled_from > start {
                    run = run.step_to(filled_from, inputs, &mut outputs);
                }
                if filled_from < next {
                    let reach = reach.unwrap_or(0);
                    let block = Block {
                        bars: inputs.map(|column| &column[filled_from - reach..next]),
                        reach,
                        row: filled_from,
                        results: part(&mut outputs, filled_from, next),
                        scratch: scratch.get(),
                    };
                    let filled = if K::CARRIES { run.kernel.carry(block) } else { run.kernel.fill(block) };
                    if trusting && !(if K::TESTS { filled } else { all_usable_in(start..next) }) {
                        (careful_until, next) = (end, start);
                        progress = Some(run);
                        continue;
                    }
                    if !filled {
                        // The state was left behind at the first block that was filled: again from the first bar.
                        let start = run.start;
                        run = Progress { kernel: self.new_kernel(start), start, row: start, slow: true };
                        run = run.step_to(filled_from, inputs, &mut outputs);
                    }
                }
            }
            if run.slow {
                run = run.step_to(next, inputs, &mut outputs);
            }
            progress = Some(run);
        }
    }
}

/// What is compiled for each kernel, and is most of this library. Methods of the kernel itself, not of [`Machine`]: the compiler
/// keeps a method with its type, and so spreads the families over the processor's cores, where all methods of `Machine` are one
/// unit that takes four minutes on one of them.
trait Compiled<const I: usize, const O: usize>: Kernel<I, O> {
    fn run(machine: &Machine<Self, I, O>, inputs: [&[f64]; I], outputs: [&mut [f64]; O]);
    fn step(&mut self, bar: [f64; I]) -> [f64; O];
    /// As `run`, for processors with these features.
    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code)]
    unsafe fn run_wide(machine: &Machine<Self, I, O>, inputs: [&[f64]; I], outputs: [&mut [f64]; O]);
    /// As `step`, for processors with these features.
    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code)]
    unsafe fn step_wide(&mut self, bar: [f64; I]) -> [f64; O];
}

impl<K: Kernel<I, O>, const I: usize, const O: usize> Compiled<I, O> for K {
    #[inline(never)]
    fn run(machine: &Machine<Self, I, O>, inputs: [&[f64]; I], outputs: [&mut [f64]; O]) {
        machine.run_blocks(inputs, outputs);
    }

    #[inline(never)]
    fn step(&mut self, bar: [f64; I]) -> [f64; O] {
        self.advance(bar)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    #[allow(unsafe_code)]
    unsafe fn run_wide(machine: &Machine<Self, I, O>, inputs: [&[f64]; I], outputs: [&mut [f64]; O]) {
        machine.run_blocks(inputs, outputs);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    #[allow(unsafe_code)]
    unsafe fn step_wide(&mut self, bar: [f64; I]) -> [f64; O] {
        self.advance(bar)
    }
}

impl<K: Kernel<I, O>, const I: usize, const O: usize> Run for Machine<K, I, O> {
    #[allow(unsafe_code)]
    fn batch(&self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let rows = inputs.first().map_or(0, |column| column.len());
        let mut columns: [&[f64]; I] = [&[]; I];
        for (column, input) in columns.iter_mut().zip(inputs) {
            *column = &input[..rows];
        }
        let mut results: [&mut [f64]; O] = std::array::from_fn(|_| &mut [] as &mut [f64]);
        for (result, output) in results.iter_mut().zip(outputs.iter_mut()) {
            *result = &mut output[..rows];
        }
        #[cfg(target_arch = "x86_64")]
        if has_avx2_fma() {
            // SAFETY: the processor has just been found to have both features.
            return unsafe { K::run_wide(self, columns, results) };
        }
        K::run(self, columns, results);
    }

    #[allow(unsafe_code)]
    fn update(&mut self, bar: &[f64], out: &mut [f64]) {
        self.row += 1;
        if bar.iter().all(|&value| usable(value)) {
            let mut values = [0.0; I];
            values.copy_from_slice(bar);
            self.fresh = false;
            #[cfg(target_arch = "x86_64")]
            if has_avx2_fma() {
                // SAFETY: the processor has just been found to have both features.
                out.copy_from_slice(&unsafe { self.kernel.step_wide(values) });
                return;
            }
            out.copy_from_slice(&self.kernel.step(values));
            return;
        }
        out.fill(f64::NAN);
        if self.fresh {
            self.kernel.start_at(self.row);
        } else {
            self.kernel = self.new_kernel(self.row);
            self.fresh = true;
        }
    }

    fn reset(&mut self) {
        self.row = 0;
        self.kernel = self.new_kernel(0);
        self.fresh = true;
    }
}
