//! Several parameter sets of one indicator side by side.
//!
//! A recurrence waits for its own last result on every bar; eight of them can wait at the same time. Each lane does what the
//! kernel does alone, operation by operation, so that its results have the same bits.

use super::super::ema::{Ema, Running, Smoothing};
use super::super::runs::{all_usable, for_each_run};
use super::super::wilder::{WilderAverage, approached};
use super::block::bar_at;
use super::machine::Kernel;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx2_fma;

/// Rows that are computed before they are written to the column of each lane.
const ROWS: usize = 64;

/// Parameter sets that are computed at once.
pub(super) const LANES: usize = 8;

/// A number of each lane.
pub(super) type Wide = [f64; LANES];

/// A number that is the same for all lanes.
#[inline(always)]
pub(super) fn all(value: f64) -> Wide {
    [value; LANES]
}

/// Applies a function of two numbers lane by lane.
#[inline(always)]
pub(super) fn both(a: Wide, b: Wide, function: impl Fn(f64, f64) -> f64) -> Wide {
    let mut result = a;
    for lane in 0..LANES {
        result[lane] = function(a[lane], b[lane]);
    }
    result
}

/// The recurrence of exponential and Wilder averages, see [`Smoothing`].
#[derive(Clone, Copy)]
pub(super) struct Recurrence {
    value: Wide,
    rest: Wide,
    share: Wide,
    /// Of the periods of Wilder averages.
    reciprocal: Wide,
}

impl Recurrence {
    /// `None` until all averages have their seeds.
    fn gather(averages: [Option<Running>; LANES]) -> Option<Self> {
        let mut recurrence = Recurrence {
            value: [0.0; LANES],
            rest: [0.0; LANES],
            share: [0.0; LANES],
            reciprocal: [0.0; LANES],
        };
        for (lane, average) in averages.into_iter().enumerate() {
            let Running { smoothing: Smoothing { rest, share }, value } = average?;
            (recurrence.rest[lane], recurrence.share[lane], recurrence.value[lane]) = (rest, share, value);
        }
        Some(recurrence)
    }

    pub(super) fn of_ema<'a, K>(kernels: &'a [K; LANES], ema: impl Fn(&'a K) -> &'a Ema) -> Option<Self> {
        Self::gather(std::array::from_fn(|lane| ema(&kernels[lane]).recurrence()))
    }

    pub(super) fn of_wilder<'a, K>(
        kernels: &'a [K; LANES],
        average: impl Fn(&'a K) -> &'a WilderAverage,
    ) -> Option<Self> {
        let mut recurrence = Self::gather(std::array::from_fn(|lane| average(&kernels[lane]).recurrence()))?;
        recurrence.reciprocal = std::array::from_fn(|lane| average(&kernels[lane]).reciprocal());
        Some(recurrence)
    }

    /// As [`WilderAverage::approach`], for averages that were gathered from such.
    #[inline(always)]
    pub(super) fn approach(&mut self, value: Wide) -> Wide {
        for lane in 0..LANES {
            self.value[lane] = approached(self.value[lane], value[lane], self.reciprocal[lane]);
        }
        self.value
    }

    #[inline(always)]
    pub(super) fn step(&mut self, value: Wide) -> Wide {
        for lane in 0..LANES {
            let smoothing = Smoothing { rest: self.rest[lane], share: self.share[lane] };
            self.value[lane] = smoothing.next(self.value[lane], value[lane]);
        }
        self.value
    }
}

/// A kernel that can go side by side with others of its kind.
pub(super) trait SideBySide<const I: usize, const O: usize>: Kernel<I, O> {
    /// The states of all lanes.
    type Lanes;

    /// The lanes, once all kernels have left their warm-up.
    fn gather(kernels: &[Self; LANES]) -> Option<Self::Lanes>;

    /// What [`Kernel::advance`] does, for all lanes.
    fn step(lanes: &mut Self::Lanes, bar: [f64; I]) -> [Wide; O];
}

/// Runs [`LANES`] parameter sets; the outputs of each set follow those of the one before.
#[allow(unsafe_code)]
pub(super) fn run_lanes<K: SideBySide<I, O>, const I: usize, const O: usize>(
    build: fn(&[f64]) -> K,
    sets: &[&[f64]; LANES],
    inputs: &[&[f64]],
    outputs: &mut [&mut [f64]],
) {
    let rows = inputs.first().map_or(0, |column| column.len());
    for_each_run(
        rows,
        |rows| inputs.iter().all(|column| all_usable(&column[rows.clone()])),
        |rows, usable| {
            if !usable {
                for column in outputs.iter_mut() {
                    column[rows.clone()].fill(f64::NAN);
                }
                return;
            }
            let mut columns: [&[f64]; I] = [&[]; I];
            for (column, input) in columns.iter_mut().zip(inputs) {
                *column = &input[rows.clone()];
            }
            let mut parts = outputs.iter_mut().map(|column| &mut column[rows.clone()]);
            let results: [[&mut [f64]; LANES]; O] = {
                // From set by set to output by output.
                let mut results: [[&mut [f64]; LANES]; O] =
                    std::array::from_fn(|_| std::array::from_fn(|_| &mut [] as &mut [f64]));
                for lane in 0..LANES {
                    for result in &mut results {
                        if let Some(part) = parts.next() {
                            result[lane] = part;
                        }
                    }
                }
                results
            };
            let kernels = std::array::from_fn(|lane| {
                let mut kernel = build(sets[lane]);
                kernel.start_at(rows.start);
                kernel
            });
            #[cfg(target_arch = "x86_64")]
            if has_avx2_fma() {
                // SAFETY: the processor has just been found to have both features.
                unsafe { run_wide(kernels, columns, results) };
                return;
            }
            run(kernels, columns, results);
        },
    );
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_wide<K: SideBySide<I, O>, const I: usize, const O: usize>(
    kernels: [K; LANES],
    columns: [&[f64]; I],
    results: [[&mut [f64]; LANES]; O],
) {
    run(kernels, columns, results);
}

#[inline(always)]
#[allow(clippy::needless_pass_by_value)]
fn run<K: SideBySide<I, O>, const I: usize, const O: usize>(
    mut kernels: [K; LANES],
    columns: [&[f64]; I],
    results: [[&mut [f64]; LANES]; O],
) {
    let rows = columns[0].len();
    for column in columns {
        assert_eq!(column.len(), rows);
    }
    for column in results.iter().flatten() {
        assert_eq!(column.len(), rows);
    }
    let mut row = 0;
    let mut lanes = None;
    while row < rows && lanes.is_none() {
        for (lane, kernel) in kernels.iter_mut().enumerate() {
            let values = kernel.advance(bar_at(&columns, row));
            for index in 0..O {
                results[index][lane][row] = values[index];
            }
        }
        row += 1;
        lanes = K::gather(&kernels);
    }
    let Some(mut lanes) = lanes else { return };
    // A few rows of all lanes, then the same rows lane by lane.
    let mut values = [[[0.0; LANES]; ROWS]; O];
    while row < rows {
        let taken = ROWS.min(rows - row);
        for slot in 0..taken {
            let bar = K::step(&mut lanes, bar_at(&columns, row + slot));
            for index in 0..O {
                values[index][slot] = bar[index];
            }
        }
        for index in 0..O {
            for lane in 0..LANES {
                let column = &mut results[index][lane][row..row + taken];
                for (place, value) in column.iter_mut().zip(&values[index]) {
                    *place = value[lane];
                }
            }
        }
        row += taken;
    }
}
