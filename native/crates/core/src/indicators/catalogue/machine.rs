//! Turns one definition of an indicator, a [`Kernel`], into its batch and its incremental form.
//!
//! A kernel is a state and a step. The batch is a loop over that step, compiled for each kernel so that the state stays
//! in registers; the stream is that loop over one bar. That both give the same bits is therefore a matter of construction.

use super::super::runs::{all_usable, for_each_run};
use super::super::usable;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx2_fma;

/// The state of an indicator with `I` inputs and `O` outputs, and what a bar does to it.
pub(super) trait Kernel<const I: usize, const O: usize>: Send + 'static {
    /// Takes the next bar, whose values are all usable numbers; an output is NaN while it warms up.
    fn advance(&mut self, bar: [f64; I]) -> [f64; O];

    /// Says which row the next bar is, after a hole and at the beginning. Only indicators that give row numbers care.
    fn start_at(&mut self, row: usize) {
        let _ = row;
    }
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
    /// Always there between calls: the loop takes it and gives it back.
    kernel: Option<K>,
    row: usize,
    /// Whether the kernel has seen nothing yet, so that a hole need not replace it.
    fresh: bool,
}

/// Makes the machine of a kernel. The parameters have been checked.
pub(super) fn machine<K: Kernel<I, O>, const I: usize, const O: usize>(
    build: fn(&[f64]) -> K,
    params: &[f64],
) -> Box<dyn Run> {
    let mut machine = Machine { params: params.to_vec(), build, kernel: None, row: 0, fresh: true };
    machine.reset();
    Box::new(machine)
}

impl<K: Kernel<I, O>, const I: usize, const O: usize> Machine<K, I, O> {
    fn new_kernel(&self, row: usize) -> K {
        let mut kernel = (self.build)(&self.params);
        kernel.start_at(row);
        kernel
    }
}

impl<K: Kernel<I, O>, const I: usize, const O: usize> Run for Machine<K, I, O> {
    fn batch(&self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let rows = inputs.first().map_or(0, |column| column.len());
        for_each_run(
            rows,
            |rows| inputs.iter().all(|column| all_usable(&column[rows.clone()])),
            |rows, usable| {
                if usable {
                    let mut columns: [&[f64]; I] = [&[]; I];
                    for (column, input) in columns.iter_mut().zip(inputs) {
                        *column = &input[rows.clone()];
                    }
                    let mut results: [&mut [f64]; O] = std::array::from_fn(|_| &mut [] as &mut [f64]);
                    for (result, output) in results.iter_mut().zip(outputs.iter_mut()) {
                        *result = &mut output[rows.clone()];
                    }
                    drive(self.new_kernel(rows.start), columns, results);
                } else {
                    for column in outputs.iter_mut() {
                        column[rows.clone()].fill(f64::NAN);
                    }
                }
            },
        );
    }

    fn update(&mut self, bar: &[f64], out: &mut [f64]) {
        let row = self.row;
        self.row += 1;
        if bar.iter().all(|&value| usable(value)) {
            let kernel = self.kernel.take().unwrap_or_else(|| self.new_kernel(row));
            let mut columns: [&[f64]; I] = [&[]; I];
            for (column, value) in columns.iter_mut().zip(bar) {
                *column = std::slice::from_ref(value);
            }
            let mut results: [&mut [f64]; O] = std::array::from_fn(|_| &mut [] as &mut [f64]);
            for (result, slot) in results.iter_mut().zip(out) {
                *result = std::slice::from_mut(slot);
            }
            self.kernel = Some(drive(kernel, columns, results));
            self.fresh = false;
            return;
        }
        out.fill(f64::NAN);
        match &mut self.kernel {
            Some(kernel) if self.fresh => kernel.start_at(self.row),
            _ => {
                self.kernel = Some(self.new_kernel(self.row));
                self.fresh = true;
            }
        }
    }

    fn reset(&mut self) {
        self.row = 0;
        self.kernel = Some(self.new_kernel(0));
        self.fresh = true;
    }
}

/// The kernel is taken by value: behind a reference its state would be written back on every bar.
#[inline(always)]
#[allow(clippy::needless_range_loop, clippy::needless_pass_by_value)]
fn drive_portable<K: Kernel<I, O>, const I: usize, const O: usize>(
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
    for row in 0..rows {
        let mut bar = [0.0; I];
        for index in 0..I {
            bar[index] = columns[index][row];
        }
        let values = kernel.advance(bar);
        for index in 0..O {
            results[index][row] = values[index];
        }
    }
    kernel
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn drive_wide<K: Kernel<I, O>, const I: usize, const O: usize>(
    kernel: K,
    columns: [&[f64]; I],
    results: [&mut [f64]; O],
) -> K {
    drive_portable(kernel, columns, results)
}

#[allow(unsafe_code)]
fn drive<K: Kernel<I, O>, const I: usize, const O: usize>(
    kernel: K,
    columns: [&[f64]; I],
    results: [&mut [f64]; O],
) -> K {
    #[cfg(target_arch = "x86_64")]
    if has_avx2_fma() {
        // SAFETY: the processor has just been found to have both features.
        return unsafe { drive_wide(kernel, columns, results) };
    }
    drive_portable(kernel, columns, results)
}
