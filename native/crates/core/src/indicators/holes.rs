//! Finds out whether a column has holes: numbers that cannot enter an indicator.

use super::MAX_MAGNITUDE;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx512;

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

    #[test]
    fn a_hole_is_found_wherever_it_is() {
        for length in [1, 7, 8, 31, 32, 33, 64, 100] {
            let column: Vec<f64> = (0..length).map(|row| f64::from(row) - 50.0).collect();
            assert!(all_usable(&column) && all_usable_plain(&column), "{length} rows without a hole");
            for hole in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e151, -1e151] {
                for row in 0..column.len() {
                    let mut holed = column.clone();
                    holed[row] = hole;
                    assert!(
                        !all_usable(&holed) && !all_usable_plain(&holed),
                        "{hole} in row {row} of {length}"
                    );
                }
            }
        }
        assert!(all_usable(&[]), "no row, no hole");
        assert!(all_usable(&[MAX_MAGNITUDE, -MAX_MAGNITUDE, 0.0, -0.0, f64::MIN_POSITIVE]), "the bounds");
    }
}
