//! A number for each row by itself, as many rows at once as the processor can take.

use super::block::{ROWS_OF_LINE, ask_ahead, bar_at};
#[cfg(target_arch = "x86_64")]
use crate::cpu::{has_avx2_fma, has_avx512};

/// Rows between two requests for those ahead: neither all at once, nor each among the numbers.
const STRIDE: usize = 64;

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
    let stride = if AHEAD { STRIDE } else { rows.max(1) };
    let mut row = 0;
    while row < rows {
        let end = rows.min(row + stride);
        if AHEAD {
            for line in (row..end).step_by(ROWS_OF_LINE) {
                ask_ahead(&columns, &[&mut *out], line);
            }
        }
        let mut part: [&[f64]; I] = [&[]; I];
        for index in 0..I {
            part[index] = &columns[index][row..end];
        }
        let out = &mut out[row..end];
        for row in 0..out.len() {
            out[row] = function.of(bar_at(&part, row));
        }
        row = end;
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
