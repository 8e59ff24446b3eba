//! Arithmetic that is written once and done for one row or for eight rows at once. Every operation is rounded correctly, so that
//! a row gets the same bits whichever way it goes.

use std::ops::{Add, Mul, Sub};

/// The number of one row, or those of `R` rows side by side.
pub(super) trait Number<const R: usize>:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self>
{
    /// The same number for every row.
    fn all(value: f64) -> Self;
    fn load(rows: &[f64; R]) -> Self;
    fn store(self, rows: &mut [f64; R]);
    /// `self * factor + addend`, rounded once.
    fn mul_add(self, factor: Self, addend: Self) -> Self;
}

impl Number<1> for f64 {
    #[inline(always)]
    fn all(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn load([value]: &[f64; 1]) -> Self {
        *value
    }

    #[inline(always)]
    fn store(self, [place]: &mut [f64; 1]) {
        *place = self;
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        f64::mul_add(self, factor, addend)
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use eight::Eight;

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod eight {
    use super::Number;
    use std::arch::x86_64::{
        __m512d, _mm512_add_pd, _mm512_fmadd_pd, _mm512_loadu_pd, _mm512_mul_pd, _mm512_set1_pd,
        _mm512_storeu_pd, _mm512_sub_pd,
    };
    use std::ops::{Add, Mul, Sub};

    /// Eight rows. To be used only in functions that are compiled for AVX-512 and called where [`crate::cpu::has_avx512`] holds.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Eight(__m512d);

    impl Add for Eight {
        type Output = Self;
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            // SAFETY: the caller has found the instructions.
            Eight(unsafe { _mm512_add_pd(self.0, other.0) })
        }
    }

    impl Sub for Eight {
        type Output = Self;
        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            // SAFETY: the caller has found the instructions.
            Eight(unsafe { _mm512_sub_pd(self.0, other.0) })
        }
    }

    impl Mul for Eight {
        type Output = Self;
        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            // SAFETY: the caller has found the instructions.
            Eight(unsafe { _mm512_mul_pd(self.0, other.0) })
        }
    }

    impl Number<8> for Eight {
        #[inline(always)]
        fn all(value: f64) -> Self {
            // SAFETY: the caller has found the instructions.
            Eight(unsafe { _mm512_set1_pd(value) })
        }

        #[inline(always)]
        fn load(rows: &[f64; 8]) -> Self {
            // SAFETY: the caller has found the instructions, and eight numbers are there.
            Eight(unsafe { _mm512_loadu_pd(rows.as_ptr()) })
        }

        #[inline(always)]
        fn store(self, rows: &mut [f64; 8]) {
            // SAFETY: the caller has found the instructions, and there is room for eight numbers.
            unsafe { _mm512_storeu_pd(rows.as_mut_ptr(), self.0) };
        }

        #[inline(always)]
        fn mul_add(self, factor: Self, addend: Self) -> Self {
            // SAFETY: the caller has found the instructions.
            Eight(unsafe { _mm512_fmadd_pd(self.0, factor.0, addend.0) })
        }
    }
}
