//! Several parameter sets of one indicator side by side.
//!
//! A recurrence waits for its own last result on every bar; eight of them can wait at the same time. Each lane does what the
//! kernel does alone, operation by operation, so that its results have the same bits.

use super::super::ema::{Ema, Running, Smoothing};
use super::super::holes::all_usable;
use super::super::usable;
use super::super::wilder::{WilderAverage, approached};
use super::block::bar_at;
use super::joints::part_of;
use super::machine::Kernel;
use super::tiles::{self, LANES, ROWS, TileWriter, Wide};
#[cfg(target_arch = "x86_64")]
use crate::cpu::{has_avx2_fma, has_avx512};
use std::ops::Range;

/// Rows that are tested for numbers that cannot be used at once.
const TESTED_ROWS: usize = 512;

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
    let mut columns: [&[f64]; I] = [&[]; I];
    for (column, input) in columns.iter_mut().zip(inputs) {
        *column = &input[..rows];
    }
    // From set by set to output by output.
    let mut results: [[&mut [f64]; LANES]; O] =
        std::array::from_fn(|_| std::array::from_fn(|_| &mut [] as &mut [f64]));
    let mut parts = outputs.iter_mut().map(|column| &mut column[..rows]);
    for lane in 0..LANES {
        for result in &mut results {
            if let Some(part) = parts.next() {
                result[lane] = part;
            }
        }
    }
    let mut row = 0;
    while row < rows {
        if !usable_row(&columns, row) {
            for column in results.iter_mut().flatten() {
                column[row] = f64::NAN;
            }
            row += 1;
            continue;
        }
        let kernels = std::array::from_fn(|lane| {
            let mut kernel = build(sets[lane]);
            kernel.start_at(row);
            kernel
        });
        #[cfg(target_arch = "x86_64")]
        if has_avx512() {
            // SAFETY: the processor has just been found to have the features.
            row = unsafe { run_by_eights(kernels, row, columns, &mut results) };
            continue;
        } else if has_avx2_fma() {
            // SAFETY: the processor has just been found to have both features.
            row = unsafe { run_by_fours(kernels, row, columns, &mut results) };
            continue;
        }
        row = run::<tiles::OneByOne, K, I, O>(kernels, row, columns, &mut results);
    }
}

/// Whether the numbers of a row can enter an indicator.
#[inline(always)]
fn usable_row<const I: usize>(columns: &[&[f64]; I], row: usize) -> bool {
    bar_at(columns, row).iter().all(|&value| usable(value))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
fn run_by_eights<K: SideBySide<I, O>, const I: usize, const O: usize>(
    kernels: [K; LANES],
    first: usize,
    columns: [&[f64]; I],
    results: &mut [[&mut [f64]; LANES]; O],
) -> usize {
    run::<tiles::ByEights, K, I, O>(kernels, first, columns, results)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_by_fours<K: SideBySide<I, O>, const I: usize, const O: usize>(
    kernels: [K; LANES],
    first: usize,
    columns: [&[f64]; I],
    results: &mut [[&mut [f64]; LANES]; O],
) -> usize {
    run::<tiles::ByFours, K, I, O>(kernels, first, columns, results)
}

/// Runs new kernels from their first row up to a row that cannot be used, or the end; gives that row.
#[inline(always)]
fn run<W: TileWriter, K: SideBySide<I, O>, const I: usize, const O: usize>(
    mut kernels: [K; LANES],
    first: usize,
    columns: [&[f64]; I],
    results: &mut [[&mut [f64]; LANES]; O],
) -> usize {
    let rows = columns[0].len();
    for column in columns {
        assert_eq!(column.len(), rows);
    }
    for column in results.iter().flatten() {
        assert_eq!(column.len(), rows);
    }
    let mut row = first;
    let mut lanes = None;
    while lanes.is_none() {
        if row == rows || !usable_row(&columns, row) {
            return row;
        }
        for (lane, kernel) in kernels.iter_mut().enumerate() {
            let values = kernel.advance(bar_at(&columns, row));
            for index in 0..O {
                results[index][lane][row] = values[index];
            }
        }
        row += 1;
        lanes = K::gather(&kernels);
    }
    let Some(mut lanes) = lanes else { return row };
    let mut values = [[[0.0; LANES]; ROWS]; O];
    loop {
        let wanted = rows.min(row + TESTED_ROWS);
        let end = usable_until(columns, row, wanted);
        while row + ROWS <= end {
            let tile = tile_of(columns, row);
            for slot in 0..ROWS {
                let mut bar = [0.0; I];
                for index in 0..I {
                    bar[index] = tile[index][slot];
                }
                let of_lanes = K::step(&mut lanes, bar);
                for index in 0..O {
                    values[index][slot] = of_lanes[index];
                }
            }
            for index in 0..O {
                W::write(&values[index], &mut results[index], row);
            }
            row += ROWS;
        }
        single_rows::<K, I, O>(&mut lanes, columns, row..end, results);
        row = end;
        if end < wanted || end == rows {
            break;
        }
    }
    row
}

/// The first row from one on that cannot be used, or the end that is given.
#[inline(always)]
fn usable_until<const I: usize>(columns: [&[f64]; I], from: usize, end: usize) -> usize {
    if part_of(columns, from, end - from).iter().all(|column| all_usable(column)) {
        return end;
    }
    (from..end).find(|&row| !usable_row(&columns, row)).unwrap_or(end)
}

/// Rows that are fewer than a tile.
#[inline(always)]
fn single_rows<K: SideBySide<I, O>, const I: usize, const O: usize>(
    lanes: &mut K::Lanes,
    columns: [&[f64]; I],
    rows: Range<usize>,
    results: &mut [[&mut [f64]; LANES]; O],
) {
    for row in rows {
        let of_lanes = K::step(lanes, bar_at(&columns, row));
        for (columns, values) in results.iter_mut().zip(of_lanes) {
            for (column, value) in columns.iter_mut().zip(values) {
                column[row] = value;
            }
        }
    }
}

/// The rows of a tile: of a known number, so that nothing is looked up with a test and the states stay in registers.
#[inline(always)]
fn tile_of<const I: usize>(columns: [&[f64]; I], row: usize) -> [&[f64; ROWS]; I] {
    let mut tile = [&[0.0; ROWS]; I];
    for (tile, column) in tile.iter_mut().zip(columns) {
        *tile = column[row..].first_chunk().expect("a whole tile is left");
    }
    tile
}
