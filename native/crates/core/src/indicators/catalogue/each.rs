//! A number for each row by itself, as many rows at once as the processor can take.

use super::block::{ROWS_OF_LINE, ask_ahead, bar_at};
#[cfg(target_arch = "x86_64")]
use crate::cpu::{has_avx2_fma, has_avx512};

/// Rows that are computed together, after a request for those ahead: neither all at once, nor each among the numbers.
const STRIDE: usize = 32;

/// A function of one row without a branch. Not a closure: one as long as a polynomial would not become part of each loop, and
/// so lose its instructions.
pub(super) trait OfRow<const I: usize>: Send + 'static {
    /// The number; `#[inline(always)]`, as all that it calls.
    fn of(&self, row: [f64; I]) -> f64;
}

/// Fills a column with a function of each row. Columns that are longer begin with the row of the first place.
#[inline(always)]
pub(super) fn fill_rows<const I: usize>(columns: [&[f64]; I], out: &mut [f64], function: &impl OfRow<I>) {
    fill::<I, false>(columns, out, function);
}

/// As [`fill_rows`] from columns of the batch, and asks for the rows ahead.
#[inline(always)]
pub(super) fn fill_rows_ahead<const I: usize>(
    columns: [&[f64]; I],
    out: &mut [f64],
    function: &impl OfRow<I>,
) {
    fill::<I, true>(columns, out, function);
}

#[inline(always)]
#[allow(unsafe_code)]
fn fill<const I: usize, const AHEAD: bool>(columns: [&[f64]; I], out: &mut [f64], function: &impl OfRow<I>) {
    let mut rows: [&[f64]; I] = [&[]; I];
    for index in 0..I {
        rows[index] = &columns[index][..out.len()];
    }
    #[cfg(target_arch = "x86_64")]
    if has_avx512() {
        // SAFETY: the processor has just been found to have the features.
        return unsafe { eight::<I, AHEAD>(rows, out, function) };
    } else if has_avx2_fma() {
        // SAFETY: as above.
        return unsafe { four::<I, AHEAD>(rows, out, function) };
    }
    each::<I, AHEAD>(rows, out, function);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512dq")]
#[inline(never)]
fn eight<const I: usize, const AHEAD: bool>(columns: [&[f64]; I], out: &mut [f64], function: &impl OfRow<I>) {
    each::<I, AHEAD>(columns, out, function);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[inline(never)]
fn four<const I: usize, const AHEAD: bool>(columns: [&[f64]; I], out: &mut [f64], function: &impl OfRow<I>) {
    each::<I, AHEAD>(columns, out, function);
}

#[inline(always)]
fn each<const I: usize, const AHEAD: bool>(columns: [&[f64]; I], out: &mut [f64], function: &impl OfRow<I>) {
    let rows = out.len();
    for column in columns {
        assert_eq!(column.len(), rows);
    }
    let whole = rows / STRIDE * STRIDE;
    for row in (0..whole).step_by(STRIDE) {
        if AHEAD {
            for line in (row..row + STRIDE).step_by(ROWS_OF_LINE) {
                ask_ahead(&columns, &[&mut *out], line);
            }
        }
        // Of a known length: with a test for each row, half the rows would be left for one by one.
        let mut part = [&[0.0; STRIDE]; I];
        for index in 0..I {
            part[index] = columns[index][row..].first_chunk().expect("a whole stride is left");
        }
        let out: &mut [f64; STRIDE] = out[row..].first_chunk_mut().expect("a whole stride is left");
        for row in 0..STRIDE {
            let mut bar = [0.0; I];
            for index in 0..I {
                bar[index] = part[index][row];
            }
            out[row] = function.of(bar);
        }
    }
    for row in whole..rows {
        out[row] = function.of(bar_at(&columns, row));
    }
}

/// `of_row!(2, |[a, b]| result)`: an [`OfRow`] that knows nothing but the row.
macro_rules! of_row {
    ($inputs:literal, |$row:pat_param| $result:expr) => {{
        struct Function;
        impl $crate::indicators::catalogue::each::OfRow<$inputs> for Function {
            #[inline(always)]
            fn of(&self, $row: [f64; $inputs]) -> f64 {
                $result
            }
        }
        Function
    }};
}

pub(super) use of_row;
