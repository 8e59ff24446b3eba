//! Ranks in windows over a block: counts and sorted windows, with wide instructions.

use super::block::Block;
use super::kernel::{larger, smaller};
use super::scratch::Lane;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx512;

/// Longest window that is kept sorted in a block: its work grows with its length, that of a sorted list hardly.
pub(super) const LONGEST_SORTED: usize = 200;

/// Rows whose ranks are counted at once.
const ROWS: usize = 64;

/// How many of the `period` numbers before each place of `out` are smaller than the number there. `values` begins `period`
/// numbers earlier.
#[inline(always)]
#[allow(unsafe_code)]
pub(super) fn count_below(values: &[f64], period: usize, out: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    if has_avx512() {
        // SAFETY: the processor has just been found to have the features.
        return unsafe { count_eights(values, period, out) };
    }
    count_all(values, period, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
fn count_eights(values: &[f64], period: usize, out: &mut [f64]) {
    count_all(values, period, out);
}

#[inline(always)]
fn count_all(values: &[f64], period: usize, out: &mut [f64]) {
    let rows = out.len();
    let mut start = 0;
    while start < rows {
        // The last rows are counted with some of those before them, once more.
        let from = if rows < ROWS { 0 } else { start.min(rows - ROWS) };
        let taken = ROWS.min(rows);
        count_rows(&values[from..from + period + taken], period, &mut out[from..from + taken]);
        start = from + taken;
    }
}

#[inline(always)]
fn count_rows(values: &[f64], period: usize, out: &mut [f64]) {
    let rows = out.len();
    let now = &values[period..period + rows];
    let mut counts = [0_i64; ROWS];
    let counts = &mut counts[..rows];
    let mut back = 0;
    // Four bars before each row at once: the counts are touched less often.
    while back + 4 <= period {
        let others = &values[back..back + rows + 3];
        for row in 0..rows {
            let below = |ahead: usize| i64::from(others[row + ahead] < now[row]);
            counts[row] += below(0) + below(1) + below(2) + below(3);
        }
        back += 4;
    }
    for back in back..period {
        let others = &values[back..back + rows];
        for row in 0..rows {
            counts[row] += i64::from(others[row] < now[row]);
        }
    }
    for row in 0..rows {
        out[row] = f64::from(counts[row] as i32);
    }
}

/// A sorted window in which `coming` takes the place of `leaving`. Both columns hold the window from their second place on,
/// between the two infinities; what lies between the two numbers moves by one place.
#[inline(always)]
fn replace(from: &[f64], to: &mut [f64], leaving: f64, coming: f64) {
    let period = to.len() - 2;
    let to = &mut to[1..=period];
    let (below, here, above) = (&from[..period], &from[1..=period], &from[2..period + 2]);
    if coming >= leaving {
        for place in 0..period {
            let taken = if here[place] < leaving { f64::NEG_INFINITY } else { coming };
            to[place] = larger(here[place], smaller(above[place], taken));
        }
    } else {
        for place in 0..period {
            let taken = if here[place] > leaving { f64::INFINITY } else { coming };
            to[place] = smaller(here[place], larger(below[place], taken));
        }
    }
}

/// Windows of `period` numbers in ascending order: `result` makes a number of each. The first window ends at
/// `values[period - 1]`; `out` has as many places as there are windows.
#[inline(always)]
fn sorted_windows(
    values: &[f64],
    period: usize,
    work: &mut [Lane; 2],
    out: &mut [f64],
    result: impl Fn(&[f64]) -> f64,
) {
    let [mut from, mut to] = work.each_mut().map(|column| &mut column[..period + 2]);
    for column in [&mut *from, &mut *to] {
        column[0] = f64::NEG_INFINITY;
        column[period + 1] = f64::INFINITY;
    }
    // Positive and negative zero are one number.
    for (place, value) in from[1..=period].iter_mut().zip(values) {
        *place = value + 0.0;
    }
    from[1..=period].sort_unstable_by(f64::total_cmp);
    for (row, place) in out.iter_mut().enumerate() {
        if row > 0 {
            replace(from, to, values[row - 1] + 0.0, values[row + period - 1] + 0.0);
            std::mem::swap(&mut from, &mut to);
        }
        *place = result(&from[1..=period]);
    }
}

impl Block<'_, 1, 1> {
    /// Fills the block with a number made of each sorted window; the reach is one window less a bar.
    #[inline(always)]
    pub(super) fn fill_from_sorted(self, period: usize, result: impl Fn(&[f64]) -> f64) -> bool {
        let [out] = self.results;
        sorted_windows(self.bars[0], period, self.scratch.columns(), out, result);
        true
    }
}
