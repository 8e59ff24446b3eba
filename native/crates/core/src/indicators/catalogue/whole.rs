//! Sums of windows in whole numbers, eight rows at once.
//!
//! Numbers of like size are whole multiples of one small power of two. As such they are added up from the first bar of the
//! block on, in 64 bits that may overflow: the sum of a window is the difference of two of these totals, and is exact when it
//! fits by itself. A second totting up of the totals gives sums in which the newest value counts n times and the oldest once.
//! Numbers that are no such multiples are refused; then the sums of `block` are used. Both are exact, so that nobody sees which.

use super::super::sum::Count;
use super::block::SPAN;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx512;

/// Running totals of a block; the last eight are padding.
pub(super) type Totals = [i64; SPAN + 8];

/// A block as whole numbers.
#[derive(Clone, Copy)]
pub(super) struct Whole<'a> {
    totals: &'a [Totals; 2],
    /// What 1 stands for.
    unit: f64,
    /// Values in the block.
    length: usize,
}

/// Bits of a sum that are used; one more is its sign, and one is left over.
const BITS: i64 = 62;

impl<'a> Whole<'a> {
    /// Adds the values up; `WEIGHTED` twice, for [`Whole::weighted`]. They are made of `sources`, columns that end with the same
    /// row, of which the rows of the next block are asked for meanwhile. No value may count more than `size` times in a sum. `None` where
    /// the values do not allow it, or the processor.
    #[allow(unsafe_code)]
    #[inline]
    pub(super) fn new<const WEIGHTED: bool>(
        values: &[f64],
        sources: &[&[f64]],
        size: usize,
        totals: &'a mut [Totals; 2],
    ) -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if has_avx512() {
            // SAFETY: the processor has just been found to have the features.
            let unit = unsafe { wide::totals::<WEIGHTED>(values, sources, size, totals) }?;
            return Some(Whole { totals, unit, length: values.len() });
        }
        let _ = (values, sources, size, totals);
        None
    }

    /// Sums of windows of `period` values, the last of which ends at the last value, divided by `count` if there is one: the
    /// nearest double to each. For the first place of `out` there must be a whole window.
    #[allow(unsafe_code)]
    #[inline]
    pub(super) fn plain(self, period: usize, count: Option<Count>, out: &mut [f64]) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: nobody has made this without the features.
        unsafe {
            wide::windows::<false>(self, period, count, out);
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (self.totals, self.unit, self.length, period, count, out);
    }

    /// As [`Whole::plain`] with the newest value counted `period` times and the oldest once. Before the first window there must be
    /// one more value.
    #[allow(unsafe_code)]
    #[inline]
    pub(super) fn weighted(self, period: usize, count: Option<Count>, out: &mut [f64]) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: nobody has made this without the features.
        unsafe {
            wide::windows::<true>(self, period, count, out);
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (self.totals, self.unit, self.length, period, count, out);
    }
}

/// The power of two that makes values of up to `largest` (as the bits of a double) whole numbers whose sums, each value taken
/// up to `size` times in all, stay within [`BITS`].
#[inline(always)]
fn scale_of(largest: i64, size: usize) -> Option<f64> {
    let exponent = (largest >> 52) - 1023;
    let room = i64::from(size.next_power_of_two().trailing_zeros());
    let shift = BITS - 1 - room - exponent;
    // Scaling must lose nothing: upwards nothing is lost.
    (0..900).contains(&shift).then(|| f64::from_bits(((shift + 1023) as u64) << 52))
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use super::super::super::sum::Count;
    use super::super::block::BLOCK;
    use super::{Totals, Whole, scale_of};
    use std::arch::x86_64::{
        __m512d, __m512i, _MM_HINT_T0, _mm_prefetch, _mm512_add_epi64, _mm512_add_pd, _mm512_alignr_epi64,
        _mm512_castpd_si512, _mm512_cvtepi64_pd, _mm512_cvtpd_epi64, _mm512_div_pd, _mm512_fnmadd_pd,
        _mm512_loadu_epi64, _mm512_loadu_pd, _mm512_mul_epu32, _mm512_mul_pd, _mm512_permutexvar_epi64,
        _mm512_set1_epi64, _mm512_set1_pd, _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srli_epi64,
        _mm512_storeu_epi64, _mm512_storeu_pd, _mm512_sub_epi64, _mm512_ternarylogic_epi64,
        _mm512_test_epi64_mask,
    };

    /// Rows a step takes.
    const ROWS: usize = 8;

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    #[allow(unsafe_code)]
    fn doubles(values: &[f64; ROWS]) -> __m512d {
        // SAFETY: eight numbers are there.
        unsafe { _mm512_loadu_pd(values.as_ptr()) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    #[allow(unsafe_code)]
    fn eight(totals: &Totals, row: usize) -> __m512i {
        let values: &[i64; ROWS] = totals[row..row + ROWS].try_into().expect("eight were taken");
        // SAFETY: eight numbers are there.
        unsafe { _mm512_loadu_epi64(values.as_ptr()) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    #[allow(unsafe_code)]
    fn put_wholes(place: &mut [i64], values: __m512i) {
        let place: &mut [i64; ROWS] = place.try_into().expect("room for eight was given");
        // SAFETY: there is room for eight numbers.
        unsafe { _mm512_storeu_epi64(place.as_mut_ptr(), values) };
    }

    /// Writes the numbers, and asks for the place of those one block on.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    #[allow(unsafe_code)]
    fn put_doubles(place: &mut [f64; ROWS], values: __m512d) {
        _mm_prefetch::<_MM_HINT_T0>(place.as_ptr().wrapping_add(BLOCK).cast());
        // SAFETY: there is room for eight numbers.
        unsafe { _mm512_storeu_pd(place.as_mut_ptr(), values) };
    }

    /// Totals of eight numbers, on from the last of the eight before.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn totals_of(numbers: __m512i, before: __m512i) -> __m512i {
        let zero = _mm512_setzero_si512();
        let pairs = _mm512_add_epi64(numbers, _mm512_alignr_epi64::<7>(numbers, zero));
        let fours = _mm512_add_epi64(pairs, _mm512_alignr_epi64::<6>(pairs, zero));
        let eights = _mm512_add_epi64(fours, _mm512_alignr_epi64::<4>(fours, zero));
        _mm512_add_epi64(eights, _mm512_permutexvar_epi64(_mm512_set1_epi64(7), before))
    }

    /// What 1 stands for, once the values are added up.
    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn totals<const WEIGHTED: bool>(
        values: &[f64],
        sources: &[&[f64]],
        size: usize,
        totals: &mut [Totals; 2],
    ) -> Option<f64> {
        let largest = values.iter().fold(0, |largest, value| i64::max(largest, value.abs().to_bits() as i64));
        // Zeros are whole on any scale.
        let scale = if largest == 0 { 1.0 } else { scale_of(largest, size)? };
        let [first, second] = totals;
        let upwards = _mm512_set1_pd(scale);
        let mut broken = _mm512_setzero_si512();
        let (mut total, mut total_of_totals) = (_mm512_setzero_si512(), _mm512_setzero_si512());
        let mut step = |eight: __m512d, first: &mut [i64], second: &mut [i64]| {
            let scaled = _mm512_mul_pd(eight, upwards);
            let number = _mm512_cvtpd_epi64(scaled);
            let again = _mm512_cvtepi64_pd(number);
            // broken | (again ^ scaled)
            broken = _mm512_ternarylogic_epi64::<0xf6>(
                broken,
                _mm512_castpd_si512(again),
                _mm512_castpd_si512(scaled),
            );
            total = totals_of(number, total);
            put_wholes(first, total);
            if WEIGHTED {
                total_of_totals = totals_of(total, total_of_totals);
                put_wholes(second, total_of_totals);
            }
        };
        let (eights, rest) = values.as_chunks::<ROWS>();
        for (place, eight) in eights.iter().enumerate() {
            // The rows of the next block come meanwhile, where these are rows of a whole block of the batch.
            let to_end = values.len() - ROWS * place;
            for source in sources {
                _mm_prefetch::<_MM_HINT_T0>(
                    source.as_ptr_range().end.wrapping_sub(to_end).wrapping_add(BLOCK).cast(),
                );
            }
            let rows = ROWS * place..ROWS * place + ROWS;
            step(doubles(eight), &mut first[rows.clone()], &mut second[rows]);
        }
        if !rest.is_empty() {
            let mut last = [0.0; ROWS];
            last[..rest.len()].copy_from_slice(rest);
            let places = values.len() - rest.len()..values.len() - rest.len() + ROWS;
            step(doubles(&last), &mut first[places.clone()], &mut second[places]);
        }
        // Minus zero is no other number than zero.
        (_mm512_test_epi64_mask(broken, _mm512_set1_epi64(i64::MAX)) == 0).then_some(1.0 / scale)
    }

    /// `times` so many numbers, modulo 2^64. From halves: the instruction that multiplies 64 bits waits for what was in the register of
    /// its result before (Intel, since Golden Cove), and with that for the eight windows before.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn product(times: u32, numbers: __m512i) -> __m512i {
        let times = _mm512_set1_epi64(i64::from(times));
        let upper = _mm512_mul_epu32(_mm512_srli_epi64::<32>(numbers), times);
        _mm512_add_epi64(_mm512_mul_epu32(numbers, times), _mm512_slli_epi64::<32>(upper))
    }

    /// What becomes of the sum of a window.
    const SUM: u8 = 0;
    const MEAN_BY_RECIPROCAL: u8 = 1;
    const MEAN: u8 = 2;

    #[target_feature(enable = "avx512f,avx512dq")]
    pub(super) fn windows<const WEIGHTED: bool>(
        whole: Whole<'_>,
        period: usize,
        count: Option<Count>,
        out: &mut [f64],
    ) {
        match count {
            None => fill::<WEIGHTED, SUM>(whole, period, Count::new(1), out),
            Some(count) if count.may_multiply(64) => {
                fill::<WEIGHTED, MEAN_BY_RECIPROCAL>(whole, period, count, out);
            }
            Some(count) => fill::<WEIGHTED, MEAN>(whole, period, count, out),
        }
    }

    #[target_feature(enable = "avx512f,avx512dq")]
    fn fill<const WEIGHTED: bool, const RESULT: u8>(
        whole: Whole<'_>,
        period: usize,
        count: Count,
        out: &mut [f64],
    ) {
        let [first, second] = whole.totals;
        let start = whole.length - out.len();
        let times = u32::try_from(period).expect("windows are shorter than a block");
        let unit = _mm512_set1_pd(whole.unit);
        let (divisor, reciprocal) = (_mm512_set1_pd(count.value), _mm512_set1_pd(count.reciprocal));
        // The results of eight windows, the first of which ends at a row.
        let results = |row: usize| {
            let before = row - period;
            let sum = if WEIGHTED {
                let totals = _mm512_sub_epi64(eight(second, row - 1), eight(second, before - 1));
                _mm512_sub_epi64(product(times, eight(first, row)), totals)
            } else {
                _mm512_sub_epi64(eight(first, row), eight(first, before))
            };
            let high = _mm512_cvtepi64_pd(sum);
            if RESULT == SUM {
                return _mm512_mul_pd(high, unit);
            }
            let low = _mm512_cvtepi64_pd(_mm512_sub_epi64(sum, _mm512_cvtpd_epi64(high)));
            let quotient = _mm512_mul_pd(high, reciprocal);
            let remainder = _mm512_add_pd(_mm512_fnmadd_pd(quotient, divisor, high), low);
            let correction = if RESULT == MEAN {
                _mm512_div_pd(remainder, divisor)
            } else {
                _mm512_mul_pd(remainder, reciprocal)
            };
            _mm512_mul_pd(_mm512_add_pd(quotient, correction), unit)
        };
        let (eights, rest) = out.as_chunks_mut::<ROWS>();
        let whole_rows = ROWS * eights.len();
        for (step, place) in eights.iter_mut().enumerate() {
            put_doubles(place, results(start + ROWS * step));
        }
        if !rest.is_empty() {
            let mut last = [0.0; ROWS];
            put_doubles(&mut last, results(start + whole_rows));
            rest.copy_from_slice(&last[..rest.len()]);
        }
    }
}
