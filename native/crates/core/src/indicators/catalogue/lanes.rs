//! Several parameter sets of one indicator side by side.
//!
//! A recurrence waits for its own last result on every bar; eight of them can wait at the same time. Each lane does what the
//! kernel does alone, operation by operation, so that its results have the same bits.

use super::super::ema::{Ema, Running, Smoothing};
use super::super::holes::all_usable;
use super::super::usable;
use super::super::wilder::{WilderAverage, approached};
use super::block::{ROWS_OF_LINE, bar_at};
use super::joints::part_of;
use super::machine::Kernel;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx2_fma;

/// Rows that are computed before they are written to the column of each lane.
const ROWS: usize = 64;

/// Results that are so many (32 MB) that the caches would not hold them until they are read: they are written past the caches,
/// which saves reading each line before it is written.
const PAST_CACHES: usize = 4 << 20;

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
        if has_avx2_fma() {
            // SAFETY: the processor has just been found to have both features.
            row = unsafe { run_wide(kernels, row, columns, &mut results) };
            continue;
        }
        row = run(kernels, row, columns, &mut results);
    }
}

/// Whether the numbers of a row can enter an indicator.
#[inline(always)]
fn usable_row<const I: usize>(columns: &[&[f64]; I], row: usize) -> bool {
    bar_at(columns, row).iter().all(|&value| usable(value))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_wide<K: SideBySide<I, O>, const I: usize, const O: usize>(
    kernels: [K; LANES],
    first: usize,
    columns: [&[f64]; I],
    results: &mut [[&mut [f64]; LANES]; O],
) -> usize {
    run(kernels, first, columns, results)
}

/// Runs new kernels from their first row up to a row that cannot be used, or the end; gives that row.
#[inline(always)]
#[allow(unsafe_code)]
fn run<K: SideBySide<I, O>, const I: usize, const O: usize>(
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
    // A few rows of all lanes, then the same rows lane by lane.
    let mut values = [[[0.0; LANES]; ROWS]; O];
    let past_caches = rows * LANES * O >= PAST_CACHES;
    while row < rows {
        let to_line = rows_to_line(results, row).filter(|_| past_caches);
        // A short tile first, so that the next begins with a cache line.
        let wanted = to_line.filter(|&missing| missing > 0).unwrap_or(ROWS).min(rows - row);
        let taken = if part_of(columns, row, wanted).iter().all(|column| all_usable(column)) {
            wanted
        } else {
            (row..row + wanted).take_while(|&row| usable_row(&columns, row)).count()
        };
        if to_line.is_none() {
            for slot in 0..taken {
                for lanes in &*results {
                    ask_for_part(lanes, row + ROWS, slot);
                }
            }
        }
        let part = part_of(columns, row, taken);
        if let Some(tile) = whole_tile(part) {
            // Nothing is looked up with a test here, so that the state stays in registers.
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
        } else {
            for slot in 0..taken {
                let of_lanes = K::step(&mut lanes, bar_at(&part, slot));
                for index in 0..O {
                    values[index][slot] = of_lanes[index];
                }
            }
        }
        for index in 0..O {
            turn(&values[index], taken, &mut results[index], row, to_line == Some(0));
        }
        row += taken;
        if taken < wanted {
            break;
        }
    }
    // What was written past the caches is there for all before anybody is told.
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has it.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
    row
}

/// The columns as a tile, if they are as long as one.
#[inline(always)]
fn whole_tile<const I: usize>(columns: [&[f64]; I]) -> Option<[&[f64; ROWS]; I]> {
    let mut tile = [&[0.0; ROWS]; I];
    for (tile, column) in tile.iter_mut().zip(columns) {
        *tile = column.try_into().ok()?;
    }
    Some(tile)
}

/// Asks for one cache line of the tile that begins at a row: the eight lines of each lane come one by one, a slot each.
#[inline(always)]
#[allow(unsafe_code)]
fn ask_for_part(columns: &[&mut [f64]; LANES], row: usize, slot: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let line = columns[slot % LANES].as_ptr().wrapping_add(row + slot / LANES * 8);
        // SAFETY: asking for an address does nothing else, wherever it points.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (columns, row, slot);
}

/// Rows until a cache line begins in all columns at once; `None` where there is no such row.
#[inline(always)]
fn rows_to_line<const O: usize>(results: &[[&mut [f64]; LANES]; O], row: usize) -> Option<usize> {
    let place = |column: &[f64]| (column.as_ptr().addr() / size_of::<f64>() + row) % ROWS_OF_LINE;
    let first = place(results[0][0]);
    let alike = results.iter().flatten().all(|column| place(column) == first);
    alike.then_some((ROWS_OF_LINE - first) % ROWS_OF_LINE)
}

/// Writes rows of all lanes to the column of each lane, from a row on. Columns in which that row begins a cache line can be
/// written past the caches.
#[inline(always)]
#[allow(unsafe_code)]
fn turn(
    values: &[Wide; ROWS],
    taken: usize,
    columns: &mut [&mut [f64]; LANES],
    row: usize,
    past_caches: bool,
) {
    #[cfg(target_arch = "x86_64")]
    if taken == ROWS && has_avx2_fma() {
        // SAFETY: the processor has just been found to have both features.
        unsafe {
            if past_caches {
                turn_wide::<true>(values, columns, row);
            } else {
                turn_wide::<false>(values, columns, row);
            }
        }
        return;
    }
    let _ = past_caches;
    for (lane, column) in columns.iter_mut().enumerate() {
        for (place, value) in column[row..row + taken].iter_mut().zip(values) {
            *place = value[lane];
        }
    }
}

/// Four rows of two lanes at a time. `PAST_CACHES` asks that the row begins a cache line in all columns.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[allow(unsafe_code)]
fn turn_wide<const PAST_CACHES: bool>(values: &[Wide; ROWS], columns: &mut [&mut [f64]; LANES], row: usize) {
    use std::arch::x86_64::{
        __m256d, _mm_loadu_pd, _mm256_castpd128_pd256, _mm256_insertf128_pd, _mm256_storeu_pd,
        _mm256_stream_pd, _mm256_unpackhi_pd, _mm256_unpacklo_pd,
    };
    let (pairs, _) = columns.as_chunks_mut::<2>();
    for (pair, [left, right]) in pairs.iter_mut().enumerate() {
        let left: &mut [f64; ROWS] = left[row..row + ROWS].first_chunk_mut().expect("a tile was taken");
        let right: &mut [f64; ROWS] = right[row..row + ROWS].first_chunk_mut().expect("a tile was taken");
        // By index: an iterator would be called, not inlined, for this instruction set.
        for at in 0..ROWS / 4 {
            let at = 4 * at;
            // Two lanes of one row beside two of another.
            let beside = |row: usize, other: usize| -> __m256d {
                // SAFETY: each row has two lanes from twice the pair on.
                let (row, other) = unsafe {
                    let lanes = |row: usize| _mm_loadu_pd(values[row].as_ptr().add(2 * pair));
                    (lanes(row), lanes(other))
                };
                _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(row), other)
            };
            let (even, odd) = (beside(at, at + 2), beside(at + 1, at + 3));
            let (of_left, of_right) = (_mm256_unpacklo_pd(even, odd), _mm256_unpackhi_pd(even, odd));
            // SAFETY: there is room for four numbers in each, and they begin or halve a line where that is asked for.
            unsafe {
                let (left, right) = (left.as_mut_ptr().add(at), right.as_mut_ptr().add(at));
                if PAST_CACHES {
                    debug_assert!(left.addr().is_multiple_of(32) && right.addr().is_multiple_of(32));
                    _mm256_stream_pd(left, of_left);
                    _mm256_stream_pd(right, of_right);
                } else {
                    _mm256_storeu_pd(left, of_left);
                    _mm256_storeu_pd(right, of_right);
                }
            }
        }
    }
}
