//! Cuts a column into the stretches an indicator can work through without looking for holes.

use super::MAX_MAGNITUDE;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx512;
use std::ops::Range;

/// How many values are tested at once: enough for the test to be vectorised, few enough to stay in cache.
const STRIDE: usize = 1024;

/// Splits rows `0..length` and calls `each(rows, usable)` for every part, in order: maximal runs of usable rows, and
/// the holes between them. `all_usable` says whether every row of a range can enter the indicator.
pub(super) fn for_each_run(
    length: usize,
    all_usable: impl Fn(Range<usize>) -> bool,
    mut each: impl FnMut(Range<usize>, bool),
) {
    let mut run_start = 0;
    let mut next = 0;
    while next < length {
        let end = (next + STRIDE).min(length);
        if !all_usable(next..end) {
            for row in next..end {
                if !all_usable(row..row + 1) {
                    if run_start < row {
                        each(run_start..row, true);
                    }
                    each(row..row + 1, false);
                    run_start = row + 1;
                }
            }
        }
        next = end;
    }
    if run_start < length {
        each(run_start..length, true);
    }
}

/// Whether every value of the slice is usable.
#[inline(always)]
#[allow(unsafe_code)]
pub(super) fn all_usable(values: &[f64]) -> bool {
    #[cfg(target_arch = "x86_64")]
    if has_avx512() {
        // SAFETY: the processor has just been found to have the features.
        return unsafe { all_usable_wide(values) };
    }
    all_usable_plain(values)
}

/// Written without an early exit, and with whole numbers (the bits of positive doubles are in the order of the doubles, NaN
/// above all), so that it is vectorised.
#[inline(always)]
fn all_usable_plain(values: &[f64]) -> bool {
    const LARGEST: i64 = MAX_MAGNITUDE.to_bits() as i64;
    values.iter().fold(0, |signs, value| signs | (LARGEST - value.abs().to_bits() as i64)) >= 0
}

/// Eight values at once, and four such tests that do not wait for each other.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq")]
#[allow(unsafe_code)]
fn all_usable_wide(values: &[f64]) -> bool {
    use std::arch::x86_64::{
        _CMP_LE_OQ, _mm512_abs_pd, _mm512_loadu_pd, _mm512_mask_cmp_pd_mask, _mm512_set1_pd,
    };
    let largest = _mm512_set1_pd(MAX_MAGNITUDE);
    let mut usable = [u8::MAX; 4];
    let (parts, rest) = values.as_chunks::<32>();
    for part in parts {
        for (place, usable) in usable.iter_mut().enumerate() {
            // SAFETY: eight numbers are there.
            let eight = unsafe { _mm512_loadu_pd(part.as_ptr().add(8 * place)) };
            *usable = _mm512_mask_cmp_pd_mask::<_CMP_LE_OQ>(*usable, _mm512_abs_pd(eight), largest);
        }
    }
    usable == [u8::MAX; 4] && all_usable_plain(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, column, first row and end of each run.
    type Case<'a> = (&'a str, &'a [f64], &'a [[usize; 2]]);

    fn runs(values: &[f64]) -> Vec<[usize; 2]> {
        let mut found = Vec::new();
        let mut covered = 0;
        for_each_run(
            values.len(),
            |rows| all_usable(&values[rows]),
            |rows, usable| {
                assert_eq!(rows.start, covered, "parts follow each other");
                covered = rows.end;
                if usable {
                    found.push([rows.start, rows.end]);
                }
            },
        );
        assert_eq!(covered, values.len(), "every row is in a part");
        found
    }

    #[test]
    fn a_column_is_cut_at_every_hole() {
        let nan = f64::NAN;
        let inf = f64::INFINITY;
        let cases: [Case; 6] = [
            ("empty", &[], &[]),
            ("all good", &[1.0, 2.0, 3.0], &[[0, 3]]),
            ("leading holes", &[nan, nan, 1.0, 2.0], &[[2, 4]]),
            ("trailing hole", &[1.0, 2.0, inf], &[[0, 2]]),
            ("middle holes", &[1.0, nan, -inf, 2.0, 1e151, 3.0], &[[0, 1], [3, 4], [5, 6]]),
            ("only holes", &[nan, inf], &[]),
        ];
        for (name, values, expected) in cases {
            assert_eq!(runs(values), expected, "{name}");
        }
    }

    #[test]
    fn runs_cross_the_stride() {
        let mut values = vec![1.0; 3 * STRIDE];
        values[STRIDE] = f64::NAN;
        values[3 * STRIDE - 1] = f64::NAN;
        assert_eq!(runs(&values), &[[0, STRIDE], [STRIDE + 1, 3 * STRIDE - 1]]);
    }
}
