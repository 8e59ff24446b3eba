//! Picks the instruction set at run time, so that one binary starts on every x86-64-v2 processor and still
//! uses AVX2 and FMA where they exist.
//!
//! A kernel may use `f64::mul_add` freely: a fused multiply-add is defined to the last bit, so the hardware
//! instruction and the library routine give the same result and a run is the same on every machine. Only the
//! speed differs: without the instruction each `mul_add` is a call. That is why batch kernels are compiled for each width.

use std::sync::atomic::{AtomicU8, Ordering};

/// Instruction sets a kernel may be compiled for, each with all those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Instructions {
    /// What every processor of this kind has.
    Baseline,
    /// AVX2 and FMA: four numbers at once.
    Avx2,
    /// AVX-512 (F, DQ, VL): eight numbers at once.
    Avx512,
}

static WIDEST: AtomicU8 = AtomicU8::new(Instructions::Avx512 as u8);

/// Forbids wider instructions than these, whatever the processor has, in the whole process from the next call on. For tests: every
/// width gives the same bits.
pub fn use_at_most(instructions: Instructions) {
    WIDEST.store(instructions as u8, Ordering::Relaxed);
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn may_use(instructions: Instructions) -> bool {
    WIDEST.load(Ordering::Relaxed) >= instructions as u8
}

/// Whether the wide version of a kernel may run here.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn has_avx2_fma() -> bool {
    // std caches the answer: a few relaxed loads a call.
    may_use(Instructions::Avx2)
        && std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("fma")
}

/// Whether kernels written for eight numbers at once may run here.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn has_avx512() -> bool {
    may_use(Instructions::Avx512)
        && std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512dq")
        && std::arch::is_x86_feature_detected!("avx512vl")
}

/// Defines a function whose body is compiled for the baseline and, on x86-64, for AVX2 with FMA; the call goes
/// to the widest version this processor has.
///
/// Everything the body calls in its loop must be `#[inline(always)]`, and closures are to be avoided there: a
/// function that is not inlined is compiled for the baseline only.
macro_rules! multiversioned {
    (
        $(#[$attribute:meta])*
        $visibility:vis fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $(-> $result:ty)? $body:block
    ) => {
        $(#[$attribute])*
        #[allow(unsafe_code)]
        $visibility fn $name($($argument: $kind),*) $(-> $result)? {
            #[inline(always)]
            fn portable($($argument: $kind),*) $(-> $result)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn wide($($argument: $kind),*) $(-> $result)? {
                    portable($($argument),*)
                }
                if crate::cpu::has_avx2_fma() {
                    // SAFETY: the processor has just been found to have both features.
                    return unsafe { wide($($argument),*) };
                }
            }
            portable($($argument),*)
        }
    };
}

pub(crate) use multiversioned;
